"""Imports: all of them, and one with its result."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enlist.core.rights import Grant, Right, grant
from enlist.services import approving, downloading, imports, setup_lists
from enlist.web.charts import bar, charted
from enlist.web.pages.draft import against, deed
from enlist.web.plan_view import plan_shown
from enlist.web.request import Request
from enlist.web.words import fates, verbs

SHOWN: Final = 50
DAYS: Final = 30
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    """One import: while it is at work how far that is, then what became of its rows and people."""
    summary, plan = imports.import_show(request.scope, number=number)
    if summary["is_draft"] and not summary["progress"]:
        is_further = summary["is_planned"] or summary["undoes"]
        return redirect("import-preview" if is_further else "import-source", number=number)
    if summary["progress"]:
        return render(request, "web/imports/running.html", {"summary": summary, "step": "result"})
    shown = {
        "summary": summary,
        "step": "result",
        "bar": bar(summary["rows"]),
        "fates": fates(summary["rows"]),
        "verbs": verbs(summary["changes"]),
        "may_approve": grant(_role(request), right=Right.APPROVE) is Grant.YES,
    }
    if plan:
        shown |= plan_shown(request, plan=plan, summary=summary)
    return render(request, "web/imports/detail.html", shown)


@require_safe
def download(request: Request, *, number: int, what: str, kind: str) -> StreamingHttpResponse:
    """The rows of an import with what became of them, or those with errors, as a file."""
    data, name = downloading.import_download(request.scope, number=number, what=what, kind=kind)
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(data, content_type=TYPES[kind], headers=named)


@deed
def approve(request: Request, *, number: int) -> HttpResponse:
    """Approve what waits, by the number of people it is about."""
    typed = "".join(sign for sign in request.POST.get("people", "") if sign not in " ,.'\u202f\xa0")
    confirmed = int(typed) if typed.isdecimal() else -1
    said = against(lambda: approving.import_approve(request.scope, number=number, confirm=confirmed))
    if said:
        messages.warning(request, said)
    else:
        messages.success(request, _("Import %s was approved and is applied.") % number)
    return redirect("import", number=number)


@deed
def drop(request: Request, *, number: int) -> HttpResponse:
    """Let what waits never happen."""
    approving.import_drop(request.scope, number=number)
    messages.info(request, _("What waited in import %s was dropped; nothing of it was applied.") % number)
    return redirect("import", number=number)


def _listed(request: Request) -> dict[str, Any]:
    scope = request.scope
    found = imports.imports_list(scope, limit=SHOWN)
    shown = [{**each, "bar": bar(each["rows"])} for each in found]
    chart = charted(setup_lists.imports_by_day(scope, days=DAYS)) if found else None
    may_import = grant(_role(request), right=Right.IMPORT) is Grant.YES
    return {"imports": shown, "busy": any(each["progress"] for each in found), "may_import": may_import, "chart": chart}


def _role(request: Request) -> str:
    return request.scope.actor.site_role if request.scope.actor else ""
