"""Undo: the plan that reverses an applied plan, except for what was changed since.

A value goes back if it is still the one that the import set; others are kept and flagged. People that the import
created are removed, or only deactivated if they were changed or have signed in since. A person who goes back completely
gets the old version again (`VERSION_AFTER`), so that the import before can be undone as well.

Source: spec/policies.md ("Undo"); architecture.md ("Undo", "Nobody is deleted").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from enlist.core.changes import (
    AFTER,
    BEFORE,
    RELATIONS,
    SEEN_SCHEMA,
    VERBS,
    VERSION_AFTER,
    By,
    Frames,
    Relation,
    Stays,
    To,
    in_order,
    is_about,
    kept_in_reference,
    kept_relations,
    kept_with_people,
    made,
    people_of,
    referring_to,
    relation_of,
)
from enlist.core.directory.directory import Directory, Reference, people_schema
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.applied import Applied
from enlist.core.plan.plan import Part
from enlist.core.plan.preview import with_image
from enlist.core.planner.net import After, net

from .restored_cells import KEPT_SCHEMA, KEYS, take_back

_NOBODY: Final = pl.DataFrame(schema={"person": pl.Int64()})


@dataclass(frozen=True)
class CurrentState:
    """The state since the apply.

    now: the people a part names and those who have their former usernames and addresses now, with all records held with
    them, and all records that refer to something the part created. removed: people that the part removed and who are
    removed now (person, version): others may have restored and removed them again. signed_in: people (Int64) who have
    signed in since they were created. leaving: by relation, records (their keys) that other parts of the same undo end.
    known: for each relation that creates ids, the records that any part of the plan created or dropped. reference: as
    an earlier part of the undo leaves it, if that changes conditions.
    """

    now: Directory
    removed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEEN_SCHEMA))
    signed_in: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.Int64()))
    leaving: Frames = field(default_factory=dict)
    known: Frames = field(default_factory=dict)
    reference: Reference | None = None


def inverse(part: Part, *, applied: Applied, current: CurrentState) -> Part:
    """The part that undoes `part`; each change that cannot be undone gets a flag on its line of the import.

    A restored record with its own id (in an undo of an undo) gets its former id, by which the import knows it.
    """
    case = _Case(frames=applied.frames(part), statuses=applied.realise(part.statuses), current=current)
    # The part restored these people too: they go back to removed, as an earlier import had left them.
    before = pl.concat([part.seen, case.frame("restore")], how="diagonal").select("person", before="version")
    versions = applied.versions(part)
    people = _people(case, changed=versions.join(before, on="person", how="left"))
    records = _records(case, people=people)
    after = After(
        people=people.after, begun=records.begun, ended=records.ended, removed=people.removed,
        reference=current.reference, looked_at=versions.get_column("person"),
    )  # fmt: skip
    changes = net(case.now, after=after).frames
    seen = _seen(people, frames=changes, now=case.now.people)
    return Part(
        frames=in_order({**changes, "restore": people.restored}),
        flags=_flags(case, people=people, records=records, frames=changes),
        seen=_changed_otherwise(seen, frames=changes, records=records),
    )


def _changed_otherwise(seen: pl.DataFrame, *, frames: Frames, records: _Records) -> pl.DataFrame:
    """The people an undo depends on; those whose groups or courses rules decide otherwise don't go back completely."""
    differing = [
        one.join(other, on=columns, how="anti").get_column("person")
        for columns, wanted, done in (*_memberships(records, frames=frames), *_enrolments(records, frames=frames))
        for one, other in ((wanted, done), (done, wanted))
    ]
    others = pl.concat([seen.get_column("person").clear(), *differing])
    if others.is_empty() or VERSION_AFTER not in seen.columns:
        return seen
    return seen.with_columns(
        pl.when(~pl.col("person").is_in(others.implode())).then(VERSION_AFTER).alias(VERSION_AFTER)
    )


# What an undo alone would do, and what it does: the columns to compare, and both frames.
_Compared = Iterator[tuple[list[str], pl.DataFrame, pl.DataFrame]]


def _memberships(records: _Records, *, frames: Frames) -> _Compared:
    for verb, undone in (("join_group", records.begun), ("leave_group", records.ended)):
        wanted = undone["group_membership"]
        yield ["person", "people_group"], wanted, frames.get(verb, wanted.clear())


def _enrolments(records: _Records, *, frames: Frames) -> _Compared:
    relation = RELATIONS["enrolment"]
    begun, ended, columns = records.begun["enrolment"], records.ended["enrolment"], [*relation.key, "status"]
    changed = (frames[verb.name] for verb in relation.changing if verb.name in frames)
    back = [frames.get("enrol", begun.clear()), *(frame.rename({AFTER + "status": "status"}) for frame in changed)]
    yield columns, begun, pl.concat([frame.select(columns) for frame in back])
    yield list(relation.key), ended, frames.get("unenrol", ended.clear())


def _seen(people: _People, *, frames: Frames, now: pl.DataFrame) -> pl.DataFrame:
    """The people the undo depends on: those that the part changed, and those that the undo itself affects."""
    named = pl.concat([people.seen.get_column("person").clear(), *map(people_of, frames.values())]).unique()
    more = now.select(*SEEN_SCHEMA).filter(pl.col("person").is_in(named.implode()))
    more = more.join(people.seen, on="person", how="anti")
    return pl.concat([people.seen, more], how="diagonal").sort("person") if more.height else people.seen


@dataclass(frozen=True)
class _Case:
    frames: dict[str, pl.DataFrame]
    statuses: pl.DataFrame
    current: CurrentState

    @property
    def now(self) -> Directory:
        return self.current.now

    def frame(self, verb: str) -> pl.DataFrame:
        """The frame of a verb, empty if the part has none."""
        relation = relation_of(verb)
        is_person = relation.name == "person"
        schema = people_schema(self.now.reference) if is_person else relation.schema_of(VERBS[verb])
        return self.frames.get(verb, pl.DataFrame(schema=schema))


@dataclass(frozen=True)
class _People:
    """People after the undo: their values, who is removed, restored, or deactivated instead of removed.

    kept: values that stay. gone: people who no longer exist, so nothing changes back. lost: people who cannot be
    restored.
    """

    after: pl.DataFrame
    removed: pl.Series
    restored: pl.DataFrame
    deactivated: pl.DataFrame
    kept: pl.DataFrame
    gone: pl.DataFrame
    lost: pl.DataFrame
    seen: pl.DataFrame


@dataclass(frozen=True)
class _Records:
    """Other records after the undo, by relation.

    begun, ended: as in `After`. kept: records that the part created and that stay because somebody uses or changed
    them. gone: ids that restored records refer to but that no longer exist.
    """

    begun: dict[str, pl.DataFrame]
    ended: dict[str, pl.DataFrame]
    kept: dict[str, pl.DataFrame]
    gone: dict[str, pl.DataFrame]


def _people(case: _Case, *, changed: pl.DataFrame) -> _People:
    """`changed`: person, the version the apply gave them, and the one `before` (null: the part created them)."""
    now = case.now.people
    columns = now.columns
    here = now.join(changed, on="person", suffix="_applied")
    is_untouched = pl.col("version") == pl.col("version_applied")
    is_clean = is_untouched & ~pl.col("person").is_in(case.current.signed_in.implode())
    created = pl.concat([_NOBODY, *(case.frame(verb).select("person") for verb in ("create", "restore"))])
    still_here = here.join(created, on="person", how="semi")
    removed, deactivated = still_here.filter(is_clean).select(columns), still_here.filter(~is_clean).select(columns)
    stays = now.join(removed, on="person", how="anti")
    after, changed_since = _after(case, people=stays)
    kept = pl.concat([changed_since, *_back_otherwise(case)])
    after = after.with_columns(state=_state(case, deactivated=deactivated))
    away = case.frame("remove").join(now, on="person", how="anti").rename({"version": VERSION_AFTER})
    versions = pl.concat([case.current.removed, changed.select("person", "version")]).unique("person", keep="first")
    away = away.join(versions, on="person")
    restored = _restored(case, away=away, after=after)
    not_wholly = pl.concat([kept.get_column("person"), deactivated.get_column("person")])
    wholly = is_untouched & ~pl.col("person").is_in(not_wholly.implode())
    return _People(
        after=pl.concat([after, restored.select(columns)]),
        removed=removed.get_column("person"),
        restored=restored,
        deactivated=deactivated,
        kept=kept,
        gone=changed.join(now, on="person", how="anti").join(away, on="person", how="anti"),
        lost=away.join(restored, on="person", how="anti"),
        seen=here.sort("person").select("person", "version", pl.when(wholly).then("before").alias(VERSION_AFTER)),
    )


def _after(case: _Case, *, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    if "update" not in case.frames:
        return people, pl.DataFrame(schema=KEPT_SCHEMA)
    return take_back(people, update=case.frames["update"], unique=_unique(case))


def _back_otherwise(case: _Case) -> Iterator[pl.DataFrame]:
    """Values of people that the part removed, and that others restored and changed since; of `KEPT_SCHEMA`."""
    removed = case.frame("remove")
    here = case.now.people.join(removed, on="person", suffix=BEFORE)
    for name in sorted({*removed.columns} & {*case.now.people.columns} - {"person", "version", *KEYS}):
        differs = here.filter(pl.col(name).ne_missing(pl.col(name + BEFORE)))
        about = {
            "field": pl.lit(name),
            "code": pl.lit("kept_changed_since"),
            "detail": pl.col(name + BEFORE).cast(pl.String),
        }
        yield differs.select("person", **about).select(*KEPT_SCHEMA)


def _state(case: _Case, *, deactivated: pl.DataFrame) -> pl.Expr:
    """The state of everybody afterwards: people that the part deactivated are active again."""
    off = pl.concat([_NOBODY, *(f.select("person") for f in (deactivated, case.frame("reactivate")))])
    on = case.frame("deactivate").get_column("person")
    return (
        pl.when(pl.col("person").is_in(off.get_column("person").implode())).then(pl.lit("inactive"))
        .when(pl.col("person").is_in(on.implode())).then(pl.lit("active"))
        .otherwise("state")
    )  # fmt: skip


def _unique(case: _Case) -> list[str]:
    addresses = [] if case.now.reference.shared_email else ["email_key"]
    return ["username_key", *addresses, *case.now.reference.unique_slugs]


def _restored(case: _Case, *, away: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The people to restore: those whose keys nobody else has."""
    taken = [pl.col(key).is_in(after.get_column(key).implode()) & (pl.col(key) != "") for key in _unique(case)]
    return away.filter(~pl.any_horizontal(taken).fill_null(value=False))


def _records(case: _Case, *, people: _People) -> _Records:
    """End what the part created, recreate what it ended, change back what it changed, if unchanged since."""
    found = _Records({}, {}, {}, {relation.name: _missing_ids(case, relation=relation) for relation in made()})
    instead = {relation.name: _created_again(case, relation=relation) for relation in made()}
    # Referring relations come first: a record only ends if nobody uses it any more.
    for relation in reversed(kept_relations()):
        name = relation.name
        begun = _replaced(case.frame(relation.begins.name), relation=relation, instead=instead)
        begun = begun.filter(~is_about(people.deactivated.get_column("person"), columns=begun.columns))
        there = case.now.frame(name).join(begun, on=list(relation.schema), how="semi", nulls_equal=True)
        ends = isinstance(relation.begins.undone, By)
        if relation.id and ends:
            used = _used(case, relation=relation, ended=found.ended)
            there = there.filter(~pl.col(relation.id).is_in(used.implode()))
        if relation.id:
            kept = case.now.frame(name).join(begun, on=relation.id, how="semi")
            found.kept[name] = kept.join(there, on=relation.id, how="anti")
        found.ended[name] = there if ends else there.clear()
        back = [_changed_to(there, relation=relation), *_changed_back(case, relation=relation)]
        back.append(_restored_records(case, people=people, relation=relation, gone=found.gone, instead=instead))
        found.begun[name] = pl.concat(back)
    return found


def _changed_to(there: pl.DataFrame, *, relation: Relation) -> pl.DataFrame:
    """Records that the part created and that stay with other values."""
    if not isinstance(relation.begins.undone, To):
        return there.clear()
    return there.with_columns(pl.lit(value).alias(name) for name, value in relation.begins.undone.values.items())


def _changed_back(case: _Case, *, relation: Relation) -> list[pl.DataFrame]:
    """Records that the part changed and nobody else changed since, with their former values."""
    now, back = case.now.frame(relation.name), []
    for verb in relation.changing:
        frame = case.frame(verb.name)
        as_made = with_image(now, frame=frame, verb=verb)
        same = now.join(as_made, on=now.columns, how="semi", nulls_equal=True)
        back.append(with_image(same, frame=frame, verb=verb, image=BEFORE))
    return back


def _restored_records(
    case: _Case, *, people: _People, relation: Relation, gone: Frames, instead: Frames
) -> pl.DataFrame:
    """Records that the part ended, if their people and what they refer to exist, and nobody has created them again."""
    schema = list(relation.schema)
    if relation.ends is None:
        return case.frame(relation.begins.name).select(schema).clear()
    back = case.frame(relation.ends.name)
    for column in relation.people:
        back = back.join(people.after.select(pl.col("person").alias(column)), on=column, how="semi")
    for column, target in relation.refs.items():
        if target in gone:
            back = back.filter(~pl.col(column).is_in(gone[target].to_series().implode()))
        elif target == "course" and not relation.people:
            # Somebody can remove a course once nobody is in it and no group gives it.
            back = back.join(case.now.reference.courses, on=column, how="semi")
    if relation.id:
        back = back.join(instead[relation.name], on=relation.id, how="anti")
    # A record that somebody created since stays as it is.
    back = _replaced(back.select(schema), relation=relation, instead=instead)
    return back.join(case.now.frame(relation.name), on=relation.key, how="anti")


def _plan_records(case: _Case, *, relation: Relation) -> pl.DataFrame:
    """The records that the plan created or dropped, in this part or others."""
    verbs = [verb for verb in (relation.begins, relation.ends) if verb]
    others = case.current.known.get(relation.name, pl.DataFrame(schema=relation.schema))
    return pl.concat([*(case.frame(verb.name).select(list(relation.schema)) for verb in verbs), others]).unique()


def _created_again(case: _Case, *, relation: Relation) -> pl.DataFrame:
    """Records of the plan that no longer exist, while others have their name: their id, and the other's `number`."""
    there, known = case.now.frame(relation.name), _plan_records(case, relation=relation)
    gone = known.join(there, on=relation.id, how="anti")
    named = there.filter(pl.col(relation.named[-1]) != "").select(*relation.named, number=relation.id)
    return gone.join(named, on=relation.named).select(relation.id, "number")


def _replaced(frame: pl.DataFrame, *, relation: Relation, instead: Frames) -> pl.DataFrame:
    """Records, with references to missing records replaced by those created since with the same name."""
    return frame.with_columns(
        pl.col(column).replace(*instead[target].get_columns())
        for column, target in relation.refs.items()
        if target in instead
    )


def _used(case: _Case, *, relation: Relation, ended: Frames) -> pl.Series:
    """The ids of a relation that are referred to by records that stay."""
    found = [pl.Series(relation.id, [], dtype=pl.Int64)]
    for other, column in referring_to(relation.name):
        leaving = case.current.leaving.get(other.name, pl.DataFrame(schema=other.schema))
        going = pl.concat([frame.select(other.key) for frame in (ended[other.name], leaving)])
        stay = case.now.frame(other.name).join(going, on=other.key, how="anti")
        found.append(stay.get_column(column).alias(relation.id))
    return pl.concat(found).unique()


def _missing_ids(case: _Case, *, relation: Relation) -> pl.DataFrame:
    """The ids that ended records refer to and that another undo has dropped since."""
    ended = [(other.ends, column) for other, column in referring_to(relation.name)]
    left = [case.frame(verb.name).select(pl.col(column).alias(relation.id)) for verb, column in ended if verb]
    there = [
        frame.select(relation.id) for frame in (case.now.frame(relation.name), _plan_records(case, relation=relation))
    ]
    nothing = pl.DataFrame(schema={relation.id: pl.Int64()})
    return pl.concat([nothing, *left]).unique().join(pl.concat(there), on=relation.id, how="anti")


def _flags(case: _Case, *, people: _People, records: _Records, frames: Frames) -> pl.DataFrame:
    about = {"field": pl.lit("enrolment"), "code": pl.lit("kept_changed_since")}
    found = [
        people.kept,
        *(
            wanted.join(done, on=columns, how="anti").select("person", **about)
            for columns, wanted, done in _enrolments(records, frames=frames)
        ),
        *_changed_since(case, people=people),
        people.deactivated.select("person", code=pl.lit("kept_person_changed")),
        people.gone.select("person", code=pl.lit("gone_since")),
        people.lost.select("person", code=pl.lit("not_restored")),
        *_not_rejoined(case, people=people, gone=records.gone),
    ]
    named = (case.now.people, people.lost, people.restored)
    names = pl.concat([frame.select("person", value="username") for frame in named])
    lines = case.statuses.drop_nulls("person").group_by("person").agg(pl.col("row").min(), pl.col("line").min())
    flagged = pl.concat(found, how="diagonal").join(names, on="person", how="left").join(lines, on="person", how="left")
    return collect(*_stay_flags(case), *_kept_flags(case, records=records), flagged.sort("row", "person"))


def _changed_since(case: _Case, *, people: _People) -> Iterator[pl.DataFrame]:
    """People with records that the part created, ended or changed, and that somebody changed since."""
    for relation in kept_with_people():
        if not relation.changing:
            continue
        schema, now = list(relation.schema), case.now.frame(relation.name)
        begun = case.frame(relation.begins.name)
        begun = begun.filter(~is_about(people.deactivated.get_column("person"), columns=begun.columns))
        left = [begun.select(schema)]
        left += [with_image(now, frame=case.frame(verb.name), verb=verb) for verb in relation.changing]
        if relation.ends:
            left.append(case.frame(relation.ends.name).select(schema))
        here = now.join(pl.concat([frame.select(relation.key) for frame in left]), on=relation.key, how="semi")
        changed = here.join(pl.concat(left), on=schema, how="anti", nulls_equal=True)
        yield changed.select("person", field=pl.lit(relation.noun), code=pl.lit("kept_changed_since"))


def _kept_flags(case: _Case, *, records: _Records) -> Iterator[pl.DataFrame]:
    """What the part created for everybody and what stays."""
    courses = case.now.reference.courses.select("course", detail="shortname")
    for relation in (each for each in kept_in_reference() if each.id):
        code = pl.lit(f"{relation.name}_kept").alias("code")
        kept = records.kept[relation.name].select(code, "^course$", value="name")
        yield kept.join(courses, on="course").drop("course") if "course" in kept.columns else kept


def _stay_flags(case: _Case) -> Iterator[pl.DataFrame]:
    """What is never undone: options, for example, may have been chosen since, and they do no harm."""
    for name, frame in case.frames.items():
        if isinstance(undone := VERBS[name].undone, Stays):
            shown = relation_of(name).shown[-1]
            yield flag(undone.flag, value=", ".join(frame.get_column(shown).cast(pl.String)))


def _not_rejoined(case: _Case, *, people: _People, gone: Frames) -> Iterator[pl.DataFrame]:
    """Flags about people who cannot get back into a group that no longer exists."""
    there = people.after.select("person")
    for relation in made():
        for other, column in referring_to(relation.name):
            if other.ends and other.people:
                left = case.frame(other.ends.name)
                left = left.filter(pl.col(column).is_in(gone[relation.name].to_series().implode()))
                lost = left.join(there, on="person", how="semi").select("person", field=pl.lit(other.noun))
                yield lost.with_columns(code=pl.lit("group_gone"))
