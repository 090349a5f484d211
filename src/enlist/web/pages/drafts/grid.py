"""The grid of a draft's rows, as its script asks for it and changes it; all in JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from enlist.core.clean.date import DAY_FIRST, MONTH_FIRST, NEITHER, UNCLEAR
from enlist.core.errors import EnlistError, LeaseTaken, NotAllowed, NotFound, PolicyError
from enlist.services.access import Scope
from enlist.services.drafts import date_order, draft, replace
from enlist.services.drafts.header import header_rename
from enlist.services.drafts.replace import Replacement, Replacing
from enlist.services.drafts.review import (
    Review,
    cells_by_others,
    cells_set,
    edit_redo,
    edit_undo,
    last_by_others,
    review_news,
    review_page,
    rows_exclude,
)
from enlist.services.imports.preview import Row, Wanted
from enlist.store.imports.edits import Moved
from enlist.web.columns_form import field_label
from enlist.web.hints import error_text, flag_hint
from enlist.web.input_checks import json_object, whole_number
from enlist.web.request import Request
from enlist.web.templatetags.enlist import duration
from enlist.web.templatetags.enlist import number as counted

PAGE: Final = 100
_MOST: Final = 1_000


@require_safe
def rows(request: Request, *, number: int) -> JsonResponse:
    """A page of rows: data, last_page, last_row; names of the columns; how many steps of one's own; how many moves."""
    asked = request.GET
    wanted = Wanted(*(asked.get(name, "") for name in ("show", "code", "column", "value")))
    size = min(max(_number(asked.get("size", ""), usual=PAGE), 1), _MOST)
    page = max(_number(asked.get("page", ""), usual=1), 1)
    found = review_page(request.scope, number=number, wanted=wanted, start=(page - 1) * size, limit=size)
    return JsonResponse(
        {
            "data": [_row(row, review=found) for row in found.page.rows],
            "last_page": max(-(-found.page.total // size), 1),
            "last_row": found.page.total,
            "names": list(found.names.values()),
            "done": found.done,
            "undone": found.undone,
            "is_checked": found.is_checked,
            "moves": found.moves,
            "work": _work(found.work),
        }
    )


@require_safe
def news(request: Request, *, number: int) -> JsonResponse:
    """How many moves there are by now, and who made those that the script does not know; work on all rows."""
    moves = _number(request.GET.get("moves", ""), usual=0)
    try:
        found = review_news(request.scope, number=number, moves=moves)
        return JsonResponse({"moves": found.moves, "by": found.by, "work": _work(found.work)})
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        return JsonResponse({"said": error_text(error)}, status=409)


@require_POST
def edit(request: Request, *, number: int) -> JsonResponse:
    """Change cells, rows, or all that is found, as a script says in JSON; what that came to, in a sentence.

    423 where that has to wait: cells of all rows are being replaced.
    """
    draft.draft_check(request.scope, number=number)
    try:
        asked = json_object(request)
        before = date_order.dates_orders(request.scope, number=number) if asked["do"] in _OF_CELLS else {}
        said = _ACTIONS[asked["do"]](request.scope, number=number, asked=asked)
        turned = _changed_date_orders(request.scope, number=number, before=before) if before else []
        return JsonResponse({"said": " ".join([said, *turned]) if turned else said})
    except (NotAllowed, NotFound):
        raise
    except LeaseTaken as error:
        return JsonResponse({"said": error_text(error)}, status=423)
    except EnlistError as error:
        return JsonResponse({"said": error_text(error)}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"said": _("This is no change of a grid; nothing was changed.")}, status=400)


def _changed_date_orders(scope: Scope, *, number: int, before: dict[str, str]) -> list[str]:
    """What is said of columns whose dates are read in another order than before."""
    now = date_order.dates_orders(scope, number=number)
    return [str(_ORDERS[order]) % name for name, order in now.items() if order != before.get(name, order)]


def _row(row: Row, *, review: Review) -> dict[str, Any]:
    """A row as the grid takes it: cells by their place, c0, c1, …; problems likewise."""
    places = {header: f"c{place}" for place, header in enumerate(review.page.headers)}
    said: dict[str, list[dict[str, str]]] = {}
    for flag in row.flags:
        sentence = f"{flag['sentence']} {flag_hint(flag['code'])}".strip()
        said.setdefault(places.get(flag["column"], "row"), []).append({"level": flag["level"], "said": sentence})
    changed, at = review.changed.get(row.row, {}), {header: f"c{n}" for n, header in enumerate(review.names)}
    return {
        "id": row.row,
        "line": row.line,
        "row_status": row.row_status,
        "known": row.known,
        "out": row.row in review.excluded,
        "flags": said,
        "changed": {at[header]: by for header, by in changed.items() if header in at},
        **{f"c{place}": cell for place, cell in enumerate(row.cells)},
    }


def _work(work: Replacing | None) -> dict[str, Any] | None:
    """Replacing on all rows, at hand or done last: said, and as figures."""
    if work is None:
        return None
    shown = {"job": work.job, "is_open": work.is_open, "is_wrong": work.state == "failed"}
    return {
        **shown,
        "done": work.done,
        "total": work.total,
        "said": _progress_text(work) if work.is_open else _result_text(work),
    }


def _progress_text(work: Replacing) -> str:
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


def _result_text(work: Replacing) -> str:
    """What became of it."""
    if work.state == "cancelled":
        return _("Replacing was stopped; no cell is changed.")
    return error_text(work.error) if work.state == "failed" else _changed(work.cells)


def _cells(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    cells = [(_place(row), str(column), str(new)) for row, column, new in asked["cells"]]
    others = cells_by_others(scope, number=number, cells=cells)
    said = _changed(cells_set(scope, number=number, cells=cells))
    return f"{said} {_('What %s had put there is replaced.') % ', '.join(others)}" if others else said


def _place(row: object) -> int:
    """The number of a row. Raises TypeError."""
    if type(row) is not int:
        raise TypeError("A row has a number.")
    return row


def _header(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    header, name = str(asked["header"]), str(asked["name"]).strip()
    draft.draft_column_set(scope, number=number, header=header, name=name)
    return _("“%s” is ignored now.") % header if not name else _("“%s” is read in another way now.") % header


def _rename(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    name = str(asked["name"]).strip()
    slug = header_rename(scope, number=number, header=str(asked["header"]), name=name)
    if not slug:
        return _("The column is called “%s” now; it is ignored.") % name
    label = field_label(slug, reference=draft.draft_show(scope, number=number, rows=0).reference)
    return _("The column is called “%(name)s” now, and taken for: %(label)s.") % {"name": name, "label": label}


def _exclude(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    out = bool(asked["out"])
    count = rows_exclude(scope, number=number, rows=[_place(row) for row in asked["rows"]], out=out)
    if out:
        return ngettext("%d row is left out.", "%d rows are left out.", count) % count
    return ngettext("%d row is back in.", "%d rows are back in.", count) % count


def _undo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    moved = edit_undo(scope, number=number)
    if moved.did:
        return f"{_('Your last step is undone.')} {_stays(moved)}".strip()
    if other := last_by_others(scope, number=number):
        return _("There is nothing of yours to undo; the last step is by %s, and stays.") % other
    return _("There is nothing to undo.")


def _redo(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    moved = edit_redo(scope, number=number)
    if not moved.did:
        return _("There is nothing of yours to redo.")
    return f"{_('Your step is redone.')} {_stays(moved)}".strip()


def _stays(moved: Moved) -> str:
    """Which cells of a step are not as it says, for others changed them since."""
    if not moved.cells:
        return ""
    said = ngettext(
        "%(cells)d of its cells stays as %(by)s put it since.",
        "%(cells)d of its cells stay as %(by)s put them since.",
        moved.cells,
    )
    return said % {"cells": moved.cells, "by": ", ".join(moved.by)}


def _look(scope: Scope, *, number: int, asked: dict[str, Any]) -> dict[str, Any]:
    found = replace.replace_show(scope, number=number, wanted=_replacement(asked))
    return {"count": found.count, "first": found.first}


def _replace(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    count = replace.replace_do(scope, number=number, wanted=_replacement(asked))
    return _("The rows are many: it is done in the background.") if count is None else _changed(count)


def _stop(scope: Scope, *, number: int, asked: dict[str, Any]) -> str:
    del asked
    if draft.draft_stop(scope, number=number):
        return _("It is being stopped.")
    return _("It has ended already.")


def _replacement(asked: dict[str, Any]) -> Replacement:
    texts = {name: str(asked.get(name, "")) for name in ("find", "new", "column")}
    return Replacement(**texts, whole=bool(asked.get("whole")))


def _changed(count: int) -> str:
    return ngettext("%d cell is changed.", "%d cells are changed.", count) % count


_OF_CELLS: Final = frozenset({"cells", "replace", "undo", "redo"})
# What is said of a column that tells something else than before.
_ORDERS: Final = {
    DAY_FIRST: gettext_lazy("The dates of “%s” are read with the day first now."),
    MONTH_FIRST: gettext_lazy("The dates of “%s” are read with the month first now."),
    UNCLEAR: gettext_lazy(
        "“%s” does not tell whether its dates begin with the day or the month: those such as 3/4/2027 are errors until "
        "its cells, or the settings, do."
    ),
    NEITHER: gettext_lazy("No date of “%s” hangs on whether the day or the month comes first any more."),
}
_ACTIONS: Final[dict[str, Callable[..., Any]]] = {
    "cells": _cells,
    "exclude": _exclude,
    "undo": _undo,
    "redo": _redo,
    "look": _look,
    "replace": _replace,
    "stop": _stop,
    "header": _header,
    "rename": _rename,
}


def _number(said: str, *, usual: int) -> int:
    if not said:
        return usual
    found = whole_number(said)
    if found is None:
        raise PolicyError("page_number_refused", value=said)
    return found
