"""A plan as pages show it: figures that filter, changed people, problems, changes that need approval."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict

from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import NOT_IMPORTED
from enlist.core.plan import limits
from enlist.core.plan.plan import Plan
from enlist.core.planner.conditions import changes_rules
from enlist.core.policy import Policy
from enlist.core.report import report
from enlist.core.report.changes import Change, tile_names
from enlist.core.report.rules import rule_lines
from enlist.core.rights import Right
from enlist.services.accounts import inviting
from enlist.services.accounts.mail import mail_is_set_up
from enlist.services.imports import preview
from enlist.services.imports.changed_people import PeoplePage, WantedPeople, plan_people
from enlist.services.imports.preview import Wanted
from enlist.services.imports.summary import ImportSummary
from enlist.services.setup.labels import reference_labels
from enlist.store.people.people import Named
from enlist.web.input_checks import whole_number
from enlist.web.outlook import outlook, touched
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.words import CHANGE_LOOKS, EVERY_ROW, RESULTS, many_words, tiles

PEOPLE: Final = 50
ROWS: Final = 100
# Kinds of changes without a value before.
WHOLE: Final = ("created", "restored")
# Fields that the name of a new person's entry shows already.
_NAMES: Final = frozenset({"username", "firstname", "lastname"})
# As long as the input for it.
LONGEST_TEXT: Final = 200
# Most sentences about one person; the list of rows has all.
_SENTENCES: Final = 3


def plan_shown(request: Request, *, plan: Plan, summary: ImportSummary) -> dict[str, Any]:
    """The context of a plan: plan, tiles, show (the filter), text, people or rows, groups (of flags), waiting."""
    show, start = request.GET.get("show", ""), _start(request.GET)
    text = request.GET.get("text", "").strip()[:LONGEST_TEXT]
    groups, may_approve = preview.plan_flags(plan), may(request.scope, right=Right.APPROVE)
    shown: dict[str, Any] = {
        "plan": plan,
        "tiles": tiles(plan.head, has_file=summary.kind == "import" and not summary.many),
        "rules": rule_lines(plan, labels=reference_labels(request.scope)) if changes_rules(plan.head.verbs) else [],
        "show": show if show in (EVERY_ROW, *tile_names(), *preview.ROW_FILTERS) else "",
        "text": text,
        "longest": LONGEST_TEXT,
        "groups": groups,
        "has_errors": any(group.code in NOT_IMPORTED for group in groups),
        "failed": plan.head.statuses.get("failed", 0),
        "waiting": limits.in_words(plan.head.awaiting),
        **outlook(plan, groups=groups, is_draft=summary.is_draft, number=summary.number),
        "results": [(RESULTS[name], count) for name, count in report.results(plan).items()],
        "passwords": [(report.PASSWORDS[name], count) for name, count in plan.head.passwords.items()],
        "button_people": touched(plan.head) + (plan.head.awaiting_people if may_approve else 0),
        "may_approve": may_approve,
        "inviting": inviting_of(request, summary=summary, plan=plan),
        # Plans that were stored without people count rows.
        "of_rows": bool(plan.head.flags.get("same_person_twice")) and not plan.head.people,
        "many": many_words(summary.many, verbs=plan.head.verbs),
    }
    if shown["show"] in (EVERY_ROW, *STATUSES, preview.PROBLEMS, preview.WARNED):
        wanted = Wanted("" if shown["show"] == EVERY_ROW else shown["show"], text=text)
        page = preview.import_rows(request.scope, number=summary.number, wanted=wanted, start=start, limit=ROWS)
        return {**shown, "rows": page, "total": page.total, "previous": max(start - ROWS, 0) if start else None}
    wished = WantedPeople(shown["show"], start, PEOPLE, text=text)
    people = plan_people(request.scope, number=summary.number, plan=plan, wanted=wished)
    changes = [_change(each, people=people) for each in people.changes]
    before = max(start - PEOPLE, 0) if start else None
    return {**shown, "changes": changes, "total": people.total, "next": people.next, "previous": before}


def inviting_of(request: Request, *, summary: ImportSummary, plan: Plan) -> dict[str, Any]:
    """What a draft's plan does about invitations: asks, note, written (an example); nothing if it creates nobody."""
    new = plan.head.new.get("person", 0)
    if not summary.is_draft or summary.undoes or not new or not plan.head.policy:
        return {}
    note = inviting.invitations_note(Policy.from_dict(plan.head.policy), new=new)
    here = request.scope.organization
    example = inviting.invitation_of_plan(plan, organization=here) if note and mail_is_set_up() else None
    return {"asks": inviting.invite_asks(plan.head.policy, new=new), "note": note, "written": example}


def _change(change: Change, *, people: PeoplePage) -> dict[str, Any]:
    """A change, for templates.

    cells: label, value before, after, and the manual edit that is overwritten. record_changes: sentences. flags: what
    is wrong in the rows; more: how many flags aren't shown.
    """
    known, flags = people.known.get(change.person), people.flags.get(change.person, ())
    edits = people.edits.get(change.person, {})
    is_new = change.kind == "created"
    return {
        "name": change.name,
        "full_name": _full_name(change, known=known),
        "is_known": known is not None and not known.is_removed,
        "line": change.line,
        "is_unlisted": change.line is None and change.kind == "deactivated",
        "kind": change.kind,
        "look": CHANGE_LOOKS.get(change.kind.rsplit(" ", 1)[-1]),
        "is_whole": change.kind in WHOLE,
        "cells": [
            (people.labels.field_label(cell.field), cell.old, cell.new, edits.get(cell.field))
            for cell in change.cells
            if not (is_new and cell.field in _NAMES)
        ],
        "record_changes": [record_change.sentence() for record_change in change.record_changes],
        "flags": flags[:_SENTENCES],
        "more": max(len(flags) - _SENTENCES, 0),
    }


def _full_name(change: Change, *, known: Named | None) -> str:
    """First and last name as they will be."""
    new = {cell.field: cell.new for cell in change.cells}
    old = {"firstname": known.firstname, "lastname": known.lastname} if known else {}
    return " ".join(filter(None, (new.get(name, old.get(name, "")) for name in ("firstname", "lastname"))))


def _start(sent: QueryDict) -> int:
    return whole_number(sent.get("start", "")) or 0
