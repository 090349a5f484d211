"""Profile fields: their order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.store.models import ProfileField
from enlist.store.scope import Scope

from .records import log


def next_position(scope: Scope) -> int:
    """The position after the last field (one query)."""
    mine = ProfileField.objects.filter(organization=scope.organization)
    last: int | None = mine.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def order(scope: Scope, *, shortnames: Sequence[str], note: str) -> None:
    """Put the fields in this order, and log that. Earlier plans become stale."""
    positions = {shortname: position for position, shortname in enumerate(shortnames)}
    with transaction.atomic():
        found = list(ProfileField.objects.filter(organization=scope.organization, shortname__in=shortnames))
        for field in found:
            field.position = positions[field.shortname]
        ProfileField.objects.bulk_update(found, ["position"])
        log(scope, kind=PROFILE_FIELDS, done="changed", note=note)
