"""What a plan will do, and what of its file it won't import and why, each in one sentence and by reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from enlist.core.flags.catalogue import DROPPED_CELLS, FLAGS, NOT_IMPORTED, Level
from enlist.core.plan.plan import Head, Plan
from enlist.core.report.report import RESULTS, FlagGroup
from enlist.services.imports.summary import ImportDetail
from enlist.web.words import tile_count

# Reasons that a card lists; the review has all of them.
_MOST: Final = 6
# Statuses of rows that change nothing.
_IDLE: Final = ("failed", "skipped", "unchanged")
# By tile: icon, colour, words.
_WILL: Final = (
    ("create", "person-plus-fill", "ok", ngettext_lazy("person created", "people created")),
    ("update", "pencil-fill", "upd", ngettext_lazy("person updated", "people updated")),
    ("rename", "input-cursor-text", "upd", ngettext_lazy("person renamed", "people renamed")),
    ("reactivate", "arrow-up-circle-fill", "upd", ngettext_lazy("person reactivated", "people reactivated")),
    ("restore", "arrow-up-circle-fill", "upd", ngettext_lazy("person restored", "people restored")),
    ("deactivate", "person-dash-fill", "warn", ngettext_lazy("person loses access", "people lose access")),
    ("mark_leaving", "calendar", "warn", ngettext_lazy("person will leave later", "people will leave later")),
    ("unmark_leaving", "calendar", "upd", ngettext_lazy("leaving date removed", "leaving dates removed")),
    ("drop_edit", "pencil-square", "warn", ngettext_lazy("manual edit overwritten", "manual edits overwritten")),
    ("remove", "person-x-fill", "warn", ngettext_lazy("person removed", "people removed")),
    ("enrol", "mortarboard-fill", "ok", ngettext_lazy("enrolment added", "enrolments added")),
    ("unenrol", "mortarboard", "warn", ngettext_lazy("enrolment ended", "enrolments ended")),
    (
        "suspend",
        "mortarboard",
        "warn",
        ngettext_lazy("enrolment suspended, its progress kept", "enrolments suspended, their progress kept"),
    ),
    ("join", "people-fill", "ok", ngettext_lazy("group membership added", "group memberships added")),
    ("leave", "people", "warn", ngettext_lazy("group membership ended", "group memberships ended")),
    ("give_role", "person-badge-fill", "ok", ngettext_lazy("role added", "roles added")),
    ("take_role", "person-badge", "warn", ngettext_lazy("role removed", "roles removed")),
    ("link", "link-45deg", "ok", ngettext_lazy("link between people added", "links between people added")),
    ("unlink", "link-45deg", "warn", ngettext_lazy("link between people removed", "links between people removed")),
    ("merge", "sign-merge-right", "upd", ngettext_lazy("person in a merge", "people in a merge")),
    ("unmerge", "sign-merge-right", "upd", ngettext_lazy("person in a merge undone", "people in a merge undone")),
)
# By flag: what the settings skip.
_SKIPPED: Final = {
    "exists_skipped": ngettext_lazy(
        "row for an existing person: this import doesn't update them",
        "rows for existing people: this import doesn't update them",
    ),
    "unknown_skipped": ngettext_lazy(
        "row for a new person: this import doesn't create any", "rows for new people: this import doesn't create any"
    ),
}
_LOSSES: Final = ("deactivate", "mark_leaving", "remove", "unenrol", "suspend", "leave", "take_role", "unlink")


# What changes of rules are for.
_JOINING: Final = ("join_group", "leave_group")
_ENROLLING: Final = ("enrol", "suspend_enrolment", "resume_enrolment")


@dataclass(frozen=True)
class Reason:
    """Why rows or values aren't imported. level: error, warning, or notice (somebody chose so)."""

    count: int
    words: str
    level: str
    address: str = ""
    button: str = ""


def outlook(plan: Plan, *, groups: Sequence[FlagGroup], is_draft: bool, number: int) -> dict[str, Any]:
    """The two cards at the top of a preview: will (sentence, lines, keeps, lose), wont (sentence, reasons, more)."""
    rows, values = _rows_out(plan.head), sum(group.count for group in groups if group.code in DROPPED_CELLS)
    reasons = list(_reasons(plan.head, groups=groups, number=number if is_draft else None))
    return {
        "will": {
            "sentence": _will(plan.head),
            "lines": _lines(plan.head),
            "keeps": _keeps(plan.head),
            "lose": _lose(plan.head),
        },
        "wont": {
            "sentence": _wont(rows, values=values),
            "reasons": reasons[:_MOST],
            "more": len(reasons) - _MOST if len(reasons) > _MOST else 0,
        },
    }


def touched(head: Head) -> int:
    """How many people a plan changes, or rows; of a merge, one; of other changes, people, memberships or enrolments."""
    if "merge" in head.verbs:
        return 1
    if head.kind == "change":
        rules = _ENROLLING if _is_about_courses(head) else _JOINING
        return head.verbs.get("update") or sum(head.verbs.get(verb, 0) for verb in rules)
    if head.people:
        return sum(head.people.get(name, 0) for name in RESULTS)
    return head.rows - sum(head.statuses.get(name, 0) for name in _IDLE) + _absent(head.verbs, statuses=head.statuses)


def _absent(verbs: Mapping[str, int], *, statuses: Mapping[str, int]) -> int:
    """How many people become inactive because no row is about them."""
    return max(verbs.get("deactivate", 0) - statuses.get("deactivated", 0), 0)


def _is_about_courses(head: Head) -> bool:
    return bool(head.verbs.keys() & {"give_course", "take_course"})


def result_sentence(summary: ImportDetail) -> str:
    """What an import did, or why it did nothing, in one sentence."""
    rows = summary.rows
    count, created = sum(rows.values()) - sum(rows.get(name, 0) for name in _IDLE), rows.get("created", 0)
    count += _absent(summary.changes, statuses=rows)
    match summary.state:
        case "applied" if summary.undoes:
            return _("Import %s was undone") % summary.undoes
        case "applied" | "undone" if summary.kind in ("change", "scheduled"):
            return summary.title if summary.state == "applied" else _("%s. That was undone") % summary.title
        case "applied" | "undone":
            words = (
                ngettext("%s person was created", "%s people were created", count)
                if count == created
                else ngettext("%s person was created or changed", "%s people were created or changed", count)
            ) % f"{count:,}"
            return words if summary.state == "applied" else _("%s. That was undone") % words
        case "nothing_to_do" if summary.part:
            return _("All changes needed approval")
        case "nothing_to_do":
            return _("Nothing to do: everything matched the file")
        case "awaiting":
            return _("Nothing has changed yet")
        case _:
            return _("Nothing was imported")


def _will(head: Head) -> str:
    count, created = touched(head), (head.people or head.statuses).get("created", 0)
    if "merge" in head.verbs:
        return _("Two people will become one")
    if head.kind == "change" and _is_about_courses(head):
        words = ngettext("%s enrolment will change", "%s enrolments will change", count) % f"{count:,}"
        return words if count else _("Nobody will get or lose a course")
    if head.kind == "change" and "update" not in head.verbs:
        words = ngettext("%s group membership will change", "%s group memberships will change", count) % f"{count:,}"
        return words if count else _("Nobody will join or leave a group")
    if not count:
        return _("Nothing will change without approval") if head.awaiting else _("Nothing will change")
    if count == created:
        words = ngettext("%s person will be created", "%s people will be created", count)
    elif created:
        words = ngettext("%s person will be created or changed", "%s people will be created or changed", count)
    else:
        words = ngettext("%s person will be changed", "%s people will be changed", count)
    return words % f"{count:,}"


def _lose(head: Head) -> list[dict[str, str]]:
    """How many people won't be able to sign in any more, at once and once it is approved: words, and their tile."""
    counts = {kind: tile_count(head, kind=kind) for kind in ("deactivate", "remove")}
    count, kinds = sum(counts.values()), [kind for kind, people in counts.items() if people]
    held = sum(head.awaiting.get(name, 0) for name in ("deactivate", "delete"))
    found = []
    if kinds:
        words = ngettext("%s person will lose access", "%s people will lose access", count) % f"{count:,}"
        found.append({"words": words, "show": kinds[0]})
    if held:
        words = ngettext(
            "%s person will lose access if that is approved", "%s people will lose access if that is approved", held
        )
        found.append({"words": words % f"{held:,}", "show": ""})
    return found


def _keeps(head: Head) -> bool:
    """Whether nobody loses anything."""
    return not any(tile_count(head, kind=kind) for kind in _LOSSES)


def _lines(head: Head) -> list[tuple[str, str, int, str]]:
    counts = ((icon, look, tile_count(head, kind=kind), words) for kind, icon, look, words in _WILL)
    return [(icon, look, count, words % count) for icon, look, count, words in counts if count]


def _wont(rows: int, *, values: int) -> str:
    in_rows = ngettext("%s row", "%s rows", rows) % f"{rows:,}"
    in_values = ngettext("%s value", "%s values", values) % f"{values:,}"
    if rows and values:
        return _("%(rows)s and %(values)s won't be imported") % {"rows": in_rows, "values": in_values}
    return _("%s won't be imported") % (in_rows if rows else in_values) if rows or values else ""


def _rows_out(head: Head) -> int:
    return head.statuses.get("failed", 0) + head.statuses.get("skipped", 0) - head.flags.get("row_held", 0)


def _reasons(head: Head, *, groups: Sequence[FlagGroup], number: int | None) -> Iterator[Reason]:
    """Errors first, then values, each the most frequent first, then what the settings or a person left out."""
    found = [group for group in groups if group.code in NOT_IMPORTED]
    found.sort(key=lambda group: (FLAGS[group.code].level != Level.ERROR, -group.count))
    for group in found:
        words = group.sentences[0] + (" …" if len(group.sentences) > 1 else "")
        yield Reason(group.count, words, group.level, _review(number, group=group), _("Fix"))
    if out := head.flags.get("row_excluded", 0):
        words = ngettext("row that was excluded", "rows that were excluded", out)
        yield Reason(out, words, "notice", _review(number, show="excluded"), _("Show"))
    for code, sentence in _SKIPPED.items():
        if count := head.flags.get(code, 0):
            address = reverse("import-columns", args=[number]) if number else ""
            yield Reason(count, sentence % count, "notice", address, _("Change"))


def _review(number: int | None, *, group: FlagGroup | None = None, show: str = "") -> str:
    """The address of the review, filtered; "" unless the import is a draft."""
    if number is None:
        return ""
    wanted = {"code": group.code, "column": group.column or ""} if group else {"show": show}
    return f"{reverse('import-review', args=[number])}?{urlencode(wanted)}"
