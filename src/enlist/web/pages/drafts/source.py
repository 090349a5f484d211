"""The step Source: the file as it was read, and a preview of other reading options."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enlist.core.errors import FileError, PolicyError
from enlist.services.drafts.draft import Draft, Look, draft_look, draft_reread, draft_show
from enlist.services.drafts.reading import draft_reading
from enlist.web import reading_form
from enlist.web.hints import error_text
from enlist.web.request import Request

from .draft import action, refusal


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: Request, *, number: int) -> HttpResponse:
    """The file as it was read, or the progress of reading; a POST reads it again with other options."""
    message = ""
    if request.method == "POST":
        message = refusal(lambda: _read_again(request, number=number))
        if not message:
            return redirect("import-source", number=number)
    reading = draft_reading(request.scope, number=number)
    if reading.failure and not message:
        message = error_text(reading.failure)
    if reading.progress or not reading.is_read:
        shown = {"reading": reading, "step": "source", "said": message, "macros": "macros" in request.POST}
        shown |= {"form": reading_form.choices(request.POST or reading.options)}
        return render(request, "web/imports/unread.html", shown)
    draft = draft_show(request.scope, number=number)
    shown = {
        "draft": draft,
        "step": "source",
        "said": message,
        **_understood(draft),
        **reading_form.choices(request.POST or reading.options, sheets=draft.source.sheets),
        "ignored": [column.header for column in draft.columns if not column.slug],
        "onward": "import-columns" if _is_unsure(draft) else "import-settings",
    }
    return render(
        request, "web/imports/source.html", shown, status=422 if message and request.method == "POST" else 200
    )


def _read_again(request: Request, *, number: int) -> None:
    reading = reading_form.reading_of(request.POST)
    draft_reread(request.scope, number=number, reading=reading, let_macros_in="macros" in request.POST)


@action
def look(request: Request, *, number: int) -> HttpResponse:
    """The first rows with the reading options of the form: a part of the page. Saves nothing."""
    shown: dict[str, Any]
    try:
        reading = reading_form.reading_of(request.POST)
        shown = _understood(draft_look(request.scope, number=number, reading=reading))
    except (FileError, PolicyError) as error:
        shown = {"said": error_text(error)}
    return render(request, "web/imports/understood.html", {**shown, "number": number, "is_look": True})


def _understood(found: Draft | Look) -> dict[str, Any]:
    first: pl.DataFrame = found.first
    return {
        "source": found.source,
        "encoding": reading_form.encoding_name(found.source.encoding),
        "delimiter": reading_form.NAMES.get(found.source.delimiter, found.source.delimiter),
        "header": first.columns[1:],
        "first": first.rows(),
        "findings": found.said,
    }


def _is_unsure(draft: Draft) -> bool:
    """Whether somebody should check the mapping of the columns."""
    return bool(draft.trouble) or any(column.slug and column.sure < 0.9 for column in draft.columns)
