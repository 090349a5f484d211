"""Merge two people who are one: what one of them has moves to the other, and that one becomes inactive (EN-16).

It loops over the registry, so the records of a new relation move too, unless they are about one account. Memberships by
condition follow from the values of the person who stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from enlist.core.changes import (
    MERGES_SCHEMA,
    PERSON_ROLES_SCHEMA,
    RELATIONS,
    Relation,
    is_about,
    kept_with_people,
)
from enlist.core.clean import fold
from enlist.core.directory.directory import Directory, Reference
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Part
from enlist.core.policy.kinds import nearest

from .net import After, net, seen_by

_KEYED: Final = {"username": "username_key", "email": "email_key"}


@dataclass(frozen=True)
class _Moves:
    """Records of a relation: those the person who stays gets, those of the other that end, and those both had."""

    begun: pl.DataFrame
    ended: pl.DataFrame
    both: pl.DataFrame


def merged(directory: Directory, *, kept: int, other: int, take: Collection[str] = ()) -> Part:
    """The part of a plan that merges a person into another.

    directory: both people, with their records. take: the fields (slugs) whose value is that of the other; of the rest,
    blank ones are filled from the other. Raises PolicyError for an unknown field, and for a person who is merged
    already.
    """
    fields = merge_fields(directory.reference)
    if unknown := sorted({*take} - {*fields}):
        near = nearest(unknown[0], among=fields) or ""
        raise PolicyError("person_field_unknown", field=unknown[0], near=near, fields=", ".join(fields))
    before = directory.frame("merge").filter(pl.col("person") == other, pl.col("merged_into") != kept)
    if not before.is_empty():
        raise PolicyError("person_merged_already", username=_row(directory, person=other)["username"])
    shared = [each for each in kept_with_people() if not each.of_account]
    moves = {each.name: _moved(directory, relation=each, kept=kept, other=other) for each in shared}
    begun = {name: each.begun for name, each in moves.items()}
    begun["person_role"] = _roles(directory, kept=kept, other=other, moved=begun["person_role"])
    mark = pl.DataFrame([(other, kept)], schema=MERGES_SCHEMA, orient="row")
    begun["merge"] = pl.concat([begun["merge"], mark])
    people = _people(directory, kept=kept, other=other, take=take)
    ended = {name: each.ended for name, each in moves.items()}
    frames = net(directory, after=After(people, begun=begun, ended=ended)).frames
    seen = seen_by(frames, rows=people.get_column("person"), directory=directory)
    return Part(frames=frames, seen=seen, flags=collect(*_conflicts(moves, directory=directory, kept=kept)))


def merge_fields(reference: Reference) -> tuple[str, ...]:
    """The fields (slugs) whose value can be that of either person."""
    return (*PERSON_SLUGS, *(field.slug for field in reference.profile_fields))


def exchanged(reference: Reference) -> tuple[str, ...]:
    """The fields that files find people by, or that no two people share: the two exchange their values."""
    return ("username", "email", "idnumber", *reference.unique_slugs)


def _row(directory: Directory, *, person: int) -> dict[str, Any]:
    return directory.people.row(by_predicate=pl.col("person") == person, named=True)


def _people(directory: Directory, *, kept: int, other: int, take: Collection[str]) -> pl.DataFrame:
    """Both people afterwards."""
    stays, goes = _row(directory, person=kept), _row(directory, person=other)
    states = {stays["state"], goes["state"]}
    after = {kept: {"state": "active" if "active" in states else "inactive"}, other: {"state": "inactive"}}
    both_ways = exchanged(directory.reference)
    for slug in (*PERSON_SLUGS, *directory.reference.profile_slugs):
        if goes[slug] and (slug in take or not stays[slug]):
            after[kept][slug] = goes[slug]
            if slug in both_ways:
                after[other][slug] = stays[slug]
    for changed in after.values():
        changed |= {key: fold(changed[slug] or "") for slug, key in _KEYED.items() if slug in changed}
    rows = [{**stays, **after[kept]}, {**goes, **after[other]}]
    return pl.DataFrame(rows, schema=directory.people.schema).sort("person")


def _moved(directory: Directory, *, relation: Relation, kept: int, other: int) -> _Moves:
    have = directory.frame(relation.name)
    theirs = have.filter(is_about(pl.Series([other]), columns=have.columns))
    if "source" in have.columns:
        theirs = theirs.filter(pl.col("source") != "condition")
    moved = theirs.with_columns(pl.col(column).replace(other, kept) for column in relation.people)
    if len(relation.people) > 1:
        moved = moved.filter(pl.col(relation.people[0]) != pl.col(relation.people[1]))
    moved = moved.unique(relation.key, maintain_order=True)
    both = moved.join(have, on=relation.key, how="semi")
    if relation.name == "enrolment":
        both = _stronger(pl.concat([have.join(both, on=relation.key, how="semi"), both]))
    return _Moves(begun=pl.concat([moved.join(have, on=relation.key, how="anti"), both]), ended=theirs, both=both)


def _stronger(enrolments: pl.DataFrame) -> pl.DataFrame:
    """Of the two enrolments in each course and role, the one that gives more: active, then longer."""
    ranked = enrolments.with_columns(
        active=pl.col("status") == "active",
        until=pl.col("end").fill_null("9"),
        since=pl.col("start").fill_null(""),
    ).sort("active", "until", "since", descending=[True, True, False], maintain_order=True)
    return ranked.unique(RELATIONS["enrolment"].key, keep="first", maintain_order=True).select(enrolments.columns)


def _roles(directory: Directory, *, kept: int, other: int, moved: pl.DataFrame) -> pl.DataFrame:
    """The roles that the person who stays gets besides the one of their own row."""
    mine, theirs = (_row(directory, person=person)["site_role"] for person in (kept, other))
    first = pl.DataFrame([(kept, theirs, "manual")], schema=PERSON_ROLES_SCHEMA, orient="row")
    roles = pl.concat([moved, first]).filter(pl.col("site_role") != mine)
    return roles.unique(["person", "site_role"], maintain_order=True)


def _conflicts(moves: Mapping[str, _Moves], *, directory: Directory, kept: int) -> Iterator[pl.DataFrame]:
    """A flag for each record that both people have, of which one stays."""
    labels = Labels.of(directory)
    for name, each in moves.items():
        for row in each.both.iter_rows(named=True):
            shown = labels.shown(name, row=row, person=kept)
            end = f", until {row['end'][:10]}" if row.get("end") else ""
            yield flag("merge_both", value=shown + end, detail=RELATIONS[name].noun)
