"""The grid of a draft's rows, as its script asks for it and changes it; all in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from enlist.core.errors import EnlistError, LeaseTaken, NotAllowed, NotFound, PolicyError
from enlist.services import drafts, replacing, reviewing
from enlist.services.access import Scope
from enlist.services.previewing import Row, Wanted
from enlist.services.replacing import Replacement, Work
from enlist.services.reviewing import Review
from enlist.web.request import Request
from enlist.web.telling import on_page, told
from enlist.web.templatetags.enlist import duration
from enlist.web.templatetags.enlist import number as counted

PAGE: Final = 100
_MOST: Final = 1_000
# Seconds: who changed something longer ago is not named, and so long may an answer be on its way.
_LONGEST_AGO: Final = 86_400
_LATE: Final = 5


@require_safe
def rows(request: Request, *, number: int) -> JsonResponse:
    """A page of rows: data, last_page, last_row; how many steps can be taken back or made again; how many moves."""
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
            "moves": found.moves,
            "work": _work(found.work),
        }
    )


@require_safe
def news(request: Request, *, number: int) -> JsonResponse:
    """How many moves there are by now, who made those since the script looked last (seconds ago); work on all rows."""
    asked = request.GET
    moves, ago = (_number(asked.get(name, ""), usual=0) for name in ("moves", "ago"))
    since = timezone.now() - timedelta(seconds=min(ago, _LONGEST_AGO) + _LATE)
    try:
        found = reviewing.review_news(request.scope, number=number, moves=moves, since=since)
        return JsonResponse({"moves": found.moves, "by": found.by, "work": _work(found.work)})
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        return JsonResponse({"said": told(error)}, status=409)


@require_POST
def edit(request: Request, *, number: int) -> JsonResponse:
    """Change cells, rows, or all that is found, as a script says in JSON; what that came to, in a sentence.

    423 where that has to wait: cells of all rows are being replaced.
    """
    drafts.draft_check(request.scope, number=number)
    try:
        asked = json.loads(request.body)
        return JsonResponse({"said": _DEEDS[asked["do"]](request.scope, number=number, asked=asked)})
    except (NotAllowed, NotFound):
        raise
    except LeaseTaken as error:
        return JsonResponse({"said": told(error)}, status=423)
    except EnlistError as error:
        return JsonResponse({"said": told(error)}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"said": _("This is no change of a grid; nothing was changed.")}, status=400)


def _row(row: Row, *, review: Review) -> dict[str, Any]:
    """A row as the grid takes it: cells by their place, c0, c1, …; problems likewise."""
    places = {header: f"c{place}" for place, header in enumerate(review.page.headers)}
    said: dict[str, list[dict[str, str]]] = {}
    for flag in row.flags:
        sentence = on_page(f"{flag['sentence']} {flag['fix']}")
        said.setdefault(places.get(flag["column"], "row"), []).append({"level": flag["level"], "said": sentence})
    changed = review.changed.get(row.row, {})
    return {
        "id": row.row,
        "line": row.line,
        "fate": row.fate,
        "known": row.known,
        "out": row.row in review.excluded,
        "flags": said,
        "changed": {places[header]: by for header, by in changed.items() if header in places},
        **{f"c{place}": cell for place, cell in enumerate(row.cells)},
    }


def _work(work: Work | None) -> dict[str, Any] | None:
    """Work on all rows, at hand or done last: said, and as figures."""
    if work is None:
        return None
    shown = {"job": work.job, "is_open": work.is_open, "is_wrong": work.state == "failed"}
    return {**shown, "done": work.done, "total": work.total, "said": _far(work) if work.is_open else _became(work)}


def _far(work: Work) -> str:
    """How far it is."""
    phases = {"replacing": _("Looking through all rows"), "writing": _("Writing the cells that change")}
    parts = [phases.get(work.phase, work.phase.capitalize()) or _("Waiting for a worker")]
    if work.total:
        parts.append(_("%(done)s of %(total)s") % {"done": counted(work.done), "total": counted(work.total)})
    if work.left:
        parts.append(_("%s left") % duration(work.left))
    if work.by:
        parts.append(_("asked for by %s") % work.by)
    return " · ".join(parts)


def _became(work: Work) -> str:
    """What became of it."""
    if work.state == "cancelled":
        return _("Replacing was stopped; no cell is changed.")
    return work.message if work.state == "failed" else _changed(work.cells)


def _cells(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    cells = [(int(row), str(column), str(new)) for row, column, new in asked["cells"]]
    others = reviewing.cells_by_others(scope, number=number, cells=cells)
    said = _changed(reviewing.cells_set(scope, number=number, cells=cells))
    return f"{said} {_('What %s had put there is replaced.') % ', '.join(others)}" if others else said


def _header(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    header, name = str(asked["header"]), str(asked["name"]).strip()
    drafts.draft_column_set(scope, number=number, header=header, name=name)
    return _("“%s” is ignored now.") % header if not name else _("“%s” is read in another way now.") % header


def _exclude(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    out = bool(asked["out"])
    count = reviewing.rows_exclude(scope, number=number, rows=[int(row) for row in asked["rows"]], out=out)
    if out:
        return ngettext("%d row is left out.", "%d rows are left out.", count) % count
    return ngettext("%d row is back in.", "%d rows are back in.", count) % count


def _undo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    return _("Undone.") if reviewing.edit_undo(scope, number=number) else _("There is nothing to undo.")


def _redo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    return _("Redone.") if reviewing.edit_redo(scope, number=number) else _("There is nothing to redo.")


def _look(scope: Scope, *, number: int, asked: dict[str, Any]) -> dict[str, Any]:
    found = replacing.replace_show(scope, number=number, wanted=_replacement(asked))
    return {"count": found.count, "first": found.first}


def _replace(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    count = replacing.replace_do(scope, number=number, wanted=_replacement(asked))
    return _("The rows are many: it is done in the background.") if count is None else _changed(count)


def _stop(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    if replacing.replace_stop(scope, number=number):
        return _("It is being stopped.")
    return _("It has ended already.")


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
    "stop": _stop,
    "header": _header,
}


def _number(said: str, *, usual: int) -> int:
    if not said:
        return usual
    if not said.isdecimal() or len(said) > 9:
        raise PolicyError(_("“%s” is no page.") % said)
    return int(said)
