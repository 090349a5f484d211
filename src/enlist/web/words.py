"""Names, icons and colours of statuses, verbs and states on pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from enlist.core.changes import VERBS
from enlist.core.changes.statuses import STATUSES
from enlist.core.plan.plan import Head
from enlist.core.report.changes import RENAMED, about
from enlist.core.setup_kinds import SETUP_KINDS, actions
from enlist.services.setup.first_run import Checklist

# The bars of a result: name, CSS class, the statuses that it counts.
BARS: Final = (
    (_("created"), "created", ("created",)),
    (_("updated"), "updated", ("updated", "renamed", "reactivated", "enrolled", "grouped", "linked", "seated")),
    (_("removed"), "removed", ("deleted", "deactivated")),
    (_("unchanged"), "unchanged", ("unchanged", "already seated", "skipped")),
    (_("failed"), "failed", ("failed",)),
)

# The figures above the list of imports: CSS class of the bar, and its name.
FIGURES: Final = (
    ("created", ngettext_lazy("person created", "people created")),
    ("updated", ngettext_lazy("person updated", "people updated")),
    ("removed", ngettext_lazy("person removed", "people removed")),
    ("failed", ngettext_lazy("row not imported", "rows not imported")),
)

# The periods by which the list of imports is filtered: days, name.
PERIODS: Final = ((1, _("today")), (7, _("last 7 days")), (30, _("last 30 days")), (365, _("last 12 months")))

# The icons of these bars, by CSS class.
BAR_ICONS: Final[Mapping[str, str]] = {
    "created": "person-plus-fill",
    "updated": "pencil-fill",
    "removed": "person-dash-fill",
    "unchanged": "dash-circle",
    "failed": "x-octagon-fill",
}

# The checklist of a new organisation: the part of `Checklist`, its page, what it is, and what to do.
_CHECKLIST: Final = (
    ("courses", "courses", _("Courses"), _("Files enrol people by the short names of courses.")),
    ("fields", "profile-fields", _("Profile fields"), _("For what else you know about people, such as a birthday.")),
    ("team", "team", _("Team"), _("Add the colleagues who import with you.")),
    ("mail", "", _("E-mail"), _("Set ENLIST_MAIL to send mails. Until then, they are written to files.")),
)


def checklist_of(done: Checklist) -> list[dict[str, Any]]:
    """The checklist of a new organisation, for its page."""
    return [
        {"done": getattr(done, part), "page": page, "title": title, "advice": advice}
        for part, page, title, advice in _CHECKLIST
    ]


# How a status is shown, by its stored word: CSS classes of the chip (q: settled), icon.
STATE_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "staged": ("", "pencil"),
    "planned": ("acc", "eye"),
    "awaiting": ("warn", "hourglass-split"),
    "queued": ("acc", "hourglass-split"),
    "running": ("acc", "arrow-repeat"),
    "applied": ("q ok", "check-circle-fill"),
    "undone": ("", "arrow-counterclockwise"),
    "dropped": ("", "slash-circle"),
    "failed": ("err", "x-octagon-fill"),
    "nothing_to_do": ("q", "dash-circle"),
    "active": ("q ok", "check-circle-fill"),
    "inactive": ("q", "dash-circle"),
    "suspended": ("q", "pause-circle-fill"),
    "not_activated": ("q", "envelope"),
    "not_started": ("q", "hourglass-split"),
    "over": ("q", "dash-circle"),
}

# States of imports whose name differs from the stored word.
STATES: Final = {
    "applied": _("imported"),
    "running": _("importing"),
    "staged": _("draft"),
    "planned": _("ready to import"),
    "awaiting": _("needs approval"),
    "dropped": _("rejected"),
    "nothing_to_do": _("nothing to do"),
    "queued": _("waiting"),
    "not_activated": _("not yet activated"),
    "not_started": _("not started"),
    "over": _("ended"),
}

# How people got into a course, for themselves, by the source of the enrolment.
ENROLLED_BY: Final = {
    "manual": _("Your organisation added you"),
    "import": _("Your organisation added you with a list"),
    "condition": _("A rule of your organisation added you"),
    "seat": _("You have a seat"),
    "group": _("You are in a group that has this course"),
}

# Kinds of profile fields whose name differs from the stored word.
KINDS: Final = {
    "choice": _("one of a list"),
    "choices": _("several of a list"),
    "boolean": _("yes or no"),
    "email": _("e-mail address"),
    "phone": _("telephone number"),
    "url": _("web address"),
    "time_zone": _("time zone"),
}

# The steps of an import, the last of which is its result.
RESULT: Final = "result"
STEPS: Final = (
    ("source", _("Upload")),
    ("columns", _("Match columns")),
    ("review", _("Review")),
    ("preview", _("Preview")),
    (RESULT, _("Result")),
)

# Bulk actions: verb of the plan, sentence, button.
_MANY: Final[Mapping[str, tuple[str, Any, Any]]] = {
    "deactivate": (
        "deactivate",
        ngettext_lazy(
            "%d person will lose access. Nothing is deleted: their courses and groups stay.",
            "%d people will lose access. Nothing is deleted: their courses and groups stay.",
        ),
        ngettext_lazy("Deactivate %d person", "Deactivate %d people"),
    ),
    "reactivate": (
        "reactivate",
        ngettext_lazy("%d person will be able to sign in again.", "%d people will be able to sign in again."),
        ngettext_lazy("Reactivate %d person", "Reactivate %d people"),
    ),
    "join": (
        "join_group",
        ngettext_lazy("%d person will join the group.", "%d people will join the group."),
        ngettext_lazy("Add %d person", "Add %d people"),
    ),
    "enrol": (
        "enrol",
        ngettext_lazy("%d person will be enrolled.", "%d people will be enrolled."),
        ngettext_lazy("Enrol %d person", "Enrol %d people"),
    ),
}

# The filters of the list of imports.
STATE_FILTERS: Final = {
    "draft": _("draft"),
    "ready": _("ready to import"),
    "at_work": _("running"),
    "applied": _("applied"),
    "nothing_to_do": _("nothing to do"),
    "awaiting": _("needs approval"),
    "failed": _("failed"),
    "undone": _("undone"),
    "cancelled": _("cancelled"),
}

# The states of invitations (`mails.INVITATION_STATES`).
INVITATIONS: Final = {
    "not_sent": _("not invited"),
    "no_address": _("no e-mail address"),
    "elsewhere": _("sign in elsewhere"),
    "queued": _("waiting to be sent"),
    "sent": _("invited"),
    "refused": _("not delivered"),
    "expired": _("link no longer works"),
    "used": _("activated"),
}
# What mails are about, and their states (`models.mails`).
MAILS: Final = {
    "one_time": _("One-time password"),
    "reset": _("Link to choose a password"),
    "address": _("Link to confirm an address"),
    "address_changed": _("Notice of a new address"),
    "children": _("Children to set up"),
    "notice": _("Result of an import"),
    "due": _("waiting to be sent"),
    "sent": _("sent"),
    "refused": _("not delivered"),
}
# The actions of the audit log (`store.activity`).
ACTION_LABELS: Final = {
    "person_changed": _("edited manually"),
    "person_added": _("added manually"),
    "person_linked": _("linked to somebody"),
    "person_unlinked": _("link removed"),
    "roles_changed": _("roles changed"),
    "person_marked": _("changed how they were created"),
    "person_erased": _("erased"),
    "many_changed": _("ran a bulk action"),
    "import_renamed": _("renamed an import"),
    "organization_changed": _("changed the organisation"),
    "addresses_shared": _("changed whether people can share an e-mail address"),
    "password_changed": _("changed their password"),
    "retention_changed": _("changed how long files and plans are kept"),
    "expired": _("removed expired data"),
    "team_changed": _("changed the team"),
    "password_made": _("generated a password"),
    "password_reset": _("chose a new password through a link"),
    "link_made": _("made an activation link"),
    "invited": _("sent invitations"),
    "account_activated": _("activated their account"),
    "terms_changed": _("changed the terms"),
    "limits_changed": _("changed the limits"),
    "approval_given": _("approved changes"),
    "approval_refused": _("rejected changes"),
    "restored": _("restored a backup"),
    "import": _("Import"),
    "undo": _("Undo, import"),
    "change": _("Change, import"),
    "scheduled": _("Scheduled, import"),
    **{name: _(words) for kind in SETUP_KINDS for name, words in actions(kind).items()},
}


def many_words(action: str, *, verbs: Mapping[str, int]) -> dict[str, str] | None:
    """The sentence and the button of a bulk action's plan; None for other plans."""
    if action not in _MANY or not (count := verbs.get(_MANY[action][0], 0)):
        return None
    _verb, sentence, button = _MANY[action]
    return {"sentence": sentence % count, "button": button % count}


def statuses(counts: Mapping[str, int]) -> list[tuple[Any, int]]:
    """The statuses of rows, most important first: name, count."""
    return [(name, counts[name]) for name in STATUSES if counts.get(name)]


def verbs(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The changes of a plan: name, count."""
    return [(verb.sentence, counts[name]) for name, verb in VERBS.items() if counts.get(name)]


@dataclass(frozen=True)
class Tile:
    """A figure of a plan that filters the list below it: people it changes, or rows of the file."""

    kind: str
    title: Any
    count: int
    icon: str
    look: str
    of_rows: bool = False


TILES: Final = (
    ("create", ngettext_lazy("new", "new"), "person-plus", "created"),
    ("update", ngettext_lazy("updated", "updated"), "pencil", "updated"),
    ("rename", ngettext_lazy("renamed", "renamed"), "input-cursor-text", "updated"),
    ("reactivate", ngettext_lazy("reactivated", "reactivated"), "person-check", "updated"),
    ("restore", ngettext_lazy("restored", "restored"), "person-check", "updated"),
    ("deactivate", ngettext_lazy("deactivated", "deactivated"), "person-dash", "removed"),
    ("mark_leaving", ngettext_lazy("leaving later", "leaving later"), "calendar", "removed"),
    ("unmark_leaving", ngettext_lazy("leaving date removed", "leaving dates removed"), "calendar", "updated"),
    ("note_edit", ngettext_lazy("manual edit noted", "manual edits noted"), "pencil-square", "updated"),
    ("drop_edit", ngettext_lazy("manual edit overwritten", "manual edits overwritten"), "pencil-square", "removed"),
    ("remove", ngettext_lazy("removed", "removed"), "person-x", "removed"),
    ("enrol", ngettext_lazy("enrolment", "enrolments"), "mortarboard", "created"),
    ("unenrol", ngettext_lazy("enrolment ended", "enrolments ended"), "mortarboard", "removed"),
    ("suspend", ngettext_lazy("enrolment suspended", "enrolments suspended"), "mortarboard", "removed"),
    ("join", ngettext_lazy("group membership", "group memberships"), "people", "created"),
    ("leave", ngettext_lazy("membership ended", "memberships ended"), "people", "removed"),
    ("give_role", ngettext_lazy("role added", "roles added"), "person-badge", "created"),
    ("take_role", ngettext_lazy("role removed", "roles removed"), "person-badge", "removed"),
    ("link", ngettext_lazy("link added", "links added"), "link-45deg", "created"),
    ("unlink", ngettext_lazy("link removed", "links removed"), "link-45deg", "removed"),
    ("merge", ngettext_lazy("merged", "merged"), "sign-merge-right", "updated"),
    ("unmerge", ngettext_lazy("merge undone", "merges undone"), "sign-merge-right", "updated"),
)
# The figures of an import that counts people (`report.results`).
RESULTS: Final = {
    "created": _("created"),
    "updated": _("updated"),
    "deactivated": _("deactivated"),
    "failed_rows": _("rows with errors"),
    "unchanged": _("unchanged"),
}
# How a change of a person is shown, by the last word of its kind: colour, icon.
CHANGE_LOOKS: Final = {
    "created": ("ok", "person-plus-fill"),
    "restored": ("upd", "arrow-up-circle-fill"),
    "updated": ("upd", "pencil-fill"),
    "reactivated": ("upd", "arrow-up-circle-fill"),
    "deactivated": ("warn", "person-dash-fill"),
    "removed": ("warn", "person-x-fill"),
}
# Shows all rows of the file with their status.
EVERY_ROW: Final = "rows"
_ROW_TILES: Final = (
    ("unchanged", ngettext_lazy("row unchanged", "rows unchanged"), "dash-circle", "unchanged"),
    ("skipped", ngettext_lazy("row skipped", "rows skipped"), "skip-forward", "unchanged"),
    ("failed", ngettext_lazy("row with errors", "rows with errors"), "x-octagon", "failed"),
)
_EVERY_TILE: Final = (EVERY_ROW, ngettext_lazy("row of the file", "rows of the file"), "table", "unchanged")


def tiles(head: Head, *, has_file: bool) -> list[Tile]:
    """The figures of a plan that aren't 0; has_file: the plan has rows of a file."""
    of_people = [(*tile, tile_count(head, kind=tile[0]), False) for tile in TILES]
    of_rows = [(*tile, head.statuses.get(tile[0], 0), True) for tile in _ROW_TILES]
    every = [(*_EVERY_TILE, head.rows, True)] if has_file else []
    return [
        Tile(kind, title % count, count, icon, look, of_rows=is_of_rows)
        for kind, title, icon, look, count, is_of_rows in (*of_people, *of_rows, *every)
        if count
    ]


def tile_count(head: Head, *, kind: str) -> int:
    """The figure of a tile about people."""
    return head.statuses.get("renamed", 0) if kind == RENAMED else sum(head.verbs.get(verb, 0) for verb in about(kind))
