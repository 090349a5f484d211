"""Presets that people saved under a name, kept with their organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from enlist.store import activity
from enlist.store.models import Organization
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

_KEY: Final = "saved_presets"


def saved_presets(organization: Organization) -> dict[str, dict[str, Any]]:
    """By name: preset, policy and columns (one query)."""
    settings = Organization.objects.values_list("settings", flat=True).get(pk=organization.pk)
    return dict(settings.get(_KEY, {}))


def keep(scope: Scope, *, name: str, value: Mapping[str, Any] | None) -> bool:
    """Save a preset, or remove it (None), and log that; whether there was one of this name."""
    with short_transaction():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        found = dict(row.settings.get(_KEY, {}))
        was_there = found.pop(name, None) is not None
        if value is not None:
            found[name] = dict(value)
        row.settings = {**row.settings, _KEY: found}
        row.save(update_fields=["settings"])
        did = "saved" if value is not None else "removed"
        activity.log(scope, action="organization_changed", note=f"Preset {name}: {did}.")
    return was_there
