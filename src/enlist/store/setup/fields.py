"""Profile fields: changed by hand, each of which is logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from enlist.core.errors import NotFound
from enlist.core.report.changes import Cell
from enlist.store import activity
from enlist.store.models import ProfileField
from enlist.store.scope import Scope

from .organization import changed


def get(scope: Scope, *, shortname: str) -> ProfileField:
    """The organisation's profile field of this short name (one query). Raises NotFound."""
    found = ProfileField.objects.filter(organization=scope.organization, shortname=shortname).first()
    if found is None:
        raise NotFound("profile_field_missing", name=shortname)
    return found


def change(scope: Scope, *, field: ProfileField, values: Mapping[str, Any], cells: tuple[Cell, ...]) -> None:
    """Give a field these values, and that is logged with what changed. Plans made before are stale."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(field, name, value)
        field.save(update_fields=list(values))
        changed(scope.organization)
        activity.log(scope, action="field_changed", note=f"{field.shortname}.", cells=cells)


def order(scope: Scope, *, shortnames: Sequence[str], note: str) -> None:
    """Put the fields in this order, and that is logged. Plans made before are stale."""
    places = {shortname: place for place, shortname in enumerate(shortnames)}
    with transaction.atomic():
        found = list(ProfileField.objects.filter(organization=scope.organization, shortname__in=shortnames))
        for field in found:
            field.position = places[field.shortname]
        ProfileField.objects.bulk_update(found, ["position"])
        changed(scope.organization)
        activity.log(scope, action="field_changed", note=note)
