"""Imports: all of them, and one with its plan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core import report
from enlist.core.changes import changes
from enlist.core.plan import Plan
from enlist.services import imports, labels
from enlist.services.access import Scope
from enlist.web.request import Request
from enlist.web.words import BARS, fates, verbs

SHOWN: Final = 50
PEOPLE: Final = 50


@require_safe
def index(request: Request) -> HttpResponse:
    """Every import, the newest first."""
    return render(request, "web/imports/index.html", _listed(request))


@require_safe
def lines(request: Request) -> HttpResponse:
    """The lines of the list alone, asked for again while anything is at work."""
    return render(request, "web/imports/lines.html", _listed(request))


@require_safe
def detail(request: Request, *, number: int) -> HttpResponse:
    """One import: its figures, the people it changes, cell by cell, and what was wrong with its rows."""
    scope = request.scope
    summary, plan = imports.import_show(scope, number=number)
    shown = {
        "summary": summary,
        "fates": fates(summary["rows"]),
        "verbs": verbs(summary["changes"]),
        "changes": _changes(scope, plan=plan) if plan else [],
        "flags": report.flag_groups(plan) if plan else [],
    }
    return render(request, "web/imports/detail.html", {**shown, "people": PEOPLE})


def _changes(scope: Scope, *, plan: Plan) -> list[dict[str, Any]]:
    """The first people the plan changes: name, line, kind, cells (label, old, new), ties (sentences)."""
    named = labels.plan_labels(scope, plan=plan, people=PEOPLE)
    return [
        {
            "name": change.name,
            "line": change.line,
            "kind": change.kind,
            "cells": [(named.field_label(cell.field), cell.old, cell.new) for cell in change.cells],
            "ties": [tie.sentence() for tie in change.ties],
        }
        for change in changes(plan, limit=PEOPLE, labels=named)
    ]


def _listed(request: Request) -> dict[str, Any]:
    scope = request.scope
    found = imports.imports_list(scope, limit=SHOWN)
    shown = [{**each, "bar": _bar(each["rows"])} for each in found]
    return {"imports": shown, "busy": any(each["progress"] for each in found)}


def _bar(rows: Mapping[str, int]) -> list[dict[str, Any]]:
    """The stacked bar of an import's rows: name, colour, count, where it begins and its share (%), of each kind."""
    counted = [(name, look, sum(rows.get(fate, 0) for fate in of)) for name, look, of in BARS]
    ends = list(accumulate((count for *_, count in counted), initial=0))
    scale = 100 / ends[-1] if ends[-1] else 0
    return [
        {"name": name, "look": look, "count": count, "from": f"{begin * scale:.2f}", "share": f"{count * scale:.2f}"}
        for (name, look, count), begin in zip(counted, ends, strict=False)
        if count
    ]
