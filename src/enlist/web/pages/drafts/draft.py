"""The steps Columns and Preview of a draft, and its actions. Each step saves at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.errors import EnlistError, HeaderError, NotAllowed, NotFound, PolicyError
from enlist.core.planner.people.passwords import uses_file
from enlist.core.rights import Right
from enlist.services.drafts.column_values import column_field_add, column_values, column_values_set
from enlist.services.drafts.draft import Draft, draft_apply, draft_columns_set, draft_show, draft_stop, draft_undo
from enlist.services.drafts.next_step import (
    COLUMNS,
    REVIEW,
    STEPS,
    draft_columns_confirm,
    draft_next,
    draft_plan_if_complete,
)
from enlist.services.drafts.settings_trial import USERNAMES, pattern_examples, settings_effects
from enlist.services.imports import background, notices
from enlist.services.imports.plan import import_show
from enlist.web.columns_form import ColumnsAbout, ColumnsForm
from enlist.web.hints import error_text
from enlist.web.input_checks import typed_count
from enlist.web.plan_view import plan_shown
from enlist.web.questions import GENERATED, questions, trouble_text, ways_out
from enlist.web.reading_form import DELIMITER_NAMES, encoding_name
from enlist.web.request import Request
from enlist.web.rights import may
from enlist.web.settings_form import SettingsForm

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
    form = _columns_form(request, sent=sent, draft=draft)
    if form.is_valid() and form.saved(lambda: _keep_columns(request, number=number, form=form)):
        return redirect("import-source", number=number) if form.reads_again else onward(number, after=COLUMNS)
    return columns_page(request, draft=draft, form=form)


def columns_page(
    request: Request, *, draft: Draft, form: ColumnsForm | None = None, settings: SettingsForm | None = None
) -> HttpResponse:
    """The page on which columns are matched and settings are chosen; a form with errors keeps what was sent."""
    effects = settings_effects(request.scope, draft=draft)
    shown = {
        "draft": draft,
        "step": "columns",
        "form": form or _columns_form(request, sent=None, draft=draft),
        "settings": settings or SettingsForm(None, draft=draft),
        "open_settings": settings is not None or "settings" in request.GET,
        "questions": questions(draft, effects=effects, made=_made(request, draft=draft)),
        "trouble": trouble_text(draft),
        "ways": ways_out(draft, effects=effects),
        "encoding": encoding_name(draft.source.encoding),
        "delimiter": DELIMITER_NAMES.get(draft.source.delimiter, draft.source.delimiter),
    }
    is_wrong = any(each is not None and each.errors for each in (form, settings))
    return render(request, "web/imports/columns.html", shown, status=422 if is_wrong else 200)


def _made(request: Request, *, draft: Draft) -> list[str]:
    """Examples of usernames that the file's names give, where it has none."""
    pattern = draft.policy.username_from or ("" if "username" in (each.slug for each in draft.columns) else GENERATED)
    try:
        found = pattern and pattern_examples(request.scope, number=draft.number, setting=USERNAMES, pattern=pattern)
    except HeaderError:
        return []
    return [each.made for each in found or ()]


def _columns_form(request: Request, *, sent: QueryDict | None, draft: Draft) -> ColumnsForm:
    about = ColumnsAbout(
        draft.columns,
        draft.reference,
        values=column_values(request.scope, draft=draft),
        may_add=may(request.scope, right=Right.CHANGE_SETUP),
        passwords=uses_file(draft.policy),
    )
    return ColumnsForm(sent, about=about)


def _keep_columns(request: Request, *, number: int, form: ColumnsForm) -> None:
    new = {header: column_field_add(request.scope, header=header) for header in form.new_fields()}
    # A plan stays where nothing changes.
    columns = {**form.columns(), **new}
    if form.changes or form.reads_again:
        draft_columns_set(request.scope, number=number, columns=columns, password=form.password())
    if form.reads_again:
        return
    column_values_set(request.scope, number=number, chosen=form.replaced())
    draft_columns_confirm(request.scope, number=number)
    draft_plan_if_complete(request.scope, number=number)


def onward(number: int, *, after: str = "") -> HttpResponse:
    """Go on to the next step with something to decide. after: the step that is done."""
    address = reverse("import-next", args=[number])
    return redirect(f"{address}?{urlencode({'after': after})}" if after else address)


@require_safe
def go_on(request: Request, *, number: int) -> HttpResponse:
    """Lead to the first step with something to decide; until that is known, show the progress."""
    after = request.GET.get("after", "")
    if step := draft_next(request.scope, number=number, after=after):
        return redirect(f"import-{step}", number=number)
    summary, _plan = import_show(request.scope, number=number)
    if not summary.progress:
        # The job has just ended; a page without progress would never be loaded again.
        return onward(number, after=after)
    shown = {"summary": summary, "step": after if after in STEPS else "source", "after": after}
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
    answer = render(request, "web/imports/progress_now.html", {"summary": summary})
    if not summary.progress or (after is not None and draft_next(request.scope, number=number, after=after)):
        answer.headers["HX-Refresh"] = "true"
    return answer


@action
def plan(request: Request, *, number: int) -> HttpResponse:
    """Start to plan the import, then go on after a step (of the review if none is named), or stay in the review."""
    draft_plan_if_complete(request.scope, number=number)
    if request.POST.get("to") == "review":
        return redirect("import-review", number=number)
    return onward(number, after=request.POST.get("after", REVIEW))


@action
def apply(request: Request, *, number: int) -> HttpResponse:
    """Apply the plan that was shown, with the part that needs approval if its number of people was typed."""
    confirm, shown = None, request.POST.get("shown", "")
    invite = {"yes": True, "no": False}.get(request.POST.get("invite", ""))
    if request.POST.get("with") == "approval" and (confirm := typed_count(request.POST.get("people", ""))) is None:
        messages.warning(request, _("Enter the number of people in digits. Nothing was applied."))
        return redirect("import-preview", number=number)
    try:
        draft_apply(request.scope, number=number, shown=shown, confirm=confirm, invite=invite)
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
