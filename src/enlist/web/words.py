"""What fates and verbs are called on pages, and how they look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from enlist.core.changes import ABOUT, RENAMED
from enlist.core.plan import Head
from enlist.core.verbs import FATES, VERBS

# Of a result's bar: name, class of its colour, the fates it counts.
BARS: Final = (
    (_("created"), "created", ("created",)),
    (_("updated"), "updated", ("updated", "renamed", "reactivated", "enrolled", "grouped", "linked", "seated")),
    (_("removed"), "removed", ("deleted", "deactivated")),
    (_("unchanged"), "unchanged", ("unchanged", "already seated", "skipped")),
    (_("failed"), "failed", ("failed",)),
)

# States of imports, where their own word would not do.
STATES: Final = {
    "staged": _("draft"),
    "planned": _("ready to import"),
    "held": _("waits for approval"),
    "nothing_to_do": _("nothing to do"),
    "running": _("at work"),
    "queued": _("waiting"),
}

# What people did by hand, as `store.activity` logs it.
DEEDS: Final = {
    "person_changed": _("changed by hand"),
    "person_erased": _("erased"),
    "retention_changed": _("changed how long files and plans are kept"),
    "expired": _("removed what is kept no longer"),
    "team_changed": _("changed who is in the team"),
    "password_made": _("made a password"),
    "limits_changed": _("changed how much an import may do unasked"),
    "hold_approved": _("approved what waited"),
    "hold_dropped": _("dropped what waited"),
    "restored": _("put a backup in the place of everything"),
    "import": _("Import"),
    "undo": _("Undo, import"),
}


def fates(counts: Mapping[str, int]) -> list[tuple[Any, int]]:
    """What became of rows, in the order of what matters most: name, count."""
    return [(name, counts[name]) for name in FATES if counts.get(name)]


def verbs(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What a plan changes: name, count."""
    return [(verb.sentence, counts[name]) for name, verb in VERBS.items() if counts.get(name)]


@dataclass(frozen=True)
class Tile:
    """A figure of a plan that filters what stands below it: people it changes, or rows of the file."""

    kind: str
    title: Any
    count: int
    icon: str
    look: str
    of_rows: bool = False


_TILES: Final = (
    ("create", _("new"), "person-plus", "created"),
    ("update", _("updated"), "pencil", "updated"),
    ("rename", _("renamed"), "input-cursor-text", "updated"),
    ("reactivate", _("reactivated"), "person-check", "updated"),
    ("restore", _("restored"), "person-check", "updated"),
    ("deactivate", _("deactivated"), "person-dash", "removed"),
    ("remove", _("removed"), "person-x", "removed"),
    ("enrol", _("enrolments"), "mortarboard", "created"),
    ("unenrol", _("enrolments ended"), "mortarboard", "removed"),
    ("join", _("group memberships"), "people", "created"),
    ("leave", _("memberships ended"), "people", "removed"),
)
_ROW_TILES: Final = (
    ("unchanged", _("rows unchanged"), "dash-circle", "unchanged"),
    ("skipped", _("rows skipped"), "skip-forward", "unchanged"),
    ("failed", _("rows with errors"), "x-octagon", "failed"),
)


def tiles(head: Head) -> list[Tile]:
    """The figures of a plan, those that are not nothing."""
    people = [Tile(kind, title, _count(head, kind=kind), icon, look) for kind, title, icon, look in _TILES]
    rows = [
        Tile(kind, title, head.fates.get(kind, 0), icon, look, of_rows=True) for kind, title, icon, look in _ROW_TILES
    ]
    return [tile for tile in (*people, *rows) if tile.count]


def _count(head: Head, *, kind: str) -> int:
    return head.fates.get("renamed", 0) if kind == RENAMED else sum(head.verbs.get(verb, 0) for verb in ABOUT[kind])
