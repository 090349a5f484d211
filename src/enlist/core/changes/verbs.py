"""The verbs of a plan, from the registry: their frames, their order, and what undoes them.

A plan has one frame per verb, with the columns of its relation (`relations.py`). The frame of a verb that changes
records has the key, then before: and after: for each column it changes. Ids below zero (−1, −2, …) are new in the plan;
apply maps them to real ids. The verbs of people:
create       person (<0), all columns of a Directory's people except version
update       person, version (before), then before:<field> and after:<field> for each field that changes for anyone
             (equal where this person's value stays); all fields of Directory.people except state, keys included
deactivate   person, version: an active person becomes inactive and keeps everything
reactivate   the opposite of deactivate
remove       person, version, all columns of a Directory's people (to restore them)
restore      the same; version is the removed person's, after:version the one from before the removal

A group that an undo restores gets its former id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from .relation import Does, KeptIn, Kind, Relation, Verb
from .relations import RELATIONS

# Relation → its records, or verb → what it changes.
Frames = Mapping[str, pl.DataFrame]


def verbs_of(relations: Iterable[Relation]) -> dict[str, Verb]:
    """The verbs of relations, in the order of work.

    Records end before what they refer to and before others take their keys; they are created after what they refer to.
    """
    verbs = [verb for each in relations for verb in each.verbs]
    ends = [verb for verb in reversed(verbs) if verb.does is Does.END]
    return {verb.name: verb for verb in (*ends, *(verb for verb in verbs if verb.does is not Does.END))}


VERBS: Final = verbs_of(RELATIONS.values())


def relation_of(verb: str) -> Relation:
    """The relation that a verb changes."""
    return RELATIONS[VERBS[verb].relation]


def kept_with_people() -> tuple[Relation, ...]:
    """The relations that a Directory holds with people, without people themselves."""
    return tuple(each for each in RELATIONS.values() if each.kept_in is KeptIn.PEOPLE and each.name != "person")


def kept_in_reference() -> tuple[Relation, ...]:
    """The relations that a Directory holds whole and plans can create."""
    whole = (each for each in RELATIONS.values() if each.kept_in is KeptIn.REFERENCE)
    return tuple(each for each in whole if each.kind is not Kind.SPECIAL)


def kept_relations() -> tuple[Relation, ...]:
    """All relations that a Directory holds as frames, in the registry's order."""
    return tuple(each for each in RELATIONS.values() if each in (*kept_in_reference(), *kept_with_people()))


def making_ids() -> tuple[Relation, ...]:
    """The relations whose records have their own ids, which a plan can create."""
    return tuple(each for each in RELATIONS.values() if each.id)


def made() -> tuple[Relation, ...]:
    """The relations of `kept_relations` whose records have their own ids."""
    return tuple(each for each in kept_relations() if each.id)


def referring_to(target: str) -> tuple[tuple[Relation, str], ...]:
    """Each relation and column that refers to this relation."""
    return tuple((each, column) for each in RELATIONS.values() for column in each.referring(target))


def targets() -> dict[str, str]:
    """Column of ids → what it refers to; a relation's own id included."""
    own = {each.id: each.name for each in making_ids()}
    return own | {column: to for each in RELATIONS.values() for column, to in each.refs.items()}


def people_columns(columns: Iterable[str]) -> list[str]:
    """The columns that name people."""
    known = targets()
    return [column for column in columns if known.get(column) == "person"]


def people_of(frame: pl.DataFrame) -> pl.Series:
    """The people a frame names (Int64) in any column; a person may appear several times."""
    named = [frame.get_column(column).alias("person") for column in people_columns(frame.columns)]
    return pl.concat(named) if named else pl.Series("person", [], dtype=pl.Int64)


def is_about(people: pl.Series, *, columns: Iterable[str]) -> pl.Expr:
    """Whether a row of a frame with these columns names one of these people; null never does."""
    among = people.implode()
    named = [pl.col(column).is_in(among).fill_null(value=False) for column in people_columns(columns)]
    return pl.any_horizontal(named) if named else pl.lit(value=False)


def in_order(frames: Frames) -> dict[str, pl.DataFrame]:
    """The non-empty frames of a part, in the order of work, each sorted by its key."""
    return {verb: frames[verb].sort(VERBS[verb].key) for verb in VERBS if verb in frames and frames[verb].height}


def walks(verbs: Iterable[str]) -> list[tuple[str, ...]]:
    """These verbs, grouped by the passes over all parts that they need.

    Keys are freed before others take them. Removing a person ends what they have, so verbs that end records by
    themselves come before it, whatever part they are in.
    """
    wanted = [name for name in VERBS if name in verbs]
    ends = [name for name in wanted if VERBS[name].does is Does.END]
    others = [name for name in wanted if name not in ends]
    at = ends.index("remove") if "remove" in ends else 0
    return [tuple(walk) for walk in (ends[:at], ends[at:], others) if walk]
