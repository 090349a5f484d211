"""The presets: one module each, independent of each other; adding one changes this list."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import PolicyError
from enlist.core.policy.kinds import nearest
from enlist.core.policy.preset import Preset
from enlist.core.presets import easycampus, moodle, sync

PRESETS: Final = {each.name: each for each in (moodle.PRESET, easycampus.PRESET, sync.PRESET)}


def preset(name: str) -> Preset:
    """The preset with this name; otherwise PolicyError lists the available ones."""
    if name not in PRESETS:
        near = nearest(name, among=list(PRESETS))
        raise PolicyError("preset_unknown", name=name, presets=", ".join(PRESETS), near=near)
    return PRESETS[name]
