"""Again: erase whom a backup brought back."""

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
    """Erase everybody who has one of these tombstones; how many that were. Looks at everybody's id."""
    found = Person.objects.values_list("pk", "organization_id", "created_at").iterator(chunk_size=50_000)
    back = [pk for pk, of, made in found if identity_of(organization=of, person=pk, made=made) in stones]
    for pk in back:
        person = Person.objects.select_related("organization").get(pk=pk)
        erase_alone(Scope(person.organization, MACHINE), person=person)
    known = set(Organization.objects.values_list("pk", flat=True))
    for stone in stones.values():
        if stone.organization in known:
            kept = {"organization_id": stone.organization, "username": stone.username}
            Erasure.objects.get_or_create(identity=stone.identity, defaults=kept)
    return len(back)


def drop_what_may_hold_them(stones: Mapping[str, Tombstone], *, since: datetime) -> int:
    """Take away all files, and plans not applied, where anybody was erased since; of how many imports.

    They may hold somebody who was no person yet when the backup was made.
    """
    # Moments are told in whole seconds: of the same one, nobody knows which came first.
    if all(datetime.fromisoformat(stone.at) < since for stone in stones.values()):
        return 0
    touched = set[int]()
    for kind, among in ((STAGED, Import.objects.all()), (PLAN, Import.objects.exclude(state__in=CLOSED))):
        held = among.filter(pk__in=Artifact.objects.filter(kind=kind).values("of_import"))
        for record in held:
            expiry.remove(record, kind=kind)
            touched.add(record.pk)
    return len(touched)


def log_restored(note: str) -> None:
    """Log the restore with every organisation."""
    with transaction.atomic():
        for organization in Organization.objects.all():
            activity.log(Scope(organization, MACHINE), action="restored", note=note)
