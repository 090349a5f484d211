"""Activity: log an action, and list past actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from enlist.core.report.changes import Cell
from enlist.core.setup_kinds import SETUP_KINDS, actions

from .models import Activity, Person
from .scope import Scope

# The actions that are logged; imports have records of their own.
ACTIONS: Final = frozenset(
    {
        "person_changed",
        "person_added",
        "person_linked",
        "person_unlinked",
        "person_marked",
        "roles_changed",
        "many_changed",
        "import_renamed",
        "retention_changed",
        "expired",
        "person_erased",
        "restored",
        "team_changed",
        "password_changed",
        "password_made",
        "password_reset",
        "link_made",
        "invited",
        "account_activated",
        "terms_changed",
        "limits_changed",
        "organization_changed",
        "addresses_shared",
        "approval_given",
        "approval_refused",
        *(name for kind in SETUP_KINDS for name in actions(kind)),
    }
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A value that was entered manually: when, and by which person (a name, "" for a command on this machine)."""

    value: str
    by: str
    at: datetime


def log(
    scope: Scope, *, action: str, person: int | None = None, cells: Iterable[Cell] = (), note: str = ""
) -> Activity:
    """Log one of ACTIONS. Call it in the transaction of the action, so that both are committed or neither."""
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


def log_link(scope: Scope, *, person: Person, other: Person, kind: str, is_new: bool) -> None:
    """Log with a person that another is linked to them, or no longer is. kind: what the other is to them."""
    cell = Cell(kind, "", other.username) if is_new else Cell(kind, other.username, "")
    made = log(scope, action="person_linked" if is_new else "person_unlinked", person=person.pk, cells=[cell])
    # So that erasing the other person clears their username here.
    Activity.objects.filter(pk=made.pk).update(other=other.pk)


def log_each(scope: Scope, *, action: str, people: Iterable[int], cells: Sequence[Cell] = ()) -> None:
    """Log the same action, with the same cells, for each of these people (one query), like `log`."""
    if action not in ACTIONS:
        raise ValueError(action)
    here, by = scope.organization, scope.actor
    fields, kept = [cell.field for cell in cells], [[cell.field, cell.old, cell.new] for cell in cells]
    Activity.objects.bulk_create(
        Activity(organization=here, by=by, action=action, person=person, fields=fields, cells=kept)
        for person in sorted(people)
    )


def latest(
    scope: Scope, *, limit: int | None = None, person: int | None = None, before: int | None = None
) -> list[Activity]:
    """The latest actions, newest first: the whole organisation's, or those about one person (one query).

    before: the id of an action; only earlier ones are returned.
    """
    found = Activity.objects.filter(organization=scope.organization).select_related("by").order_by("-id")
    if person is not None:
        found = found.filter(person=person)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def last_edits(scope: Scope, *, people: Iterable[int], before: datetime | None) -> dict[int, dict[str, Edit]]:
    """The last manual edit of every field of these people, by person and field (one query).

    before: only earlier ones.
    """
    found = Activity.objects.filter(organization=scope.organization, person__in=people).exclude(cells=[])
    if before is not None:
        found = found.filter(at__lt=before)
    edits: dict[int, dict[str, Edit]] = {}
    for each in found.select_related("by").order_by("id"):
        by = f"{each.by.firstname} {each.by.lastname}".strip() or each.by.username if each.by else ""
        edits.setdefault(each.person or 0, {}).update({name: Edit(new, by, each.at) for name, _, new in each.cells})
    return edits
