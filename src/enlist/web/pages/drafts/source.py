"""The step Source: the file as it was read, and a preview of other reading options."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enlist.services.drafts.draft import Draft, Look, draft_look, draft_reread, draft_show
from enlist.services.drafts.next_step import SOURCE, draft_plan_if_complete
from enlist.services.drafts.reading import draft_reading
from enlist.web.hints import error_text
from enlist.web.reading_form import DELIMITER_NAMES, ReadingForm, encoding_name
from enlist.web.request import Request

from .draft import action, onward


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: Request, *, number: int) -> HttpResponse:
    """The file as it was read, or the progress of reading; a POST reads it again with other options, or goes on."""
    reading = draft_reading(request.scope, number=number)
    is_unread = bool(reading.progress) or not reading.is_read
    draft = None if is_unread else draft_show(request.scope, number=number)
    sent = request.POST if request.method == "POST" else None
    form = ReadingForm(sent, kept=reading.options, sheets=draft.source.sheets if draft else None)
    if "go_on" in request.POST and form.is_valid() and not form.has_changed():
        draft_plan_if_complete(request.scope, number=number)
        return onward(number, after=SOURCE)
    if form.is_valid() and form.saved(lambda: _read_again(request, number=number, form=form)):
        return redirect("import-source", number=number)
    shown = {"reading": reading, "step": "source", "said": error_text(reading.failure), "form": form}
    status = 422 if form.errors else 200
    if draft is None:
        return render(request, "web/imports/unread.html", shown, status=status)
    shown |= {
        "draft": draft,
        **_understood(draft),
        "ignored": [column.header for column in draft.columns if not column.slug],
    }
    return render(request, "web/imports/source.html", shown, status=status)


def _read_again(request: Request, *, number: int, form: ReadingForm) -> None:
    draft_reread(request.scope, number=number, reading=form.reading(), let_macros_in=form.lets_macros_in)


@action
def look(request: Request, *, number: int) -> HttpResponse:
    """The first rows with the reading options of the form: a part of the page. Saves nothing."""
    sheets = draft_show(request.scope, number=number, rows=0).source.sheets
    kept = draft_reading(request.scope, number=number).options
    form, shown = ReadingForm(request.POST, kept=kept, sheets=sheets), dict[str, Any]()
    look_ = lambda: shown.update(_understood(draft_look(request.scope, number=number, reading=form.reading())))  # noqa: E731
    if not form.is_valid() or not form.saved(look_):
        shown["said"] = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return render(request, "web/imports/understood.html", {**shown, "is_look": True, "is_changed": form.has_changed()})


def _understood(found: Draft | Look) -> dict[str, Any]:
    first: pl.DataFrame = found.first
    return {
        "source": found.source,
        "encoding": encoding_name(found.source.encoding),
        "delimiter": DELIMITER_NAMES.get(found.source.delimiter, found.source.delimiter),
        "header": first.columns[1:],
        "first": first.rows(),
        "findings": found.flags,
    }
