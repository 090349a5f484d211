"""Named presets of an organisation: the settings and columns of an import, to be used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from enlist.core.clean.names import one_line
from enlist.core.errors import NotFound, PolicyError
from enlist.core.policy import Policy
from enlist.core.policy.preset import Preset
from enlist.core.presets import PRESETS, preset
from enlist.services.access import Right, Scope, needs
from enlist.store.setup import saved_presets

LONGEST: Final = 100


@dataclass(frozen=True)
class SavedPreset:
    """A named preset. preset: Enlist's, with the saved settings as its own. columns: header → field."""

    name: str
    preset: Preset
    columns: Mapping[str, str]


@needs(Right.IMPORT)
def presets_saved(scope: Scope) -> list[SavedPreset]:
    """The named presets, sorted by name."""
    found = saved_presets.saved_presets(scope.organization)
    return [_saved(name, stored=stored) for name, stored in sorted(found.items())]


@needs(Right.IMPORT)
def preset_named(scope: Scope, *, name: str) -> SavedPreset:
    """A preset by its name: one of Enlist's or a saved one. Raises PolicyError."""
    stored = None if name in PRESETS else saved_presets.saved_presets(scope.organization).get(name)
    return _saved(name, stored=stored) if stored else SavedPreset(name, preset(name), {})


@needs(Right.IMPORT)
def preset_save(scope: Scope, *, saved: SavedPreset) -> None:
    """Save a preset, replacing the one of its name. Raises PolicyError for an invalid name."""
    name = one_line(saved.name, what="name of a preset")
    if len(name) > LONGEST or name in PRESETS:
        raise PolicyError("preset_name_refused", name=name, limit=LONGEST)
    policy = saved.preset.policy.replace(limits=Policy().limits, note="")
    stored = {"preset": saved.preset.name, "policy": policy.to_dict(), "columns": dict(saved.columns)}
    saved_presets.keep(scope, name=name, value=stored)


@needs(Right.IMPORT)
def preset_remove(scope: Scope, *, name: str) -> None:
    """Remove a saved preset. Imports that use it keep their settings. Raises NotFound."""
    if not saved_presets.keep(scope, name=name, value=None):
        raise NotFound("preset_missing", name=name)


def _saved(name: str, *, stored: Mapping[str, Any]) -> SavedPreset:
    base = preset(stored["preset"])
    return SavedPreset(name, replace(base, policy=Policy.from_dict(stored["policy"])), stored["columns"])
