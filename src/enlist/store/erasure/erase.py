"""Erasure: take one person out of everything that is kept, for good.

First out of the artifacts, import by import, then out of the tables in one transaction, with a tombstone before it.
What a crash leaves half done, the same command finishes: the person's row goes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enlist.core.clean import fold
from enlist.core.errors import LeaseTaken
from enlist.core.plan.erasure import Traces
from enlist.store import activity
from enlist.store.apply.turn import turn
from enlist.store.engine import engine
from enlist.store.imports import edits, expiry, sealed_passwords
from enlist.store.imports.artifacts import PLAN, SOURCE, STAGED, frame_of, replace_artifact, seal
from enlist.store.imports.history import STATUSES, covering, number_in
from enlist.store.jobs import jobs
from enlist.store.models import Activity, Artifact, Erasure, Import, Person, Secret
from enlist.store.scope import Scope

from . import tombstones

FLAGS: Final = "flags"
# Imports whose plan is history; an open one that holds the person goes whole, since it can no longer be applied.
CLOSED: Final = ("applied", "undone", "nothing_to_do")
# A shorter number stands in cells that are about something else.
SHORTEST_NUMBER: Final = 4
ROUNDS: Final = 3


@dataclass(frozen=True)
class Erased:
    """What was taken away: chunks of plans written anew, whole plans and files (by their imports' numbers).

    hash: the keyed hash that stays. wiped: no file of the database holds the deleted bytes any more.
    """

    username: str
    rewritten: int
    plans: tuple[int, ...]
    files: tuple[int, ...]
    hash: str
    wiped: bool


def erase(scope: Scope, *, person: Person) -> Erased:
    """Take a person out of artifacts, uploads and tables. Raises LeaseTaken while an import is being applied."""
    rewritten, plans, files = 0, set[int](), set[int]()
    for _ in range(ROUNDS):
        for record in _holding(person):
            rewritten += _take_out(record, person=person)
            if record.state not in CLOSED:
                plans.add(record.number)
            if expiry.remove(record, kind=STAGED).chunks:
                files.add(record.number)
        with turn(engine(), organization=person.organization_id):
            # Somebody may have planned a file since; whoever plans one after this finds nobody.
            stone = None if _holding(person) else _buried(scope, person=person)
            if stone:
                jobs.silence(person.organization_id, named=Traces(frozenset(), words=_words(person)).named)
        if stone:
            break
    else:
        raise LeaseTaken("erasure_incomplete")
    return Erased(
        username=person.username,
        rewritten=rewritten,
        plans=tuple(sorted(plans)),
        files=tuple(sorted(files)),
        hash=stone.identity,
        wiped=engine().give_back(),
    )


def erase_alone(scope: Scope, *, person: Person) -> None:
    """Take a person out of a directory that is not in force yet: nobody else is at work on it."""
    for record in _holding(person):
        _take_out(record, person=person)
        expiry.remove(record, kind=STAGED)
    _buried(scope, person=person)


def _take_out(record: Import, *, person: Person) -> int:
    """Take a person out of a plan, or the whole plan away where it was not applied; how many chunks changed."""
    if record.state in CLOSED:
        return _rewrite(record, traces=_traces(person, record=record))
    expiry.remove(record, kind=PLAN)
    sealed_passwords.forget_import(record)
    return 0


def _traces(person: Person, *, record: Import) -> Traces:
    number = number_in(record, person=person)
    return Traces(people=frozenset({person.pk, number} if number < 0 else {person.pk}), words=_words(person))


def _words(person: Person) -> frozenset[str]:
    """What means the person and nobody else."""
    texts = [person.username, person.email, person.idnumber if len(person.idnumber) >= SHORTEST_NUMBER else ""]
    return frozenset(fold(text) for text in texts if text)


def _holding(person: Person) -> list[Import]:
    """The imports of whose file, edits or plan the person is still part.

    Reads the frames about people that may hold them, all flags, all files and all edits: those know no people.
    """
    closed = Q(of_import__state__in=CLOSED)
    wanted = covering(person) | Q(kind=STAGED) | Q(name=FLAGS) | ~closed
    found = Artifact.objects.filter(wanted, organization=person.organization_id).select_related("of_import")
    found = found.defer("data").order_by("of_import__number", "kind", "part", "name")
    held = {}
    for record, artifacts in groupby(found, key=lambda artifact: artifact.of_import):
        traces = _traces(person, record=record)
        if any(_is_in(artifact, traces=traces) for artifact in artifacts):
            held[record.number] = record
    for record in edits.imports_with(person.organization_id):
        traces = _traces(person, record=record)
        if record.number not in held and any(traces.are_in(cells) for cells in edits.texts(record)):
            held[record.number] = record
    return [held[number] for number in sorted(held)]


def _is_in(artifact: Artifact, *, traces: Traces) -> bool:
    frame = frame_of(artifact)
    if traces.without(frame).height < frame.height:
        return True
    if artifact.name == FLAGS:
        return traces.flag(frame)
    return (artifact.kind == STAGED or artifact.of_import.state not in CLOSED) and traces.are_in(frame)


def _rewrite(record: Import, *, traces: Traces) -> int:
    """Write the chunks of a plan anew without the person; how many changed."""
    found = Artifact.objects.filter(of_import=record).exclude(kind=STAGED).defer("data").select_related("of_import")
    changed, parts = 0, set[int]()
    with transaction.atomic():
        ordered = found.order_by("kind", "part", "name")
        for (kind, part), artifacts in groupby(ordered, key=lambda artifact: (artifact.kind, artifact.part)):
            named = {artifact.name: artifact for artifact in artifacts if _may_hold(artifact, traces=traces)}
            rows = traces.rows_of(frame_of(named[STATUSES])) if STATUSES in named else pl.Series("row", dtype=pl.Int64)
            for name, artifact in named.items():
                whole = frame_of(artifact)
                rest = traces.unflagged(whole, rows=rows) if name == FLAGS else traces.without(whole)
                if rest.height < whole.height:
                    replace_artifact(artifact, frame=rest)
                    parts |= {part} if kind == PLAN else set()
                    changed += 1
        seal(record, parts=sorted(parts))
    return changed


def _may_hold(artifact: Artifact, *, traces: Traces) -> bool:
    least, greatest = artifact.min_person, artifact.max_person
    if least is None or greatest is None:
        return artifact.name == FLAGS
    return any(least <= person <= greatest for person in traces.people)


def _buried(scope: Scope, *, person: Person) -> tombstones.Tombstone:
    """The tombstone, and nothing of the person in the tables any more."""
    # Sealed, and perhaps with sheets that nobody read: nobody can tell whom they hold.
    Artifact.objects.filter(organization=person.organization_id, kind=SOURCE).delete()
    stone = tombstones.Tombstone(
        identity=tombstones.identity(person),
        username=tombstones.username_hash(organization=person.organization_id, key=fold(person.username)),
        organization=person.organization_id,
        at=timezone.now().isoformat(timespec="seconds"),
    )
    # Before the commit: without it a backup could bring back who is erased here.
    tombstones.add(stone)
    note = f"Erased: {stone.identity}"
    Secret.objects.filter(person=person.pk).delete()
    about = Activity.objects.filter(organization=person.organization_id, person=person.pk)
    about.update(cells=[], person=None, note=note)
    Erasure.objects.get_or_create(
        identity=stone.identity, defaults={"organization_id": stone.organization, "username": stone.username}
    )
    activity.log(scope, action="person_erased", note=note)
    Person.objects.filter(pk=person.pk).delete()
    return stone
