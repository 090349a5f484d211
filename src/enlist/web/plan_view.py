"""A plan as pages show it: figures that filter, changed people, problems, changes that need approval."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict

from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import NOT_IMPORTED
from enlist.core.plan import limits
from enlist.core.plan.plan import Plan
from enlist.core.report import report
from enlist.core.report.changes import Change, tile_names
from enlist.core.rights import Right
from enlist.services.imports import preview
from enlist.services.imports.preview import PeoplePage, Wanted, WantedPeople
from enlist.services.imports.summary import ImportSummary
from enlist.web.input_checks import whole_number
from enlist.web.outlook import outlook, touched
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.words import EVERY_ROW, many_words, tiles

PEOPLE: Final = 50
ROWS: Final = 100
# Kinds of changes without a value before.
WHOLE: Final = ("created", "restored")


def plan_shown(request: Request, *, plan: Plan, summary: ImportSummary) -> dict[str, Any]:
    """The context of a plan: plan, tiles, show (the filter), people or rows, groups (of flags), waiting."""
    show, start = request.GET.get("show", ""), _start(request.GET)
    groups, may_approve = preview.plan_flags(plan), may(request.scope, right=Right.APPROVE)
    shown: dict[str, Any] = {
        "plan": plan,
        "tiles": tiles(plan.head, has_file=not summary.undoes and not summary.many),
        "show": show if show in (EVERY_ROW, *tile_names(), *preview.ROW_FILTERS) else "",
        "groups": groups,
        "has_errors": any(group.code in NOT_IMPORTED for group in groups),
        "failed": plan.head.statuses.get("failed", 0),
        "waiting": limits.in_words(plan.head.awaiting),
        **outlook(plan, groups=groups, is_draft=summary.is_draft, number=summary.number),
        "passwords": [(report.PASSWORDS[name], count) for name, count in plan.head.passwords.items()],
        "button_people": touched(plan.head) + (plan.head.awaiting_people if may_approve else 0),
        "may_approve": may_approve,
        "of_rows": bool(plan.head.flags.get("same_person_twice")),
        "many": many_words(summary.many, verbs=plan.head.verbs),
    }
    if shown["show"] in (EVERY_ROW, *STATUSES, preview.PROBLEMS, preview.WARNED):
        wanted = Wanted("" if shown["show"] == EVERY_ROW else shown["show"])
        page = preview.import_rows(request.scope, number=summary.number, wanted=wanted, start=start, limit=ROWS)
        return {**shown, "rows": page, "previous": max(start - ROWS, 0) if start else None}
    people = preview.plan_people(
        request.scope,
        plan=plan,
        wanted=WantedPeople(shown["show"], start, PEOPLE, is_applied=summary.state in ("applied", "undone")),
    )
    changes = [_change(each, people=people) for each in people.changes]
    return {**shown, "changes": changes, "next": people.next, "previous": max(start - PEOPLE, 0) if start else None}


def _change(change: Change, *, people: PeoplePage) -> dict[str, Any]:
    """A change, for templates: name, line, kind, cells (label, before, after), record_changes (sentences)."""
    labels = people.labels
    return {
        "name": change.name,
        "is_known": change.person in people.pages,
        "line": change.line,
        "kind": change.kind,
        "is_whole": change.kind in WHOLE,
        "cells": [(labels.field_label(cell.field), cell.old, cell.new) for cell in change.cells],
        "record_changes": [record_change.sentence() for record_change in change.record_changes],
    }


def _start(sent: QueryDict) -> int:
    return whole_number(sent.get("start", "")) or 0
