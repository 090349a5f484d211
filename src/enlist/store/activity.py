"""Activity: log a action, and list what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from enlist.core.report.changes import Cell
from enlist.core.setup_kinds import SETUP_KINDS, actions

from .models import Activity
from .scope import Scope

# What is logged, in words; imports have records of their own.
ACTIONS: Final = {
    "person_changed": "changed somebody by hand",
    "person_added": "added somebody by hand",
    "many_changed": "changed many at once",
    "retention_changed": "changed how long files and plans are kept",
    "expired": "removed what is kept no longer",
    "person_erased": "erased somebody",
    "restored": "put a backup in the place of everything",
    "team_changed": "changed who is in the team",
    "password_changed": "chose a new password of their own",
    "password_made": "made somebody of the team a password",
    "limits_changed": "changed how much an import may do without approval",
    "organization_changed": "changed the organisation",
    "addresses_shared": "changed whether people may share an e-mail address",
    "approval_given": "approved what waited",
    "approval_refused": "dropped what waited",
    **{name: words for kind in SETUP_KINDS for name, words in actions(kind).items()},
}


def log(
    scope: Scope, *, action: str, person: int | None = None, cells: Iterable[Cell] = (), note: str = ""
) -> Activity:
    """Log one of ACTIONS; call it in the transaction of the action, so that they stand or fall together."""
    if action not in ACTIONS:
        raise ValueError(action)
    kept = [[cell.field, cell.old, cell.new] for cell in cells]
    return Activity.objects.create(
        organization=scope.organization,
        by=scope.actor,
        action=action,
        person=person,
        fields=[field for field, _, _ in kept],
        cells=kept,
        note=note,
    )


def latest(
    scope: Scope, *, limit: int | None = None, person: int | None = None, before: int | None = None
) -> list[Activity]:
    """The last actions, the newest first: all of the organisation's, or those done to one person (one query).

    before: the id of the action they were done before.
    """
    found = Activity.objects.filter(organization=scope.organization).select_related("by").order_by("-id")
    if person is not None:
        found = found.filter(person=person)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])
