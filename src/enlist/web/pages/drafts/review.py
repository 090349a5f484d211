"""The step Review: a draft's rows as a grid, their problems, and quick fixes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from enlist.core.rights import Right
from enlist.core.rows.fixes import possible
from enlist.core.setup_kinds import COURSES, GROUPS
from enlist.services.drafts import fixes
from enlist.services.drafts.draft import Draft, draft_plan
from enlist.services.drafts.review import REPEATED, problem_exclude, repeated_exclude, review_show
from enlist.services.drafts.twins import problem_twin
from enlist.web.columns_form import field_groups, field_label
from enlist.web.input_checks import whole_number
from enlist.web.request import Request
from enlist.web.rights import may

from .draft import action, refusal

# The tabs above the grid: the filter, its title, its icon.
FILTERS: Final = (
    ("", _("All"), ""),
    ("errors", _("Errors"), "bi-x-octagon-fill"),
    ("warnings", _("Warnings"), "bi-exclamation-triangle-fill"),
    ("new", _("New"), ""),
    ("known", _("Existing"), ""),
    ("excluded", _("Excluded"), ""),
)


@require_safe
def review(request: Request, *, number: int) -> HttpResponse:
    """The problems, and the grid, whose rows a script loads."""
    limit = min(whole_number(request.GET.get("kinds", "")) or fixes.KINDS, 1_000)
    overview = review_show(request.scope, number=number, problems=limit)
    draft, problems = overview.draft, overview.problems
    shown = {
        "draft": draft,
        "overview": overview,
        "step": "review",
        "problems": problems.kinds,
        "kinds": problems.total,
        "more": limit + fixes.KINDS if problems.total > len(problems.kinds) else None,
        "may_add": may(request.scope, right=Right.CHANGE_SETUP),
        "may_create": [kind.name for kind in (COURSES, GROUPS) if may(request.scope, right=kind.change)],
        "repeated": REPEATED,
        "grid": {"columns": _columns(draft)},
        "makes_usernames": not any(column.slug == "username" for column in draft.columns),
        "fields": field_groups(draft.reference),
        "filters": FILTERS,
    }
    return render(request, "web/imports/review.html", shown)


@action
def fix(request: Request, *, number: int) -> HttpResponse:
    """Set one value in all cells with the same problem."""
    sent = request.POST
    problem = (sent.get("code", ""), sent.get("column", ""), sent.get("value", ""))
    return _plan_again(
        request,
        number=number,
        change=lambda: fixes.problem_fix(request.scope, number=number, problem=problem, new=sent.get("new", "")),
    )


@action
def twin(request: Request, *, number: int) -> HttpResponse:
    """Rename an existing person to the new username of a row, or say that they are two people."""
    sent = request.POST
    return _plan_again(
        request,
        number=number,
        change=lambda: problem_twin(
            request.scope,
            number=number,
            username=sent.get("value", ""),
            twin=sent.get("twin", ""),
            same=sent.get("same") == "yes",
        ),
    )


@action
def fix_all(request: Request, *, number: int) -> HttpResponse:
    """Use all suggestions for problems of one kind."""
    code = request.POST.get("code", "")
    return _plan_again(
        request, number=number, change=lambda: fixes.problem_fix_all(request.scope, number=number, code=code)
    )


@action
def option(request: Request, *, number: int) -> HttpResponse:
    """Add the value of cells to the options of their field."""
    sent = request.POST
    field, option_ = sent.get("field", ""), sent.get("option", "")
    return _plan_again(
        request,
        number=number,
        change=lambda: fixes.problem_option_add(request.scope, number=number, field=field, option=option_),
    )


@action
def create(request: Request, *, number: int) -> HttpResponse:
    """Create the course or group that cells name."""
    sent = request.POST
    return _plan_again(
        request,
        number=number,
        change=lambda: fixes.problem_record_add(
            request.scope, number=number, code=sent.get("code", ""), name=sent.get("value", "")
        ),
    )


@action
def exclude(request: Request, *, number: int) -> HttpResponse:
    """Exclude the rows with a problem; of people with several rows, all but the last."""
    sent = request.POST
    problem = (sent.get("code", ""), sent.get("column", ""), sent.get("value", ""))

    def change() -> None:
        if sent.get("keep") == "last":
            repeated_exclude(request.scope, number=number)
        else:
            problem_exclude(request.scope, number=number, problem=problem)

    return _plan_again(request, number=number, change=change)


@action
def setting(request: Request, *, number: int) -> HttpResponse:
    """Change the setting that fixes a kind of problem."""
    sent = request.POST
    code, field, word = sent.get("code", ""), sent.get("field", ""), sent.get("word", "yes")
    change = partial(fixes.problem_setting_set, request.scope, number=number, code=code, field=field, word=word)
    return _plan_again(request, number=number, change=change)


def _plan_again(request: Request, *, number: int, change: Callable[[], object]) -> HttpResponse:
    if message := refusal(change):
        messages.warning(request, message)
    else:
        draft_plan(request.scope, number=number)
    return redirect("import-review", number=number)


def _columns(draft: Draft) -> list[dict[str, Any]]:
    """The columns of the grid: header in the file, current name, label of the field, options of its cells."""
    return [
        {
            "header": column.header_in_file,
            "name": column.header,
            "label": field_label(column.slug, reference=draft.reference),
            "options": possible(column.slug, reference=draft.reference) if column.slug else (),
        }
        for column in draft.columns
        if not column.is_secret
    ]
