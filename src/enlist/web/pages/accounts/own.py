"""The pages that everybody has: the start page, one's courses, details and data."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from enlist.services.people import own
from enlist.web.navigation import start_of
from enlist.web.pages.imports import imports
from enlist.web.pages.people.person import details_of
from enlist.web.request import Request
from enlist.web.words import ENROLLED_BY


@require_safe
def home(request: Request) -> HttpResponse:
    """The first page of the site: the imports for the team, their courses for everybody else."""
    start = start_of(request.account)
    return imports.index(request) if start == "imports" else redirect(start)


@require_safe
def my_courses(request: Request) -> HttpResponse:
    """The courses of the signed-in person."""
    courses = [(each, ENROLLED_BY[each.source]) for each in own.own_courses(request.scope)]
    return render(request, "web/own/courses.html", {"courses": courses})


@require_safe
def my_details(request: Request) -> HttpResponse:
    """The details of the signed-in person."""
    found = own.own_details(request.scope)
    shown: dict[str, Any] = {"person": found.person, "details": details_of(found.person, fields=found.fields)}
    return render(request, "web/own/details.html", shown)


@require_safe
def my_data(request: Request) -> HttpResponse:
    """All data about the signed-in person, as a file."""
    page = JsonResponse(own.own_data(request.scope), json_dumps_params={"indent": 2, "ensure_ascii": False})
    page["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return page
