"""What imports refer to: courses, groups, profile fields."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.services import setup_lists
from enlist.web.request import Request


@require_safe
def courses(request: Request) -> HttpResponse:
    """Every course, and how full it and its groups are."""
    found = setup_lists.courses_list(request.scope)
    return render(request, "web/setup/courses.html", {"courses": _filled(found)})


@require_safe
def groups(request: Request) -> HttpResponse:
    """Every group of people, and how full it is."""
    found = setup_lists.groups_list(request.scope)
    return render(request, "web/setup/groups.html", {"groups": _filled(found)})


@require_safe
def fields(request: Request) -> HttpResponse:
    """Every profile field."""
    return render(request, "web/setup/fields.html", {"fields": setup_lists.fields_list(request.scope)})


def _filled(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each with its share (%) of the fullest."""
    most = max((each["people"] for each in found), default=0) or 1
    return [{**each, "share": f"{100 * each['people'] / most:.2f}"} for each in found]
