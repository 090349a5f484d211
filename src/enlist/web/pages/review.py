"""Review: the rows of an import in the making as a grid, what is wrong with them, and what mends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from enlist.core.errors import EnlistError, NotAllowed, NotFound, PolicyError
from enlist.services import drafts, imports, reviewing
from enlist.services.access import Scope
from enlist.services.previewing import Row, Wanted
from enlist.services.reviewing import Replacement, Review
from enlist.web.pages.draft import deed
from enlist.web.request import Request

PAGE: Final = 100
_MOST: Final = 1_000
FILTERS: Final = (
    ("", gettext_lazy("All rows")),
    ("problems", gettext_lazy("Errors")),
    ("warnings", gettext_lazy("Warnings")),
    ("new", gettext_lazy("New people")),
    ("known", gettext_lazy("Known people")),
    ("unchanged", gettext_lazy("Unchanged")),
    ("excluded", gettext_lazy("Left out")),
)


@require_safe
def review(request: Request, *, number: int) -> HttpResponse:
    """The grid, whose rows a script asks for; beside it what is wrong, by kind."""
    draft = drafts.draft_show(request.scope, number=number, rows=0)
    summary, _plan = imports.import_show(request.scope, number=number)
    headers = [column.header for column in draft.columns if not column.is_secret]
    shown = {
        "draft": draft,
        "summary": summary,
        "step": "review",
        "problems": reviewing.problems_list(request.scope, number=number),
        "headers": headers,
        "grid": {"columns": headers},
        "filters": FILTERS,
    }
    return render(request, "web/imports/review.html", shown)


@require_safe
def rows(request: Request, *, number: int) -> JsonResponse:
    """A page of rows, as JSON: data, last_page, last_row; what can be undone; how many are of the kind asked for."""
    asked = request.GET
    wanted = Wanted(*(asked.get(name, "") for name in ("show", "code", "column", "value")))
    size = min(max(_number(asked.get("size", ""), usual=PAGE), 1), _MOST)
    page = max(_number(asked.get("page", ""), usual=1), 1)
    found = reviewing.review_page(request.scope, number=number, wanted=wanted, start=(page - 1) * size, limit=size)
    return JsonResponse(
        {
            "data": [_row(row, review=found) for row in found.page.rows],
            "last_page": max(-(-found.page.total // size), 1),
            "last_row": found.page.total,
            "done": found.done,
            "undone": found.undone,
            "is_checked": found.is_checked,
        }
    )


@require_POST
def edit(request: Request, *, number: int) -> JsonResponse:
    """Change cells, rows, or all that is found, as a script says in JSON; what that came to, in a sentence."""
    drafts.draft_check(request.scope, number=number)
    try:
        asked = json.loads(request.body)
        return JsonResponse({"said": _DEEDS[asked["do"]](request.scope, number=number, asked=asked)})
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        return JsonResponse({"said": f"{error.message} {error.hint}".strip()}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"said": _("This is no change of a grid; nothing was changed.")}, status=400)


@deed
def fix(request: Request, *, number: int) -> HttpResponse:
    """Put one value into all cells with the same problem."""
    sent = request.POST
    problem = (sent.get("code", ""), sent.get("column", ""), sent.get("value", ""))
    reviewing.problem_fix(request.scope, number=number, problem=problem, new=sent.get("new", ""))
    drafts.draft_plan(request.scope, number=number)
    return redirect("import-review", number=number)


def _row(row: Row, *, review: Review) -> dict[str, Any]:
    """A row as the grid takes it: cells by their place, c0, c1, …; problems likewise."""
    places = {header: f"c{place}" for place, header in enumerate(review.page.headers)}
    said: dict[str, list[dict[str, str]]] = {}
    for flag in row.flags:
        told = {"level": flag["level"], "said": f"{flag['sentence']} {flag['fix']}".strip()}
        said.setdefault(places.get(flag["column"], "row"), []).append(told)
    return {
        "id": row.row,
        "line": row.line,
        "fate": row.fate,
        "out": row.row in review.excluded,
        "flags": said,
        "changed": [places[header] for header in review.changed.get(row.row, ()) if header in places],
        **{f"c{place}": cell for place, cell in enumerate(row.cells)},
    }


def _cells(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    cells = [(int(row), str(column), str(new)) for row, column, new in asked["cells"]]
    return _changed(reviewing.cells_set(scope, number=number, cells=cells))


def _exclude(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    out = bool(asked["out"])
    count = reviewing.rows_exclude(scope, number=number, rows=[int(row) for row in asked["rows"]], out=out)
    if out:
        return ngettext("%d row is left out.", "%d rows are left out.", count) % count
    return ngettext("%d row is in again.", "%d rows are in again.", count) % count


def _undo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    return _("Taken back.") if reviewing.edit_undo(scope, number=number) else _("There is nothing to take back.")


def _redo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    return _("Made again.") if reviewing.edit_redo(scope, number=number) else _("There is nothing to make again.")


def _look(scope: Scope, *, number: int, asked: dict[str, Any]) -> dict[str, Any]:
    found = reviewing.replace_show(scope, number=number, wanted=_replacement(asked))
    return {"count": found.count, "first": found.first}


def _replace(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    return _changed(reviewing.replace_do(scope, number=number, wanted=_replacement(asked)))


def _replacement(asked: dict[str, Any]) -> Replacement:
    texts = {name: str(asked.get(name, "")) for name in ("find", "new", "column")}
    return Replacement(**texts, whole=bool(asked.get("whole")))


def _changed(count: int) -> str:
    return ngettext("%d cell is changed.", "%d cells are changed.", count) % count


_DEEDS: Final[dict[str, Callable[..., Any]]] = {
    "cells": _cells,
    "exclude": _exclude,
    "undo": _undo,
    "redo": _redo,
    "look": _look,
    "replace": _replace,
}


def _number(said: str, *, usual: int) -> int:
    if not said:
        return usual
    if not said.isdecimal() or len(said) > 9:
        raise PolicyError(_("“%s” is no page.") % said)
    return int(said)
