"""Erasure: permanently delete one person from everything that is stored.

First from the artifacts, import by import, then from the tables in one transaction, after writing a tombstone. After a
crash, running the command again finishes the work: the person's row is deleted last.
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
from enlist.core.plan.erasure import PersonalData
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
# Imports whose plan is history. An open plan with the person is removed, since it can't be applied any more.
CLOSED: Final = ("applied", "undone", "nothing_to_do")
# A shorter ID number also occurs in cells about something else.
SHORTEST_IDNUMBER: Final = 4
ROUNDS: Final = 3


@dataclass(frozen=True)
class Erased:
    """What was removed: chunks of plans that were rewritten, and whole plans and files (by their imports' numbers).

    hash: the keyed hash that stays. wiped: no file of the database contains the deleted bytes any more.
    """

    username: str
    rewritten: int
    plans: tuple[int, ...]
    files: tuple[int, ...]
    hash: str
    wiped: bool


def erase(scope: Scope, *, person: Person) -> Erased:
    """Delete a person from artifacts, uploads and tables. Raises LeaseTaken while an import is being applied."""
    rewritten, plans, files = 0, set[int](), set[int]()
    for _ in range(ROUNDS):
        for record in _imports_with(person):
            rewritten += _remove_from(record, person=person)
            if record.state not in CLOSED:
                plans.add(record.number)
            if expiry.remove(record, kind=STAGED).chunks:
                files.add(record.number)
        with turn(engine(), organization=person.organization_id):
            # A file may have been planned since; later plans can't find the person any more.
            stone = None if _imports_with(person) else _delete(scope, person=person)
            if stone:
                jobs.clear_texts(person.organization_id, named=PersonalData(frozenset(), words=_words(person)).named)
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
        wiped=engine().free_space(),
    )


def erase_alone(scope: Scope, *, person: Person) -> None:
    """Delete a person from a directory that is being restored: nobody else is working on it."""
    for record in _imports_with(person):
        _remove_from(record, person=person)
        expiry.remove(record, kind=STAGED)
    _delete(scope, person=person)


def _remove_from(record: Import, *, person: Person) -> int:
    """Remove a person from an applied plan, or the whole plan if it wasn't applied; how many chunks changed."""
    if record.state in CLOSED:
        return _rewrite(record, data=_personal_data(person, record=record))
    expiry.remove(record, kind=PLAN)
    sealed_passwords.forget_import(record)
    return 0


def _personal_data(person: Person, *, record: Import) -> PersonalData:
    number = number_in(record, person=person)
    return PersonalData(people=frozenset({person.pk, number} if number < 0 else {person.pk}), words=_words(person))


def _words(person: Person) -> frozenset[str]:
    """Values that identify the person."""
    texts = [person.username, person.email, person.idnumber if len(person.idnumber) >= SHORTEST_IDNUMBER else ""]
    return frozenset(fold(text) for text in texts if text)


def _imports_with(person: Person) -> list[Import]:
    """The imports whose file, edits or plan still contains the person.

    Reads the frames about people that may include them, and all flags, files and edits, which have no person ids.
    """
    closed = Q(of_import__state__in=CLOSED)
    searched = covering(person) | Q(kind=STAGED) | Q(name=FLAGS) | ~closed
    found = Artifact.objects.filter(searched, organization=person.organization_id).select_related("of_import")
    found = found.defer("data").order_by("of_import__number", "kind", "part", "name")
    imports = {}
    for record, artifacts in groupby(found, key=lambda artifact: artifact.of_import):
        data = _personal_data(person, record=record)
        if any(_is_in(artifact, data=data) for artifact in artifacts):
            imports[record.number] = record
    for record in edits.imports_with(person.organization_id):
        data = _personal_data(person, record=record)
        if record.number not in imports and any(data.are_in(cells) for cells in edits.texts(record)):
            imports[record.number] = record
    return [imports[number] for number in sorted(imports)]


def _is_in(artifact: Artifact, *, data: PersonalData) -> bool:
    frame = frame_of(artifact)
    if data.without(frame).height < frame.height:
        return True
    if artifact.name == FLAGS:
        return data.flag(frame)
    return (artifact.kind == STAGED or artifact.of_import.state not in CLOSED) and data.are_in(frame)


def _rewrite(record: Import, *, data: PersonalData) -> int:
    """Rewrite the chunks of a plan without the person; how many changed."""
    found = Artifact.objects.filter(of_import=record).exclude(kind=STAGED).defer("data").select_related("of_import")
    changed, parts = 0, set[int]()
    with transaction.atomic():
        ordered = found.order_by("kind", "part", "name")
        for (kind, part), artifacts in groupby(ordered, key=lambda artifact: (artifact.kind, artifact.part)):
            named = {artifact.name: artifact for artifact in artifacts if _may_hold(artifact, data=data)}
            rows = data.rows_of(frame_of(named[STATUSES])) if STATUSES in named else pl.Series("row", dtype=pl.Int64)
            for name, artifact in named.items():
                whole = frame_of(artifact)
                rest = data.unflagged(whole, rows=rows) if name == FLAGS else data.without(whole)
                if rest.height < whole.height:
                    replace_artifact(artifact, frame=rest)
                    parts |= {part} if kind == PLAN else set()
                    changed += 1
        seal(record, parts=sorted(parts))
    return changed


def _may_hold(artifact: Artifact, *, data: PersonalData) -> bool:
    least, greatest = artifact.min_person, artifact.max_person
    if least is None or greatest is None:
        return artifact.name == FLAGS
    return any(least <= person <= greatest for person in data.people)


def _delete(scope: Scope, *, person: Person) -> tombstones.Tombstone:
    """Delete the person from the tables, and return the tombstone."""
    # All sealed files: they may contain the person, also on sheets that were never read.
    Artifact.objects.filter(organization=person.organization_id, kind=SOURCE).delete()
    stone = tombstones.Tombstone(
        identity=tombstones.identity(person),
        username=tombstones.username_hash(organization=person.organization_id, key=fold(person.username)),
        organization=person.organization_id,
        at=timezone.now().isoformat(timespec="seconds"),
    )
    # Before the commit: without the tombstone, a backup could bring the person back.
    tombstones.add(stone)
    note = f"Erased: {stone.identity}"
    Secret.objects.filter(person=person.pk).delete()
    about = Activity.objects.filter(organization=person.organization_id, person=person.pk)
    about.update(cells=[], person=None, other=None, note=note)
    Activity.objects.filter(organization=person.organization_id, other=person.pk).update(cells=[], other=None)
    Erasure.objects.get_or_create(
        identity=stone.identity, defaults={"organization_id": stone.organization, "username": stone.username}
    )
    activity.log(scope, action="person_erased", note=note)
    Person.objects.filter(pk=person.pk).delete()
    return stone
