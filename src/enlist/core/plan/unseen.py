"""Unseen changes: what a plan would do that the plan shown before does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from enlist.core.changes.relation import KeptIn, Relation
from enlist.core.changes.schemas import AFTER, BEFORE, VERSION_AFTER
from enlist.core.changes.verbs import VERBS, making_ids, targets
from enlist.core.directory.directory import Reference

from .plan import Plan

# Pages don't show versions: they change with every plan, and the person they belong to is shown.
_NOT_SHOWN: Final = ("version", VERSION_AFTER)


def unseen(plan: Plan, *, shown: Plan, reference: Reference) -> dict[str, int]:
    """How many changes of a plan the other lacks, by verb; changes are the same if person, old and new value are.

    reference: the current one, which may have what one of the plans creates.
    """
    now, before = _changes(plan, reference=reference), _changes(shown, reference=reference)
    found = {verb: _beyond(frame, known=before.get(verb)) for verb, frame in now.items()}
    return {verb: count for verb, count in found.items() if count}


def _beyond(frame: pl.DataFrame, *, known: pl.DataFrame | None) -> int:
    if known is None:
        return frame.height
    columns = list(dict.fromkeys([*frame.columns, *known.columns]))
    ours, theirs = (_with_all(each, columns=columns) for each in (frame, known))
    return ours.join(theirs, on=columns, how="anti", nulls_equal=True).height


def _with_all(frame: pl.DataFrame, *, columns: list[str]) -> pl.DataFrame:
    missing = [pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(columns).cast(pl.String))


def _changes(plan: Plan, *, reference: Reference) -> dict[str, pl.DataFrame]:
    """The frames of all parts and the passwords, by verb; ids of records that the plan creates become names."""
    names = {each.name: _names(plan, relation=each, reference=reference) for each in making_ids()}
    changes = {
        verb: _named((part.frames[verb] for part in plan.parts if verb in part.frames), names=names)
        for verb in VERBS
        if plan.head.verbs.get(verb)
    }
    changes["passwords"] = _named((part.passwords for part in plan.parts), names=names)
    if "update" in changes:
        changes["update"] = _cells(changes["update"])
    return {verb: frame for verb, frame in changes.items() if frame.height}


def _named(frames: Iterable[pl.DataFrame], *, names: dict[str, pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(list(frames), how="diagonal")
    for column, relation in targets().items():
        if column in whole.columns and relation in names:
            known = names[relation].rename({"_id": column})
            named = whole.join(known, on=column, how="left", maintain_order="left")
            whole = named.with_columns(pl.coalesce("_name", pl.col(column).cast(pl.String)).alias(column)).drop("_name")
    return whole.drop([name for name in _NOT_SHOWN if name in whole.columns])


def _names(plan: Plan, *, relation: Relation, reference: Reference) -> pl.DataFrame:
    """_id, _name: the records that the plan creates, and the existing ones of relations held whole."""
    verb = relation.begins.name
    frames = [part.frames[verb] for part in plan.parts if verb in part.frames]
    if relation.kept_in is KeptIn.REFERENCE:
        frames.append(reference.frame(relation.name))
    shown = [pl.col(name).cast(pl.String).fill_null("") for name in dict.fromkeys((*relation.named, *relation.shown))]
    name = pl.concat_str(pl.lit(relation.name), *shown, separator=" / ").alias("_name")
    nobody = pl.DataFrame(schema={"_id": pl.Int64(), "_name": pl.String()})
    return pl.concat([nobody, *(frame.select(pl.col(relation.id).alias("_id"), name) for frame in frames)]).unique(
        "_id"
    )


def _cells(update: pl.DataFrame) -> pl.DataFrame:
    """One line per value that changes: a frame has the columns that change for anybody."""
    fields = [name.removeprefix(BEFORE) for name in update.columns if name.startswith(BEFORE)]
    cells = [
        update.select(
            "person",
            field=pl.lit(field),
            old=pl.col(BEFORE + field).cast(pl.String),
            new=pl.col(AFTER + field).cast(pl.String),
        )
        for field in fields
    ]
    nothing = pl.DataFrame(schema={name: pl.String() for name in ("person", "field", "old", "new")})
    return pl.concat([nothing, *cells]).filter(pl.col("old").ne_missing(pl.col("new")))
