"""What fates and verbs are called on pages, and how they look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from enlist.core.verbs import FATES, VERBS

# Of a result's bar: name, class of its colour, the fates it counts.
BARS: Final = (
    (_("created"), "created", ("created",)),
    (_("updated"), "updated", ("updated", "renamed", "reactivated", "enrolled", "grouped", "linked", "seated")),
    (_("removed"), "removed", ("deleted", "deactivated")),
    (_("unchanged"), "unchanged", ("unchanged", "already seated", "skipped")),
    (_("failed"), "failed", ("failed",)),
)

# What people did by hand, as `store.activity` logs it.
DEEDS: Final = {
    "person_changed": _("changed by hand"),
    "person_erased": _("erased"),
    "retention_changed": _("changed how long files and plans are kept"),
    "expired": _("removed what is kept no longer"),
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
