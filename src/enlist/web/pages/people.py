"""People: the list, and one of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core.fields import FIELDS, PERSON_SLUGS
from enlist.services import history, people
from enlist.web.request import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """People by username, last name or e-mail address, those that begin with what is looked for."""
    by, prefix = request.GET.get("by", "username"), request.GET.get("begins", "").strip()
    page = people.person_list(request.scope, by=by, prefix=prefix, after=request.GET.get("after") or None)
    return render(request, "web/people/index.html", {"page": page, "sorts": people.SORTS, "by": by, "prefix": prefix})


@require_safe
def detail(request: Request, *, username: str) -> HttpResponse:
    """One person: details, courses, groups, and what changed them."""
    scope = request.scope
    person = people.person_show(scope, username=username)
    past = history.person_history(scope, username=username)
    details = [(FIELDS[slug].label, person[slug]) for slug in PERSON_SLUGS if person[slug]]
    shown = {"person": person, "past": past, "details": [*details, *person["profile"].items()]}
    return render(request, "web/people/detail.html", shown)
