"""Conditions and courses of groups: each change leads to a preview of who joins, leaves, gets or loses a course."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError, NotAllowed, NotFound
from enlist.core.rights import Right
from enlist.services.access import check_right
from enlist.services.drafts.draft import draft_rules
from enlist.services.imports.conditions import (
    Condition,
    clause_fields,
    condition_remove,
    condition_save,
    condition_show,
    conditions_list,
    group_conditions_set,
)
from enlist.services.imports.group_courses import group_courses_set
from enlist.services.imports.rules import RuleChange
from enlist.web.forms.conditions import ConditionForm, GroupConditionsForm, GroupCoursesForm
from enlist.web.hints import error_text
from enlist.web.request import Request
from enlist.web.rights import may


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """All conditions; a POST plans to add one."""
    return _page(request, condition=None)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, *, condition: int) -> HttpResponse:
    """A condition; a POST plans to change it."""
    return _page(request, condition=condition_show(request.scope, key=condition))


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: Request, *, condition: int) -> HttpResponse:
    """Plan to remove a condition, unless a group uses it."""
    condition_show(request.scope, key=condition)
    if request.method != "POST":
        return redirect("condition", condition)
    return _planned(request, change=lambda: condition_remove(request.scope, key=condition)) or redirect(
        "condition", condition
    )


@require_http_methods(["GET", "HEAD", "POST"])
def of_group(request: Request, *, group: int) -> HttpResponse:
    """Plan to let a group use the chosen conditions."""
    if request.method != "POST":
        return redirect("group", group)
    check_right(request.scope, right=Right.CHANGE_CONDITIONS)
    form = GroupConditionsForm(request.POST, scope=request.scope, group=group)
    chosen = form.cleaned_data["conditions"] if form.is_valid() else []
    if form.errors:
        return redirect("group", group)
    change = lambda: group_conditions_set(request.scope, group=f"#{group}", conditions=chosen)  # noqa: E731
    return _planned(request, change=change) or redirect("group", group)


@require_http_methods(["GET", "HEAD", "POST"])
def courses_of_group(request: Request, *, group: int) -> HttpResponse:
    """Plan to let a group give the chosen courses."""
    if request.method != "POST":
        return redirect("group", group)
    check_right(request.scope, right=Right.CHANGE_CONDITIONS)
    form = GroupCoursesForm(request.POST, scope=request.scope, group=group)
    chosen = form.cleaned_data["courses"] if form.is_valid() else []
    if form.errors:
        return redirect("group", group)
    change = lambda: group_courses_set(request.scope, group=f"#{group}", given=chosen)  # noqa: E731
    return _planned(request, change=change) or redirect("group", group)


def rules_of_group(request: Request, *, group: int) -> dict[str, object]:
    """The forms of the conditions and courses of a group, for its page."""
    return {
        "conditions": GroupConditionsForm(None, scope=request.scope, group=group),
        "courses": GroupCoursesForm(None, scope=request.scope, group=group),
        "may_change_conditions": may(request.scope, right=Right.CHANGE_CONDITIONS),
    }


def _page(request: Request, *, condition: Condition | None) -> HttpResponse:
    scope = request.scope
    if request.method == "POST":
        check_right(scope, right=Right.CHANGE_CONDITIONS)
    form = ConditionForm(request.POST if request.method == "POST" else None, scope=scope, condition=condition)
    found: list[RuleChange] = []
    key = condition.id if condition else None
    if form.is_valid() and form.saved(lambda: found.append(condition_save(scope, key=key, values=form.wanted()))):
        return redirect("import-preview", draft_rules(scope, change=found[0]))
    labels = clause_fields(scope)
    shown = {
        "form": form,
        "condition": condition,
        "may_change": may(scope, right=Right.CHANGE_CONDITIONS),
        "conditions": [(each, _requirements(each, labels=labels)) for each in conditions_list(scope)],
        "requirements": _requirements(condition, labels=labels) if condition else [],
    }
    template = "web/conditions/condition.html" if condition else "web/conditions/conditions.html"
    return render(request, template, shown, status=422 if form.errors else 200)


def _requirements(condition: Condition, *, labels: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(labels.get(each.field, each.field), each.operator, each.value) for each in condition.parts]


def _planned(request: Request, *, change: Callable[[], RuleChange]) -> HttpResponse | None:
    """The way to the preview of a change; None, with a message, if it isn't possible."""
    try:
        return redirect("import-preview", draft_rules(request.scope, change=change()))
    except (NotAllowed, NotFound):
        raise
    except EnlistError as error:
        messages.warning(request, error_text(error))
        return None
