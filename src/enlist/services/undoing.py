"""Undoing: the plan that takes an applied import back, made part by part from the import's own plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from enlist.core.applied import Applied
from enlist.core.changes import BEFORE, COURSE_GROUPS_SCHEMA, GROUPS_SCHEMA, MEMBERS_SCHEMA, MEMBERSHIPS_SCHEMA
from enlist.core.directory import Directory, Reference, empty_directory
from enlist.core.flags import collect, flag
from enlist.core.inverse import Since, inverse
from enlist.core.passwords import KNOWN
from enlist.core.plan import Head, Part, Plan, assemble
from enlist.store import artifacts, models, records, since, snapshot
from enlist.store.queries import Scope

from .planning import Progress
from .spool import Spool

Schema = Mapping[str, pl.DataType]

_KEYS: Final = ("username_key", "email_key")


@dataclass(frozen=True)
class _Undo:
    """What all parts of one undo share.

    leaving, leaving_groups: memberships that all its parts end. members, memberships: all members of the course groups
    and of the groups that the import made. course_groups, groups: those that it made or dropped.
    """

    scope: Scope
    applied: Applied
    reference: Reference
    leaving: pl.DataFrame
    members: pl.DataFrame
    leaving_groups: pl.DataFrame
    memberships: pl.DataFrame
    course_groups: pl.DataFrame
    groups: pl.DataFrame


def plan_undo(scope: Scope, *, record: models.Import, progress: Progress) -> Plan:
    """The inverse of the plan of an applied import, in as many parts; they live in a temporary directory."""
    done = artifacts.plan_of(record)
    reference = replace(snapshot.reference(scope.organization), hidden=done.head.hidden)
    undo = _undo(scope, done=done, record=record, reference=reference)
    head = Head(
        organization=scope.organization.slug,
        kind="undo",
        preset=record.preset,
        file_name=record.file_name,
        file_sha256=record.sha256,
        reference_version=reference.version,
        rows=done.head.rows,
        undoes=record.number,
        actor=scope.actor.pk if scope.actor else None,
        rank=scope.actor.site_role if scope.actor else "owner",
        hidden=reference.hidden,
    )
    spool, parts = Spool(), _parts(undo, done=done, progress=progress)
    plan = assemble(head, parts, keep=lambda number, _, blobs: spool.put_part(number, blobs=blobs))
    return replace(plan, parts=spool.parts(len(plan.head.fingerprints)))


def _undo(scope: Scope, *, done: Plan, record: models.Import, reference: Reference) -> _Undo:
    applied = records.ids_of(record)
    leaving = members = pl.DataFrame(schema=MEMBERS_SCHEMA)
    if done.head.verbs.get("create_course_group"):
        # Only a group made by the import can be dropped, and only if nobody stays in it.
        leaving = _leaving(scope, done=done, verb="join", schema=MEMBERS_SCHEMA, applied=applied)
        made = _of(done, verb="create_course_group", schema=COURSE_GROUPS_SCHEMA, applied=applied)
        members = since.members(scope.organization, course_groups=made.get_column("course_group"))
    gathering = memberships = pl.DataFrame(schema=MEMBERSHIPS_SCHEMA)
    if done.head.verbs.get("create_group"):
        gathering = _leaving(scope, done=done, verb="join_group", schema=MEMBERSHIPS_SCHEMA, applied=applied)
        cohorts = _of(done, verb="create_group", schema=GROUPS_SCHEMA, applied=applied)
        memberships = since.memberships(scope.organization, groups=cohorts.get_column("people_group"))
    return _Undo(
        scope=scope,
        applied=applied,
        reference=reference,
        leaving=leaving,
        members=members,
        leaving_groups=gathering,
        memberships=memberships,
        course_groups=_known(done, noun="course_group", schema=COURSE_GROUPS_SCHEMA, applied=applied),
        groups=_known(done, noun="group", schema=GROUPS_SCHEMA, applied=applied),
    )


def _leaving(scope: Scope, *, done: Plan, verb: str, schema: Schema, applied: Applied) -> pl.DataFrame:
    """The memberships that a plan began, but for those of people it made who only become inactive: they stay."""
    begun = _of(done, verb=verb, schema=schema, applied=applied)
    made = [
        applied.versions(part).join(applied.realise(part.frames[made]), on="person", how="semi")
        for part in done.parts
        for made in ("create", "restore")
        if made in part.frames
    ]
    if not made:
        return begun
    stand = since.standing(scope.organization, versions=pl.concat(made))
    as_made = stand.unchanged.filter(~stand.unchanged.is_in(stand.signed_in.implode()))
    staying = pl.concat(made).join(as_made.to_frame(), on="person", how="anti")
    return begun.join(staying, on="person", how="anti")


def _known(done: Plan, *, noun: str, schema: Schema, applied: Applied) -> pl.DataFrame:
    """The groups of a kind that a plan made or dropped."""
    verbs = [verb for verb in (f"create_{noun}", f"drop_{noun}") if done.head.verbs.get(verb)]
    frames = [_of(done, verb=verb, schema=schema, applied=applied) for verb in verbs]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _of(done: Plan, *, verb: str, schema: Schema, applied: Applied) -> pl.DataFrame:
    """What a verb made, over all parts."""
    frames = [applied.realise(part.frames[verb]).select(*schema) for part in done.parts if verb in part.frames]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _parts(undo: _Undo, *, done: Plan, progress: Progress) -> Iterator[Part]:
    for number, part in enumerate(done.parts):
        back = inverse(part, applied=undo.applied, since=_since(undo, part=part))
        replaced = done.head.passwords.get(KNOWN, 0) if number == 0 else 0
        yield (
            replace(back, flags=collect(flag("passwords_stay", value=f"{replaced:,}"), back.flags))
            if replaced
            else back
        )
        progress("planning", number + 1, len(done.parts))


def _since(undo: _Undo, *, part: Part) -> Since:
    frames = undo.applied.frames(part)
    versions = undo.applied.versions(part)
    people = versions.get_column("person")
    stand = since.standing(undo.scope.organization, versions=versions)
    same = _as_made(undo, frames=frames, unchanged=stand.unchanged)
    others = people.filter(~people.is_in(same.people.get_column("person").implode()))
    former = _former_keys(frames, keys=(*_KEYS, *undo.reference.unique_slugs))
    keys = pl.concat([others.to_frame(), *former], how="diagonal")
    now = snapshot.snapshot(undo.scope.organization, reference=undo.reference, keys=keys)
    return Since(
        now=Directory(
            reference=undo.reference,
            people=pl.concat([now.people, same.people]).unique("person").sort("person"),
            enrolments=pl.concat([now.enrolments, same.enrolments]).unique().sort("person", "course", "role"),
            members=pl.concat([now.members, same.members, undo.members]).unique().sort("person", "course_group"),
            memberships=pl.concat([now.memberships, same.memberships, undo.memberships])
            .unique()
            .sort("person", "people_group"),
        ),
        signed_in=stand.signed_in,
        leaving=undo.leaving,
        leaving_groups=undo.leaving_groups,
        course_groups=undo.course_groups,
        groups=undo.groups,
    )


def _as_made(undo: _Undo, *, frames: dict[str, pl.DataFrame], unchanged: pl.Series) -> Directory:
    """The new people who are what the plan made of them: reading them again would take most of the undo's time."""
    nobody = empty_directory(undo.reference)
    same = frames.get("create", nobody.people).select("person").join(unchanged.to_frame(), on="person", how="semi")
    people = frames.get("create", nobody.people).join(same, on="person", how="semi")
    people = people.with_columns(version=pl.lit(undo.applied.stamp, pl.Int64))
    return replace(
        nobody,
        people=pl.concat([nobody.people, people], how="diagonal").select(nobody.people.columns),
        enrolments=frames.get("enrol", nobody.enrolments).join(same, on="person", how="semi"),
        members=frames.get("join", nobody.members).join(same, on="person", how="semi"),
        memberships=frames.get("join_group", nobody.memberships).join(same, on="person", how="semi"),
    )


def _former_keys(frames: dict[str, pl.DataFrame], *, keys: tuple[str, ...]) -> list[pl.DataFrame]:
    """Usernames, addresses and unique values that the undo would give back: somebody else may have them now."""
    update, removed = frames.get("update", pl.DataFrame()), frames.get("remove", pl.DataFrame())
    moved = [update.select(pl.col(BEFORE + key).alias(key)) for key in keys if BEFORE + key in update.columns]
    return [*moved, *(removed.select(key) for key in keys if key in removed.columns)]
