"""Limits: how much an import may do without approval."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

import polars as pl
from django.db import transaction

from enlist.core.plan.active import changed, dump, load
from enlist.core.policy import ChangeLimits
from enlist.core.policy.kinds import LimitEntries
from enlist.store import activity
from enlist.store.directory.unlisted import in_groups
from enlist.store.engine import engine
from enlist.store.models import Organization
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

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


def change_active_limits(scope: Scope, *, settings: Iterable[str]) -> None:
    """Change the limits of active people by settings such as `learner=500`, and log that. Earlier plans become stale.

    Raises PolicyError.
    """
    with short_transaction():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        before = after = load(row.settings.get("active_limits", {}))
        for setting in settings:
            after = changed(after, setting=setting)
        if after != before:
            row.settings = {**row.settings, "active_limits": dump(after)}
            row.reference_version = secrets.randbits(62) | 1
            row.save(update_fields=["settings", "reference_version"])
            activity.log(scope, action="limits_changed", note=_active_note(dump(before), after=dump(after)))


def active_people(organization: Organization, *, groups: pl.Series | None = None) -> int:
    """How many active people the organisation has (one query). groups: only their members."""
    active = "SELECT count(*) FROM store_person p WHERE p.organization_id = %s AND p.state = 'active'"
    return int(engine().value(active + in_groups(groups), params=[organization.pk]))


def _active_note(before: Mapping[str, int], *, after: Mapping[str, int]) -> str:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return "; ".join(f"active {name}: {before.get(name, 'any')} → {after.get(name, 'any')}" for name in names) + "."


def _note(before: ChangeLimits, *, after: ChangeLimits) -> str:
    old, new = _KIND.dump(before), _KIND.dump(after)
    changed = [f"{verb}: {old[verb]} → {new[verb]}" for verb in new if old[verb] != new[verb]]
    return "; ".join(changed) + "."
