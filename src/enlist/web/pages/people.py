"""People: the list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.services import people
from enlist.web.request import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """People by username, last name or e-mail address, those that begin with what is looked for."""
    by, prefix = request.GET.get("by", "username"), request.GET.get("begins", "").strip()
    page = people.person_list(request.scope, by=by, prefix=prefix, after=request.GET.get("after") or None)
    return render(request, "web/people/index.html", {"page": page, "sorts": people.SORTS, "by": by, "prefix": prefix})
