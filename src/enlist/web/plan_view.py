"""A plan as pages show it: figures that filter, changed people, problems, changes that need approval."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict

from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import NOT_IMPORTED
from enlist.core.plan import limits
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Plan
from enlist.core.report import report
from enlist.core.report.changes import Change, tile_names
from enlist.services.imports import preview
from enlist.services.imports.plan import ImportSummary
from enlist.services.imports.preview import Wanted
from enlist.web.input_checks import whole_number
from enlist.web.request import Request
from enlist.web.words import EVERY_ROW, many_words, tiles

PEOPLE: Final = 50
ROWS: Final = 100
# Kinds of changes without a value before.
WHOLE: Final = ("created", "restored")


def plan_shown(request: Request, *, plan: Plan, summary: ImportSummary) -> dict[str, Any]:
    """The context of a plan: plan, tiles, show (the filter), people or rows, groups (of flags), waiting."""
    show, start = request.GET.get("show", ""), _start(request.GET)
    groups = preview.plan_flags(plan)
    shown: dict[str, Any] = {
        "plan": plan,
        "tiles": tiles(plan.head, has_file=not summary.undoes and not summary.many),
        "show": show if show in (EVERY_ROW, *tile_names(), *preview.ROW_FILTERS) else "",
        "groups": groups,
        "has_errors": any(group.code in NOT_IMPORTED for group in groups),
        "failed": plan.head.statuses.get("failed", 0),
        "waiting": limits.in_words(plan.head.awaiting),
        "passwords": [(report.PASSWORDS[name], count) for name, count in plan.head.passwords.items()],
        "total_people": _touched(plan),
        "of_rows": bool(plan.head.flags.get("same_person_twice")),
        "many": many_words(summary.many, verbs=plan.head.verbs),
    }
    if shown["show"] in (EVERY_ROW, *STATUSES, preview.PROBLEMS, preview.WARNED):
        wanted = Wanted("" if shown["show"] == EVERY_ROW else shown["show"])
        page = preview.import_rows(request.scope, number=summary.number, wanted=wanted, start=start, limit=ROWS)
        return {**shown, "rows": page, "previous": max(start - ROWS, 0) if start else None}
    people = preview.plan_people(request.scope, plan=plan, about=shown["show"], start=start, limit=PEOPLE)
    changes = [_change(each, labels=people.labels) for each in people.changes]
    return {**shown, "changes": changes, "next": people.next, "previous": max(start - PEOPLE, 0) if start else None}


def _touched(plan: Plan) -> int:
    """The number of rows or people on the button: rows that change something."""
    idle = sum(plan.head.statuses.get(row_status, 0) for row_status in ("failed", "skipped", "unchanged"))
    return plan.head.rows - idle


def _change(change: Change, *, labels: Labels) -> dict[str, Any]:
    """A change, for templates: name, line, kind, cells (label, before, after), record_changes (sentences)."""
    return {
        "name": change.name,
        "is_known": change.person > 0,
        "line": change.line,
        "kind": change.kind,
        "is_whole": change.kind in WHOLE,
        "cells": [(labels.field_label(cell.field), cell.old, cell.new) for cell in change.cells],
        "record_changes": [record_change.sentence() for record_change in change.record_changes],
    }


def _start(sent: QueryDict) -> int:
    return whole_number(sent.get("start", "")) or 0
