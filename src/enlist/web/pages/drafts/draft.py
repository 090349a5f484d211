"""The steps Columns and Preview of a draft, and its actions. Each step saves at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, NotAllowed, NotFound, PolicyError
from enlist.core.planner.people.passwords import uses_file
from enlist.services.drafts.draft import draft_apply, draft_columns_set, draft_show, draft_stop, draft_undo
from enlist.services.drafts.next_step import COLUMNS, draft_columns_confirm, draft_next, draft_plan_if_complete
from enlist.services.imports import background, notices
from enlist.services.imports.plan import import_show
from enlist.web.columns_form import ColumnsForm
from enlist.web.hints import error_text
from enlist.web.input_checks import typed_count
from enlist.web.plan_view import plan_shown
from enlist.web.request import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponse]


def action(view: View[P]) -> View[P]:
    """A view for POST. A GET, such as the redirect after signing in, shows the import."""

    @wraps(view)
    def guarded(request: Request, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return redirect("import", number=named["number"])
        return view(request, *arguments, **named)

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: Request, *, number: int) -> HttpResponse:
    """The mapping of the columns; a POST changes it."""
    draft = draft_show(request.scope, number=number)
    sent = request.POST if request.method == "POST" else None
    passwords = uses_file(draft.policy)
    form = ColumnsForm(sent, columns=draft.columns, reference=draft.reference, passwords=passwords)
    if form.is_valid() and form.saved(lambda: _keep_columns(request, number=number, form=form)):
        return redirect("import-source", number=number) if form.reads_again else onward(number, after=COLUMNS)
    shown = {"draft": draft, "step": "columns", "form": form}
    return render(request, "web/imports/columns.html", shown, status=422 if form.errors else 200)


def _keep_columns(request: Request, *, number: int, form: ColumnsForm) -> None:
    # A plan stays where nothing changes.
    if form.changes or form.reads_again:
        draft_columns_set(request.scope, number=number, columns=form.columns(), password=form.password())
    if form.reads_again:
        return
    draft_columns_confirm(request.scope, number=number)
    draft_plan_if_complete(request.scope, number=number)


def onward(number: int, *, after: str = "") -> HttpResponse:
    """Go on to the next step with something to decide. after: the step that is done."""
    address = reverse("import-next", args=[number])
    return redirect(f"{address}?{urlencode({'after': after})}" if after else address)


@require_safe
def go_on(request: Request, *, number: int) -> HttpResponse:
    """Lead to the first step with something to decide; until that is known, show the progress."""
    step = draft_next(request.scope, number=number, after=request.GET.get("after", ""))
    if step:
        return redirect(f"import-{step}", number=number)
    summary, _plan = import_show(request.scope, number=number)
    shown = {"summary": summary, "step": request.GET.get("after") or "source", "after": request.GET.get("after", "")}
    return render(request, "web/imports/going_on.html", shown)


@require_safe
def preview(request: Request, *, number: int) -> HttpResponse:
    """What would change, person by person, or the progress of planning."""
    summary, plan = import_show(request.scope, number=number)
    if not summary.is_draft:
        return redirect("import", number=number)
    shown: dict[str, Any] = {"summary": summary, "step": "preview"}
    if not summary.progress:
        notices.notice_see(request.scope, number=number)
    if summary.progress or plan is None or not summary.is_planned:
        return render(request, "web/imports/planning.html", shown)
    return render(request, "web/imports/preview.html", shown | plan_shown(request, plan=plan, summary=summary))


@require_safe
def progress(request: Request, *, number: int) -> HttpResponse:
    """The progress of an import: a part of the page, which is reloaded at the end. after: as in `go_on`."""
    summary, _plan = import_show(request.scope, number=number)
    after = request.GET.get("after")
    answer = render(request, "web/imports/progress.html", {"summary": summary, "after": after})
    if not summary.progress or (after is not None and draft_next(request.scope, number=number, after=after)):
        answer.headers["HX-Refresh"] = "true"
    return answer


@action
def plan(request: Request, *, number: int) -> HttpResponse:
    """Start to plan the import, then go on after a step, or to the review."""
    draft_plan_if_complete(request.scope, number=number)
    if request.POST.get("to") == "review":
        return redirect("import-review", number=number)
    return onward(number, after=request.POST.get("after", ""))


@action
def apply(request: Request, *, number: int) -> HttpResponse:
    """Apply the plan that was shown, with the part that needs approval if its number of people was typed."""
    confirm, shown = None, request.POST.get("shown", "")
    if request.POST.get("with") == "approval" and (confirm := typed_count(request.POST.get("people", ""))) is None:
        messages.warning(request, _("Enter the number of people in digits. Nothing was applied."))
        return redirect("import-preview", number=number)
    try:
        draft_apply(request.scope, number=number, shown=shown, confirm=confirm)
    except PolicyError as error:
        messages.warning(request, error_text(error))
        return redirect("import-preview", number=number)
    return redirect("import", number=number)


@action
def cancel(request: Request, *, number: int) -> HttpResponse:
    """Cancel the import, or only the running replacement or reading."""
    summary, _plan = import_show(request.scope, number=number)
    if (summary.is_replacing or summary.is_reading) and draft_stop(request.scope, number=number):
        messages.info(request, _("Stopped. Import %s hasn't changed.") % number)
        return redirect("import-review" if summary.is_replacing else "import-source", number=number)
    state = background.import_cancel(request.scope, number=number, patience=0)
    if state == "cancelled":
        messages.info(request, _("Cancelled import %s; nothing was applied.") % number)
    else:
        messages.info(request, _("Import %s is being cancelled: it stops at its next step.") % number)
    return redirect("imports")


@action
def undo(request: Request, *, number: int) -> HttpResponse:
    """Start to plan the undo of the import, and show its preview."""
    return redirect("import-preview", number=draft_undo(request.scope, number=number))


def refusal(do: Callable[[], object]) -> str:
    """Call a service; returns its error message, or "". Raises NotAllowed, NotFound."""
    try:
        do()
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        return error_text(error)
    return ""
