"""After a restore: erase again the people that the backup brought back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from enlist.store import activity
from enlist.store.imports import expiry
from enlist.store.imports.artifacts import PLAN, STAGED
from enlist.store.models import Artifact, Erasure, Import, Organization, Person
from enlist.store.scope import MACHINE, Scope

from .erase import CLOSED, erase_alone
from .tombstones import Tombstone, identity_of


def erase_again(stones: Mapping[str, Tombstone]) -> int:
    """Erase everybody who has one of these tombstones, and return how many. Reads the id of every person."""
    found = Person.objects.values_list("pk", "organization_id", "created_at").iterator(chunk_size=50_000)
    returned = [pk for pk, of, made in found if identity_of(organization=of, person=pk, made=made) in stones]
    for pk in returned:
        person = Person.objects.select_related("organization").get(pk=pk)
        erase_alone(Scope(person.organization, MACHINE), person=person)
    organizations = set(Organization.objects.values_list("pk", flat=True))
    for stone in stones.values():
        if stone.organization in organizations:
            kept = {"organization_id": stone.organization, "username": stone.username}
            Erasure.objects.get_or_create(identity=stone.identity, defaults=kept)
    return len(returned)


def remove_files_and_open_plans(stones: Mapping[str, Tombstone], *, since: datetime) -> int:
    """If anybody was erased since, remove all files and unapplied plans; of how many imports.

    They may contain a person who wasn't in the directory yet when the backup was made.
    """
    # Moments have whole seconds: for equal ones, the order is unknown.
    if all(datetime.fromisoformat(stone.at) < since for stone in stones.values()):
        return 0
    touched = set[int]()
    for kind, among in ((STAGED, Import.objects.all()), (PLAN, Import.objects.exclude(state__in=CLOSED))):
        affected = among.filter(pk__in=Artifact.objects.filter(kind=kind).values("of_import"))
        for record in affected:
            expiry.remove(record, kind=kind)
            touched.add(record.pk)
    return len(touched)


def log_restored(note: str) -> None:
    """Log the restore for every organisation."""
    with transaction.atomic():
        for organization in Organization.objects.all():
            activity.log(Scope(organization, MACHINE), action="restored", note=note)
