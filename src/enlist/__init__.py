"""Enlist brings people into a learning platform from any spreadsheet: plan, apply, undo.

The door for programmers; it works without Django configured (see docs/library.md).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enlist.core.directory.directory import Directory, ProfileField, Reference, empty_directory
    from enlist.core.errors import EnlistError
    from enlist.core.flags.catalogue import FLAGS
    from enlist.core.headers.match import match_headers
    from enlist.core.plan.plan import Plan
    from enlist.core.plan.preview import preview
    from enlist.core.planner import plan
    from enlist.core.policy import Policy
    from enlist.core.presets import preset
    from enlist.core.rows.check import check
    from enlist.core.table.table import Table
    from enlist.formats import ReadOptions, read

# What is promised, and where it lives; loaded when first asked for, so that `enlist --help` need not load Polars.
_HOMES = {
    "FLAGS": "enlist.core.flags.catalogue",
    "Directory": "enlist.core.directory.directory",
    "EnlistError": "enlist.core.errors",
    "Plan": "enlist.core.plan.plan",
    "Policy": "enlist.core.policy",
    "ProfileField": "enlist.core.directory.directory",
    "ReadOptions": "enlist.formats",
    "Reference": "enlist.core.directory.directory",
    "Table": "enlist.core.table.table",
    "check": "enlist.core.rows.check",
    "empty_directory": "enlist.core.directory.directory",
    "match_headers": "enlist.core.headers.match",
    "plan": "enlist.core.planner",
    "preset": "enlist.core.presets",
    "preview": "enlist.core.plan.preview",
    "read": "enlist.formats",
}

__all__ = [
    "FLAGS",
    "Directory",
    "EnlistError",
    "Plan",
    "Policy",
    "ProfileField",
    "ReadOptions",
    "Reference",
    "Table",
    "check",
    "empty_directory",
    "match_headers",
    "plan",
    "preset",
    "preview",
    "read",
]


def __getattr__(name: str) -> object:
    """Load a promised name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module 'enlist' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
