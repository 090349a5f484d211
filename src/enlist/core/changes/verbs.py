"""The verbs of a plan, from the registry: what its frames are called, in which order they happen, what undoes them.

Frames of a plan, one per verb, have the columns of their relation (`relations.py`); of a verb that changes records, the
key, then before: and after: of each column it changes. Ids below zero are new in the plan (−1, −2, …) and are mapped to
real ids at apply. The verbs of people:

create       person (<0), all columns of a Directory's people but version
update       person, version (before), then for each field that changes for one: before:<field>, after:<field> (both
             alike where this person's cell stays); fields are those of Directory.people but state, keys included
deactivate   person, version: the state of an active person becomes inactive; everything of theirs stays
reactivate   the same, the other way round
remove       person, version, all columns of a Directory's people (so that it can be restored)
restore      the same; version is that of the removed person, after:version the one from before the removal

A record of a group that an undo brings back has the id it had.
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
    """The verbs of relations, in the order of work: what ends does so before what it refers to, and frees keys before
    others take them; what comes to be does so after what it refers to.
    """
    verbs = [verb for each in relations for verb in each.verbs]
    ends = [verb for verb in reversed(verbs) if verb.does is Does.END]
    return {verb.name: verb for verb in (*ends, *(verb for verb in verbs if verb.does is not Does.END))}


VERBS: Final = verbs_of(RELATIONS.values())


def relation_of(verb: str) -> Relation:
    """The relation that a verb changes."""
    return RELATIONS[VERBS[verb].relation]


def kept_with_people() -> tuple[Relation, ...]:
    """What a Directory holds beside people, because it is about them."""
    return tuple(each for each in RELATIONS.values() if each.kept_in is KeptIn.PEOPLE and each.name != "person")


def kept_in_reference() -> tuple[Relation, ...]:
    """What a Directory holds whole and plans can make."""
    return tuple(each for each in RELATIONS.values() if each.kept_in is KeptIn.REFERENCE and each.kind is Kind.MADE)


def kept_relations() -> tuple[Relation, ...]:
    """All that a Directory holds in frames by relation, in the registry's order."""
    return tuple(each for each in RELATIONS.values() if each in (*kept_in_reference(), *kept_with_people()))


def making_ids() -> tuple[Relation, ...]:
    """The relations whose records have ids of their own, which a plan can make."""
    return tuple(each for each in RELATIONS.values() if each.id)


def made() -> tuple[Relation, ...]:
    """The same without people: what others refer to by an id of its own."""
    return tuple(each for each in kept_relations() if each.id)


def referring_to(target: str) -> tuple[tuple[Relation, str], ...]:
    """The relations with a column that refers to this one, and that column."""
    return tuple((each, column) for each in RELATIONS.values() for column in each.referring(target))


def targets() -> dict[str, str]:
    """What each column of ids refers to, its relation's own id included."""
    own = {each.id: each.name for each in making_ids()}
    return own | {column: to for each in RELATIONS.values() for column, to in each.refs.items()}


def people_columns(columns: Iterable[str]) -> list[str]:
    """Those of these columns that name people."""
    known = targets()
    return [column for column in columns if known.get(column) == "person"]


def people_of(frame: pl.DataFrame) -> pl.Series:
    """Everybody a frame names (Int64), in all its columns that do; somebody may be there several times."""
    named = [frame.get_column(column).alias("person") for column in people_columns(frame.columns)]
    return pl.concat(named) if named else pl.Series("person", [], dtype=pl.Int64)


def is_about(people: pl.Series, *, columns: Iterable[str]) -> pl.Expr:
    """Whether a row of a frame with these columns names one of these people; null names nobody."""
    among = people.implode()
    named = [pl.col(column).is_in(among).fill_null(value=False) for column in people_columns(columns)]
    return pl.any_horizontal(named) if named else pl.lit(value=False)


def in_order(frames: Frames) -> dict[str, pl.DataFrame]:
    """The frames of a part that hold anything, in the order of work, each sorted by its key."""
    return {verb: frames[verb].sort(VERBS[verb].key) for verb in VERBS if verb in frames and frames[verb].height}


def walks(verbs: Iterable[str]) -> list[tuple[str, ...]]:
    """These verbs, by the walks over all parts that they need.

    What frees keys comes before what takes them. Whoever is removed takes along what they have, so what ends by itself
    comes before, in whatever part it is.
    """
    wanted = [name for name in VERBS if name in verbs]
    ends = [name for name in wanted if VERBS[name].does is Does.END]
    others = [name for name in wanted if name not in ends]
    at = ends.index("remove") if "remove" in ends else 0
    return [tuple(walk) for walk in (ends[:at], ends[at:], others) if walk]
