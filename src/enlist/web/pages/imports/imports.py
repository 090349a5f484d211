"""The list of imports, one import with its result, downloads and approval."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enlist.core.presets import PRESETS
from enlist.core.rights import Right
from enlist.services.imports import approval, notices
from enlist.services.imports.download import import_download
from enlist.services.imports.plan import import_show, importers_list, imports_list
from enlist.services.imports.summary import LOOKED, Looked
from enlist.services.people.inviting import import_invited
from enlist.services.setup import first_run, lists
from enlist.web.charts import bar, charted
from enlist.web.input_checks import typed_count, whole_number
from enlist.web.outlook import result_sentence
from enlist.web.pages.drafts.draft import action, refusal
from enlist.web.plan_view import plan_shown
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.words import PERIODS, STATE_FILTERS, checklist_of, statuses, verbs

SHOWN: Final = 50
DAYS: Final = 30
# With fewer imports, a chart says less than the list.
CHARTED: Final = 5
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def index(request: Request) -> HttpResponse:
    """The list, newest first, with its filters and a chart."""
    shown = _listed(request)
    is_new = not shown["imports"] and not shown["is_filtered"]
    has_chart = (shown["total"] or 0) >= CHARTED
    chart = charted(lists.imports_by_day(request.scope, days=DAYS)) if has_chart else None
    shown |= {"chart": chart, "people": [(name, name) for name in importers_list(request.scope)]}
    if is_new and may(request.scope, right=Right.SEE_SETUP):
        shown |= {
            "checklist": checklist_of(first_run.checklist(request.scope)),
            "may_demo": may(request.scope, right=Right.CHANGE_ORGANIZATION),
        }
    return render(request, "web/imports/index.html", shown)


@require_safe
def lines(request: Request) -> HttpResponse:
    """The lines of the list only, which the page polls while an import is running."""
    return render(request, "web/imports/lines.html", _listed(request))


@require_safe
def detail(request: Request, *, number: int) -> HttpResponse:
    """One import: its progress, then its result."""
    summary, plan = import_show(request.scope, number=number)
    if summary.is_draft and not summary.progress:
        is_further = summary.is_planned or summary.kind != "import"
        return redirect("import-preview" if is_further else "import-source", number=number)
    if summary.is_reading:
        return redirect("import-source", number=number)
    if summary.is_replacing:
        return redirect("import-review", number=number)
    if summary.progress:
        return render(request, "web/imports/running.html", {"summary": summary, "step": "result"})
    notices.notice_see(request.scope, number=number)
    shown = {
        "summary": summary,
        "step": "result",
        "bar": bar(summary.rows),
        "statuses": statuses(summary.rows),
        "verbs": verbs(summary.changes),
        "sentence": result_sentence(summary),
        "may_approve": may(request.scope, right=Right.APPROVE),
    }
    if plan:
        shown |= plan_shown(request, plan=plan, summary=summary)
    if summary.state == "applied" and summary.rows.get("created"):
        shown["invited"] = import_invited(request.scope, number=number)
    return render(request, "web/imports/detail.html", shown)


@require_safe
def news(request: Request) -> HttpResponse:
    """New notices about finished imports: a part of every page, or 204."""
    found = notices.notices_list(request.scope)
    # Without the context of a page: every open page polls this.
    return HttpResponse(render_to_string("web/notices.html", {"notices": found})) if found else HttpResponse(status=204)


@require_POST
def seen(request: Request, *, number: int) -> HttpResponse:
    """Dismiss the notice about an import."""
    import_show(request.scope, number=number)
    notices.notice_see(request.scope, number=number)
    return HttpResponse(status=204)


@require_safe
def download(request: Request, *, number: int, what: str, kind: str) -> StreamingHttpResponse:
    """Download the statuses of an import's rows, or its rows with errors."""
    data, name = import_download(request.scope, number=number, what=what, kind=kind)
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(data, content_type=TYPES[kind], headers=named)


@action
def approve(request: Request, *, number: int) -> HttpResponse:
    """Approve changes, confirmed by the number of people."""
    confirm = typed_count(request.POST.get("people", ""))
    if confirm is None:
        messages.warning(request, _("Enter the number of people in digits. Nothing was applied."))
        return redirect("import", number=number)
    shown = request.POST.get("shown", "")
    if message := refusal(
        lambda: approval.import_approve_later(request.scope, number=number, confirm=confirm, shown=shown)
    ):
        messages.warning(request, message)
    return redirect("import", number=number)


@action
def drop(request: Request, *, number: int) -> HttpResponse:
    """Reject changes that need approval."""
    approval.import_drop(request.scope, number=number)
    messages.info(request, _("Rejected import %s; nothing was applied.") % number)
    return redirect("import", number=number)


def _listed(request: Request) -> dict[str, Any]:
    scope, asked = request.scope, request.GET
    days = next((days for days, _title in PERIODS if str(days) == asked.get("days")), 0)
    named = {name: asked.get(name, "").strip() for name in ("text", "state", "preset", "by")}
    looked = Looked(**named, since=lists.first_moment(days=days) if days else None)
    before = whole_number(asked.get("before", ""))
    found = imports_list(scope, limit=SHOWN + 1, looked=looked, before=before)
    shown = found[:SHOWN]
    is_filtered = looked != Looked()
    return {
        "imports": [(each, bar(each.rows)) for each in shown],
        "busy": any(each.progress for each in shown),
        "may_import": may(scope, right=Right.IMPORT),
        "looked": looked,
        "days": days,
        "periods": PERIODS,
        "is_filtered": is_filtered,
        "states": [(name, capfirst(STATE_FILTERS[name])) for name in LOOKED],
        "presets": [(each.name, each.title) for each in PRESETS.values()],
        "query": _without(asked, name="before"),
        "may_touch": may(scope, right=Right.UNDO_IMPORTS),
        "before": before,
        # Imports are numbered from 1 on, and none is ever removed.
        "total": shown[0].number if shown and not is_filtered and not before else None,
        "older": shown[-1].number if len(found) > SHOWN else None,
    }


def _without(asked: QueryDict, *, name: str) -> str:
    """A query string without one parameter."""
    rest = asked.copy()
    rest.pop(name, None)
    return rest.urlencode()
