"""The JSON API of the grid of a draft's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from enlist.core.clean.date import DAY_FIRST, MONTH_FIRST, NEITHER, UNCLEAR
from enlist.core.errors import EnlistError, LeaseTaken, NotAllowed, NotFound, PlanError, PolicyError
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
    """A page of rows, the names of the columns, and the state of edits and of background work."""
    query = request.GET
    texts = {name: query.get(name, "") for name in ("show", "code", "column", "text", "by")}
    wanted = Wanted(**texts, value=query.get("value"), descending=query.get("order") == "descending")
    size = min(max(_number(query.get("size", ""), default=PAGE), 1), _MOST)
    page = max(_number(query.get("page", ""), default=1), 1)
    part = partial(
        review_page,
        request.scope,
        number=number,
        wanted=wanted,
        start=(page - 1) * size,
        limit=size,
        with_usernames="usernames" in query,
    )
    try:
        found = part()
    except PlanError:
        # A new plan replaced the one that was being read.
        found = part()
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
            "counts": found.counts,
            "work": _work(found.work),
        }
    )


@require_safe
def news(request: Request, *, number: int) -> JsonResponse:
    """The number of edits, who made those that the script doesn't know yet, and background work."""
    moves = _number(request.GET.get("moves", ""), default=0)
    try:
        found = review_news(request.scope, number=number, moves=moves)
        return JsonResponse({"moves": found.moves, "by": found.by, "work": _work(found.work)})
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        return JsonResponse({"said": error_text(error)}, status=409)


@require_POST
def edit(request: Request, *, number: int) -> JsonResponse:
    """Make the change that the script sends, and answer with its result in a sentence.

    423 while a worker replaces cells in all rows.
    """
    draft.draft_record(request.scope, number=number)
    try:
        sent = json_object(request)
        before = date_order.dates_orders(request.scope, number=number) if sent["do"] in _OF_CELLS else {}
        result = _ACTIONS[sent["do"]](request.scope, number=number, sent=sent)
        orders = _changed_date_orders(request.scope, number=number, before=before) if before else []
        return JsonResponse({"said": " ".join([result, *orders]) if orders else result})
    except (NotAllowed, NotFound):
        raise
    except LeaseTaken as error:
        return JsonResponse({"said": error_text(error)}, status=423)
    except EnlistError as error:
        return JsonResponse({"said": error_text(error)}, status=422)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"said": _("Invalid request. Nothing was changed.")}, status=400)


def _changed_date_orders(scope: Scope, *, number: int, before: dict[str, str]) -> list[str]:
    """A sentence for each column whose order of day and month changed."""
    now = date_order.dates_orders(scope, number=number)
    return [str(_ORDERS[order]) % name for name, order in now.items() if order != before.get(name, order)]


def _row(row: Row, *, review: Review) -> dict[str, Any]:
    """A row for the grid; its cells have the keys c0, c1, …"""
    places = {header: f"c{place}" for place, header in enumerate(review.page.headers)}
    flags: dict[str, list[dict[str, str]]] = {}
    for flag in row.flags:
        sentence = f"{flag.sentence} {flag_hint(flag.code)}".strip()
        flags.setdefault(places.get(flag.column, "row"), []).append(
            {"level": flag.level, "said": sentence, "code": flag.code}
        )
    changed, at = review.changed.get(row.row, {}), {header: f"c{n}" for n, header in enumerate(review.names)}
    return {
        "id": row.row,
        "line": row.line,
        "row_status": row.row_status,
        "known": row.known,
        "out": row.row in review.excluded,
        "username": review.usernames.get(row.row, ""),
        "flags": flags,
        "changed": {at[header]: by for header, by in changed.items() if header in at},
        **{f"c{place}": cell for place, cell in enumerate(row.cells)},
    }


def _work(work: Replacing | None) -> dict[str, Any] | None:
    """The running or last replacement in all rows."""
    if work is None:
        return None
    return {
        "job": work.job,
        "is_open": work.is_open,
        "is_wrong": work.state == "failed",
        "done": work.done,
        "total": work.total,
        "said": _progress_text(work) if work.is_open else _result_text(work),
    }


def _progress_text(work: Replacing) -> str:
    phases = {"replacing": _("Searching all rows"), "writing": _("Writing the changed cells")}
    parts = [phases.get(work.phase, work.phase.capitalize()) or _("Waiting for a worker")]
    if work.total:
        parts.append(_("%(done)s of %(total)s") % {"done": counted(work.done), "total": counted(work.total)})
    if work.left:
        parts.append(_("%s left") % duration(work.left))
    if work.by:
        parts.append(_("started by %s") % work.by)
    return " · ".join(parts)


def _result_text(work: Replacing) -> str:
    if work.state == "cancelled":
        return _("Stopped. No cell was changed.")
    return error_text(work.error) if work.state == "failed" else _changed(work.cells)


def _cells(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    cells = [(_place(row), str(column), str(new)) for row, column, new in sent["cells"]]
    others = cells_by_others(scope, number=number, cells=cells)
    result = _changed(cells_set(scope, number=number, cells=cells))
    return f"{result} {_('This replaced edits by %s.') % ', '.join(others)}" if others else result


def _place(row: object) -> int:
    """The number of a row. Raises TypeError."""
    if type(row) is not int:
        raise TypeError("Not the number of a row.")
    return row


def _header(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    header, name = str(sent["header"]), str(sent["name"]).strip()
    draft.draft_column_set(scope, number=number, header=header, name=name)
    return (_("“%s” is now mapped to another field.") if name else _("“%s” is now ignored.")) % header


def _rename(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    name = str(sent["name"]).strip()
    slug = header_rename(scope, number=number, header=str(sent["header"]), name=name)
    if not slug:
        return _("Renamed the column to “%s”. It is ignored.") % name
    label = field_label(slug, reference=draft.draft_show(scope, number=number, rows=0).reference)
    return _("Renamed the column to “%(name)s”. It is imported as: %(label)s.") % {"name": name, "label": label}


def _exclude(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    out = bool(sent["out"])
    count = rows_exclude(scope, number=number, rows=[_place(row) for row in sent["rows"]], out=out)
    if out:
        return ngettext("Excluded %d row.", "Excluded %d rows.", count) % count
    return ngettext("Included %d row.", "Included %d rows.", count) % count


def _undo(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    del sent
    moved = edit_undo(scope, number=number)
    if moved.did:
        return f"{_('Your last change is undone.')} {_kept(moved)}".strip()
    if other := last_by_others(scope, number=number):
        return _("You have nothing to undo. The last change is by %s.") % other
    return _("There is nothing to undo.")


def _redo(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    del sent
    moved = edit_redo(scope, number=number)
    if not moved.did:
        return _("You have nothing to redo.")
    return f"{_('Your change is redone.')} {_kept(moved)}".strip()


def _kept(moved: Moved) -> str:
    """The number of cells that others have changed since, which an undo or redo doesn't change."""
    if not moved.cells:
        return ""
    message = ngettext(
        "%(cells)d cell keeps its later value by %(by)s.",
        "%(cells)d cells keep their later values by %(by)s.",
        moved.cells,
    )
    return message % {"cells": moved.cells, "by": ", ".join(moved.by)}


def _look(scope: Scope, *, number: int, sent: dict[str, Any]) -> dict[str, Any]:
    found = replace.replace_show(scope, number=number, wanted=_replacement(sent))
    return {"count": found.count, "first": [asdict(each) for each in found.first]}


def _replace(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    count = replace.replace_do(scope, number=number, wanted=_replacement(sent))
    return _("The cells are being replaced in the background.") if count is None else _changed(count)


def _stop(scope: Scope, *, number: int, sent: dict[str, Any]) -> str:
    del sent
    return _("Stopping …") if draft.draft_stop(scope, number=number) else _("It has already ended.")


def _replacement(sent: dict[str, Any]) -> Replacement:
    texts = {name: str(sent.get(name, "")) for name in ("find", "new", "column")}
    return Replacement(**texts, whole=bool(sent.get("whole")))


def _changed(count: int) -> str:
    return ngettext("Changed %d cell.", "Changed %d cells.", count) % count


_OF_CELLS: Final = frozenset({"cells", "replace", "undo", "redo"})
_ORDERS: Final = {
    DAY_FIRST: gettext_lazy("The dates of “%s” are now read with the day first."),
    MONTH_FIRST: gettext_lazy("The dates of “%s” are now read with the month first."),
    UNCLEAR: gettext_lazy(
        "The dates of “%s” don't show whether the day or the month comes first. Dates such as 3/4/2027 are errors "
        "until a cell or the settings make it clear."
    ),
    NEITHER: gettext_lazy("The order of day and month no longer matters for the dates of “%s”."),
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


def _number(text: str, *, default: int) -> int:
    number = whole_number(text) if text else default
    if number is None:
        raise PolicyError("page_number_refused", value=text)
    return number
