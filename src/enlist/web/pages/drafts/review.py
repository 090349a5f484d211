"""Review: the rows of an import in the making as a grid, what is wrong with them, and what mends it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from enlist.core.rights import Grant, Right, grant
from enlist.core.rows.fixes import possible
from enlist.services.drafts import fixes
from enlist.services.drafts.draft import Draft, draft_plan
from enlist.services.drafts.review import review_show
from enlist.web.columns_form import field_groups, field_label
from enlist.web.input_checks import whole_number
from enlist.web.request import Request

from .draft import action, against

FILTERS: Final = (
    ("", _("All rows")),
    ("problems", _("To correct")),
    ("warnings", _("Warnings")),
    ("new", _("New people")),
    ("known", _("Existing people")),
    ("unchanged", _("Unchanged")),
    ("excluded", _("Left out")),
)


@require_safe
def review(request: Request, *, number: int) -> HttpResponse:
    """The grid, whose rows a script asks for; beside it what is wrong, by kind."""
    limit = min(whole_number(request.GET.get("kinds", "")) or fixes.KINDS, 1_000)
    overview = review_show(request.scope, number=number, problems=limit)
    draft, problems = overview.draft, overview.problems
    actor = request.scope.actor
    shown = {
        "draft": draft,
        "overview": overview,
        "step": "review",
        "problems": problems.kinds,
        "kinds": problems.total,
        "more": limit + fixes.KINDS if problems.total > len(problems.kinds) else None,
        "may_add": actor is not None and grant(actor.site_role, right=Right.CHANGE_SETUP) is Grant.YES,
        "grid": {"columns": _columns(draft)},
        "fields": field_groups(draft.reference),
        "filters": FILTERS,
    }
    return render(request, "web/imports/review.html", shown)


@action
def fix(request: Request, *, number: int) -> HttpResponse:
    """Put one value into all cells with the same problem."""
    sent = request.POST
    problem = (sent.get("code", ""), sent.get("column", ""), sent.get("value", ""))
    said = against(lambda: fixes.problem_fix(request.scope, number=number, problem=problem, new=sent.get("new", "")))
    return _planned_again(request, number=number, said=said)


@action
def option(request: Request, *, number: int) -> HttpResponse:
    """Make what stands in cells an option of their field."""
    sent = request.POST
    field, option_ = sent.get("field", ""), sent.get("option", "")
    said = against(lambda: fixes.problem_option_add(request.scope, number=number, field=field, option=option_))
    return _planned_again(request, number=number, said=said)


def _planned_again(request: Request, *, number: int, said: str) -> HttpResponse:
    """The review, for which it is looked again for problems; or what speaks against what was asked for."""
    if said:
        messages.warning(request, said)
    else:
        draft_plan(request.scope, number=number)
    return redirect("import-review", number=number)


def _columns(draft: Draft) -> list[dict[str, Any]]:
    """The columns of the grid: their header in the file, what they are called and taken for, what can stand there."""
    return [
        {
            "header": column.told,
            "name": column.header,
            "label": field_label(column.slug, reference=draft.reference),
            "options": possible(column.slug, reference=draft.reference) if column.slug else (),
        }
        for column in draft.columns
        if not column.is_secret
    ]
