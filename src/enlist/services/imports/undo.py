"""The plan that undoes an applied import, made part by part from the import's own plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from enlist.core.changes import (
    BEFORE,
    RELATIONS,
    SEEN_SCHEMA,
    VERSION_AFTER,
    Frames,
    KeptIn,
    Relation,
    in_order,
    is_about,
    kept_with_people,
    made,
    people_of,
    referring_to,
    relation_of,
)
from enlist.core.directory.directory import Directory, Reference, empty_directory
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.applied import Applied
from enlist.core.plan.between import Between, between
from enlist.core.plan.plan import Head, Part, Plan
from enlist.core.planner.people.passwords import KNOWN
from enlist.core.planner.undo.inverse import CurrentState, inverse
from enlist.services.progress import Progress
from enlist.store import models
from enlist.store.directory import current, snapshot
from enlist.store.imports import artifacts, records
from enlist.store.scope import Scope

from .rules import compared_parts, compares, rules_after, spooled

_KEYS: Final = ("username_key", "email_key")


@dataclass(frozen=True)
class _Undo:
    """What the parts of an undo share.

    leaving: by relation, records that the parts end. using: records that refer to something the import created. known:
    by relation, records it created or dropped. between: records between two people in the parts so far. there: the
    people who exist after each part (person, version, `VERSION_AFTER`).
    """

    scope: Scope
    applied: Applied
    reference: Reference
    leaving: Frames
    using: Frames
    known: Frames
    between: Between = field(default_factory=Between)
    there: list[pl.DataFrame] = field(default_factory=list)


def plan_undo(scope: Scope, *, record: models.Import, progress: Progress) -> Plan:
    """The inverse of the plan of an applied import, with the same parts, in a temporary directory."""
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
        rank=scope.role,
        hidden=reference.hidden,
    )
    return spooled(head, parts=_parts(undo, done=done, progress=progress))


def _undo(scope: Scope, *, done: Plan, record: models.Import, reference: Reference) -> _Undo:
    applied = records.ids_of(record)
    leaving: dict[str, pl.DataFrame] = {}
    using: dict[str, pl.DataFrame] = {}
    for relation in made():
        # The undo drops only what the import created and nobody uses any more.
        if not done.head.verbs.get(relation.begins.name):
            continue
        ids = _of(done, verb=relation.begins.name, applied=applied).get_column(relation.id)
        for other, column in referring_to(relation.name):
            if other.kept_in is KeptIn.REFERENCE:
                continue
            found = current.referring(scope.organization, relation=other, column=column, ids=ids)
            using[other.name] = pl.concat([using[other.name], found]).unique() if other.name in using else found
            if other.name not in leaving:
                leaving[other.name] = _leaving(scope, done=done, verb=other.begins.name, applied=applied)
    known = {relation.name: _known(done, relation=relation, applied=applied) for relation in made()}
    return _Undo(scope=scope, applied=applied, reference=reference, leaving=leaving, using=using, known=known)


def _leaving(scope: Scope, *, done: Plan, verb: str, applied: Applied) -> pl.DataFrame:
    """The records that a plan began, except those of people it created who only become inactive: these stay."""
    begun = _of(done, verb=verb, applied=applied)
    came = [
        applied.versions(part).join(applied.realise(part.frames[verb]), on="person", how="semi")
        for part in done.parts
        for verb in ("create", "restore")
        if verb in part.frames
    ]
    if not came:
        return begun
    stand = current.people_since(scope.organization, versions=pl.concat(came))
    as_made = stand.unchanged.filter(~stand.unchanged.is_in(stand.signed_in.implode()))
    staying = pl.concat(came).join(as_made.to_frame(), on="person", how="anti")
    return begun.filter(~is_about(staying.get_column("person"), columns=begun.columns))


def _known(done: Plan, *, relation: Relation, applied: Applied) -> pl.DataFrame:
    """The records of a relation that a plan created or dropped."""
    verbs = [verb.name for verb in (relation.begins, relation.ends) if verb and done.head.verbs.get(verb.name)]
    frames = [_of(done, verb=verb, applied=applied) for verb in verbs]
    return pl.concat([pl.DataFrame(schema=relation.schema), *frames])


def _of(done: Plan, *, verb: str, applied: Applied) -> pl.DataFrame:
    """The records of a verb, over all parts."""
    schema = relation_of(verb).schema
    frames = [applied.realise(part.frames[verb]).select(*schema) for part in done.parts if verb in part.frames]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _parts(undo: _Undo, *, done: Plan, progress: Progress) -> Iterator[Part]:
    rules: Reference | None = None
    for number, part in enumerate(done.parts):
        world = replace(_since(undo, part=part), reference=rules)
        back = inverse(part, applied=undo.applied, current=world)
        if compares(back.frames):
            rules = rules_after(undo.reference, part=back)
        undo.between.add_part(back.frames)
        if between():
            undo.there.append(_there(back, now=world.now))
        replaced = done.head.passwords.get(KNOWN, 0) if number == 0 else 0
        yield (
            replace(back, flags=collect(flag("passwords_stay", value=f"{replaced:,}"), back.flags))
            if replaced
            else back
        )
        progress("planning", number + 1, len(done.parts))
    if (late := _late(undo, done=done)).frames:
        yield late
    if rules:
        known = pl.concat([undo.applied.versions(part).get_column("person") for part in done.parts])
        yield from compared_parts(
            undo.scope, reference=undo.reference, after=rules, without=known.unique(), progress=progress
        )


def _there(back: Part, *, now: Directory) -> pl.DataFrame:
    """The people of a part who exist after its undo: person, version, and `VERSION_AFTER` if they get one back."""
    frames = [back.seen, back.frames.get("restore", back.seen.clear()), now.people.select(*SEEN_SCHEMA)]
    known = pl.concat(frames, how="diagonal_relaxed").unique("person", keep="first")
    gone = back.frames.get("remove", now.people.clear())
    after = pl.col(VERSION_AFTER) if VERSION_AFTER in known.columns else pl.lit(None, pl.Int64).alias(VERSION_AFTER)
    return known.join(gone, on="person", how="anti").select(*SEEN_SCHEMA, after)


def _late(undo: _Undo, *, done: Plan) -> Part:
    """Records between two people who come back in different parts."""
    frames: dict[str, pl.DataFrame] = {}
    for relation in between():
        if relation.ends is None or not done.head.verbs.get(relation.ends.name):
            continue
        ended = _of(done, verb=relation.ends.name, applied=undo.applied)
        begun = undo.between.begun.get(relation.name, ended.clear())
        there = pl.concat(undo.there).get_column("person").implode()
        back = ended.filter(pl.all_horizontal(pl.col(column).is_in(there) for column in relation.people))
        frames[relation.begins.name] = back.join(begun, on=relation.key, how="anti")
    frames = in_order(frames)
    if not frames:
        return Part()
    named = pl.concat([people_of(frame) for frame in frames.values()])
    seen = pl.concat(undo.there).filter(pl.col("person").is_in(named.implode())).unique("person").sort("person")
    return Part(frames=frames, seen=seen)


def _since(undo: _Undo, *, part: Part) -> CurrentState:
    frames = undo.applied.frames(part)
    versions = undo.applied.versions(part)
    people = versions.get_column("person")
    stand = current.people_since(undo.scope.organization, versions=versions)
    same = _as_made(undo, frames=frames, unchanged=stand.unchanged)
    others = people.filter(~people.is_in(same.people.get_column("person").implode()))
    former = _former_keys(frames, keys=(*_KEYS, *undo.reference.unique_slugs))
    keys = pl.concat([others.to_frame(), *former], how="diagonal")
    now = snapshot.snapshot(undo.scope.organization, reference=undo.reference, keys=keys)
    names = [relation.name for relation in kept_with_people()]
    frames_now = {name: pl.concat([now.frame(name), same.frame(name)]).unique() for name in names}
    for name, using in undo.using.items():
        frames_now[name] = pl.concat([frames_now[name], using]).unique()
    whole = Directory(
        reference=undo.reference,
        people=pl.concat([now.people, same.people]).unique("person").sort("person"),
        frames={name: frame.sort(RELATIONS[name].key) for name, frame in frames_now.items()},
    )
    away = frames.get("remove", pl.DataFrame(schema=SEEN_SCHEMA)).select(*SEEN_SCHEMA)
    if not away.is_empty():
        away = current.removed(undo.scope.organization, people=away.get_column("person"))
    return CurrentState(
        now=undo.between.applied_to(whole),
        removed=away,
        signed_in=stand.signed_in,
        leaving=undo.leaving,
        known=undo.known,
    )


def _as_made(undo: _Undo, *, frames: dict[str, pl.DataFrame], unchanged: pl.Series) -> Directory:
    """The new people who haven't changed since: reading them again would take most of the undo's time."""
    nobody = empty_directory(undo.reference)
    same = frames.get("create", nobody.people).select("person").join(unchanged.to_frame(), on="person", how="semi")
    people = frames.get("create", nobody.people).join(same, on="person", how="semi")
    people = people.with_columns(version=pl.lit(undo.applied.stamp, pl.Int64))
    among = same.get_column("person")
    theirs = {
        relation.name: frame.filter(is_about(among, columns=frame.columns)).select(list(relation.schema))
        for relation in kept_with_people()
        if (frame := frames.get(relation.begins.name)) is not None
    }
    people = pl.concat([nobody.people, people], how="diagonal").select(nobody.people.columns)
    return replace(nobody, people=people, frames=theirs)


def _former_keys(frames: dict[str, pl.DataFrame], *, keys: tuple[str, ...]) -> list[pl.DataFrame]:
    """Usernames, addresses and unique values that the undo would give back: another person may have them now."""
    update, removed = frames.get("update", pl.DataFrame()), frames.get("remove", pl.DataFrame())
    moved = [update.select(pl.col(BEFORE + key).alias(key)) for key in keys if BEFORE + key in update.columns]
    return [*moved, *(removed.select(key) for key in keys if key in removed.columns)]
