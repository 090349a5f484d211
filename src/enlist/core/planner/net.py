"""The net result of a planner: the differences between the directory before all rows and after them.

Every planner ends here, and so do manual edits and undos. So a change that is reversed
doesn't count, and new records are numbered the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from enlist.core.changes import (
    AFTER,
    BEFORE,
    RELATIONS,
    SEEN_SCHEMA,
    Frames,
    KeptIn,
    Relation,
    Verb,
    in_order,
    is_about,
    kept_with_people,
    making_ids,
    people_of,
    targets,
)
from enlist.core.directory.directory import Directory, Reference

from .consequences import consequences


@dataclass(frozen=True)
class After:
    """The directory after a planner's changes.

    people: columns of `Directory.people`; new people with negative ids in any numbering, and at least the existing
    people that changed.
    begun: by relation, the records added or changed, each once, with the relation's columns; unchanged ones do no harm.
    New ones have negative ids that the directory doesn't use.
    ended: by relation, the records that ended; the key's columns are enough, and missing records do no harm.
    removed: Int64, ids of people who no longer exist, new ones included; all their records end too.
    reference: whose conditions and courses of groups hold afterwards, if another part of the plan changes them.
    looked_at: Int64, existing people who don't change, but for whom something may follow from changed rules.
    """

    people: pl.DataFrame
    begun: Frames = field(default_factory=dict)
    ended: Frames = field(default_factory=dict)
    removed: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))
    reference: Reference | None = None
    looked_at: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))


@dataclass(frozen=True)
class Net:
    """Frames of a Part, and the numbers of its new people.

    frames: verb → frame as in `changes/verbs.py`, sorted by the verb's key, without empty ones.
    numbers: Int64 columns `person` (negative, as the planner gave it, ascending) and `number` (as in the frames).
    nobody: people created and removed by the same rows.
    """

    frames: dict[str, pl.DataFrame]
    numbers: pl.DataFrame
    nobody: pl.Series

    def renumber(self, people: pl.Series) -> pl.Series:
        """Ids as the planner gave them (Int64, null for nobody) → ids as in the frames."""
        numbered = _numbered(people, numbers=self.numbers)
        if self.nobody.is_empty():
            return numbered
        return numbered.set(people.is_in(self.nobody.implode()).fill_null(value=False), None)


def net(before: Directory, *, after: After, taken: Mapping[str, int] | None = None) -> Net:
    """Compare before and after, including everything that follows from the changes, and number new records.

    New records are numbered −1, −2, … by relation: people in order of username_key, others in order of their `named`
    columns; after the numbers that earlier parts of the plan have `taken` and the negative ids of the directory.
    """
    after = consequences(before, after=after)
    created = after.people.filter(pl.col("person") < 0)
    new = {name: frame for name, frame in after.begun.items() if RELATIONS[name].id}
    numbers = {
        relation.name: _numbers(
            created if relation.name == "person" else new[relation.name],
            by=tuple(dict.fromkeys((*relation.named, *relation.shown))) if relation.named else ("username_key",),
            taken=_taken(relation, before=before, taken=taken or {}),
        )
        for relation in making_ids()
        if relation.name == "person" or relation.name in new
    }
    frames = {
        "create": _renumbered(created, numbers=numbers).drop("version"),
        "update": _updated(before.people, after=after.people),
        **_with_state(before.people, after=after.people),
        "remove": before.people.filter(is_about(after.removed, columns=["person"])),
    }
    begun = {name: _renumbered(frame, numbers=numbers) for name, frame in after.begun.items()}
    for name in {**begun, **after.ended, **({} if after.removed.is_empty() else _held())}:
        relation, have = RELATIONS[name], before.frame(name)
        ended = _ended(have, ended=after.ended.get(name), removed=after.removed, relation=relation)
        frames |= _changes(have, begun=begun.get(name), ended=ended, relation=relation)
    return Net(frames=in_order(frames), numbers=numbers["person"], nobody=after.removed.filter(after.removed < 0))


def seen_by(frames: Frames, *, rows: pl.Series, directory: Directory) -> pl.DataFrame:
    """The people a part depends on, of SEEN_SCHEMA: the existing people that rows matched (Int64) or changes name."""
    named = (people_of(frame) for frame in frames.values())
    wanted = pl.concat([rows.alias("person"), *(people.filter(people > 0).unique() for people in named)]).implode()
    return directory.people.select(*SEEN_SCHEMA).filter(pl.col("person").is_in(wanted)).sort("person")


def _held() -> dict[str, Relation]:
    return {relation.name: relation for relation in kept_with_people()}


def _taken(relation: Relation, *, before: Directory, taken: Mapping[str, int]) -> int:
    if relation.kept_in is not KeptIn.REFERENCE:
        return taken.get(relation.name, 0)
    # A directory that holds the relation whole knows what earlier parts created.
    lowest = before.frame(relation.name).get_column(relation.id).min()
    return -min(0, lowest) if isinstance(lowest, int) else 0


def _numbers(new: pl.DataFrame, *, by: Sequence[str], taken: int) -> pl.DataFrame:
    """The negative ids of new records, ascending, and the `number` each gets, in the order of these columns."""
    ordered = new.filter(new.to_series(0) < 0).sort(by, descending=True)
    ids = ordered.to_series(0)
    number = pl.int_range(-taken - ordered.height, -taken, dtype=pl.Int64, eager=True)
    return pl.DataFrame({ids.name: ids, "number": number}).sort(ids.name)


def _renumbered(frame: pl.DataFrame, *, numbers: Frames) -> pl.DataFrame:
    """A frame with the numbers of new records, in every column that refers to them."""
    known = targets()
    return frame.with_columns(
        _numbered(frame.get_column(name), numbers=numbers[known[name]])
        for name in frame.columns
        if known.get(name) in numbers
    )


def _numbered(ids: pl.Series, *, numbers: pl.DataFrame) -> pl.Series:
    """New ids become their numbers; others and nulls stay. By bisection: hashing every id takes three times as long."""
    if numbers.is_empty():
        return ids
    old, new = numbers.get_columns()
    at = old.search_sorted(ids).clip(upper_bound=old.len() - 1)
    return new.gather(at).zip_with((old.gather(at) == ids).fill_null(value=False), ids).alias(ids.name)


def _updated(people: pl.DataFrame, *, after: pl.DataFrame) -> pl.DataFrame:
    fields = [name for name in people.columns if name not in ("person", "version", "state")]
    olds = pl.col("person", "version"), *(pl.col(name).alias(BEFORE + name) for name in fields)
    news = pl.col("person"), *(pl.col(name).alias(AFTER + name) for name in fields)
    both = people.select(*olds).join(after.select(*news), on="person")
    differs = {name: pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name)) for name in fields}
    changed = both.filter(pl.any_horizontal(*differs.values()))
    shown = changed.select(expression.any().alias(name) for name, expression in differs.items())
    names = [name for name in fields if shown.get_column(name).item()]
    return changed.select("person", "version", *(mark + name for name in names for mark in (BEFORE, AFTER)))


def _with_state(people: pl.DataFrame, *, after: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The people who become inactive or active."""
    both = people.select("person", "version", "state").join(after.select("person", now="state"), on="person")
    changed = both.filter(pl.col("state") != pl.col("now"))
    return {
        verb: changed.filter(pl.col("now") == state).select("person", "version")
        for verb, state in {"deactivate": "inactive", "reactivate": "active"}.items()
    }


def _ended(have: pl.DataFrame, *, ended: pl.DataFrame | None, removed: pl.Series, relation: Relation) -> pl.DataFrame:
    """The records that end: by themselves, or because their people are removed, so that an undo can restore them."""
    gone = [have.clear()]
    if ended is not None:
        gone.append(have.join(ended, on=relation.key, how="semi"))
    if len(removed):
        gone.append(have.filter(is_about(removed, columns=have.columns)))
    return pl.concat(gone).unique(relation.key) if len(gone) > 2 else gone[-1]


def _changes(
    have: pl.DataFrame, *, begun: pl.DataFrame | None, ended: pl.DataFrame, relation: Relation
) -> dict[str, pl.DataFrame]:
    frames = {relation.ends.name: ended} if relation.ends else {}
    if begun is not None:
        added = begun.join(have, on=relation.key, how="anti")
        frames[relation.begins.name] = added.select(list(relation.schema))
        if relation.alters:
            altered = _altered(have, after=begun, verb=relation.alters, relation=relation)
            for verb in relation.changing:
                is_its = pl.all_horizontal(
                    pl.lit(value=True), *(pl.col(name) == only for name, only in verb.only.items())
                )
                frames[verb.name] = altered.filter(is_its).select(list(relation.schema_of(verb)))
                altered = altered.filter(~is_its)
    return frames


def _altered(have: pl.DataFrame, *, after: pl.DataFrame, verb: Verb, relation: Relation) -> pl.DataFrame:
    """Existing records in which a column changes, with old and new values."""
    fields = list(verb.changes)
    olds = have.select(*(name for name in have.columns if name not in fields), pl.col(fields).name.prefix(BEFORE))
    both = olds.join(after.select(*relation.key, pl.col(fields).name.prefix(AFTER)), on=relation.key)
    differs = [pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name)) for name in fields]
    return both.filter(pl.any_horizontal(differs))
