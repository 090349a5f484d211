"""Limits: how much an import may do without approval."""

from __future__ import annotations

import secrets

from django.db import transaction

from enlist.core.policy import ChangeLimits
from enlist.core.policy.kinds import LimitEntries
from enlist.store import activity
from enlist.store.engine import engine
from enlist.store.models import Organization
from enlist.store.scope import Scope

_KIND = LimitEntries()


def limits_of(organization: Organization) -> ChangeLimits:
    """The organisation's limits (one query)."""
    settings = Organization.objects.values_list("settings", flat=True).get(pk=organization.pk)
    return _KIND.load(settings.get("limits", {}))


def change_limits(scope: Scope, *, limits: ChangeLimits) -> ChangeLimits:
    """Set the organisation's limits, log that, and return the old ones. Earlier plans become stale."""
    with transaction.atomic():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        before = _KIND.load(row.settings.get("limits", {}))
        if before != limits:
            row.settings = {**row.settings, "limits": _KIND.dump(limits)}
            row.reference_version = secrets.randbits(62) | 1
            row.save(update_fields=["settings", "reference_version"])
            activity.log(scope, action="limits_changed", note=_note(before, after=limits))
    return before


def active_people(organization: Organization) -> int:
    """How many active people the organisation has (one query)."""
    active = "SELECT count(*) FROM store_person WHERE organization_id = %s AND state = 'active'"
    return int(engine().value(active, params=[organization.pk]))


def _note(before: ChangeLimits, *, after: ChangeLimits) -> str:
    old, new = _KIND.dump(before), _KIND.dump(after)
    changed = [f"{verb}: {old[verb]} → {new[verb]}" for verb in new if old[verb] != new[verb]]
    return "; ".join(changed) + "."
