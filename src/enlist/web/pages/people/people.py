"""The list of people and its filters."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core.rights import Right
from enlist.services.access import Scope
from enlist.services.people import listing
from enlist.services.people.listing import Wanted
from enlist.services.setup import lists
from enlist.web.people_form import PeopleFilter, query_of
from enlist.web.request import Request
from enlist.web.rights import may

# The filters list this many groups and courses. A group's own page links to its people.
_GROUPS: Final = 200


@require_safe
def index(request: Request) -> HttpResponse:
    """The people that match the filters, page by page; none while a filter is wrong (all would look like a result)."""
    scope, sent = request.scope, request.GET
    # The search field of every page searches in all fields.
    if set(sent) == {"begins"} and (text := sent["begins"].strip()):
        sent = QueryDict(query_of(listing.person_search(scope, text=text)))
    groups = lists.group_names(scope, limit=_GROUPS)
    form = PeopleFilter(sent, groups=groups)
    shown = {"form": form, "is_filtered": True, "key": uuid4().hex, "groups": groups, **_actions(scope)}
    if form.is_valid():
        form.saved(lambda: shown.update(_listed(request, wanted=form.wanted())))
    return render(request, "web/people/index.html", shown, status=422 if form.errors else 200)


def _listed(request: Request, *, wanted: Wanted) -> dict[str, Any]:
    return {
        "page": listing.person_list(request.scope, wanted=wanted, after=request.GET.get("after") or None),
        "query": query_of(wanted),
        "is_filtered": wanted != Wanted(by=wanted.by),
    }


def _actions(scope: Scope) -> dict[str, Any]:
    """The bulk actions, and the courses and roles to choose from."""
    if not may(scope, right=Right.IMPORT):
        return {"may_change": False}
    return {
        "may_change": True,
        "courses": lists.course_names(scope, limit=_GROUPS),
        "roles": lists.course_roles(scope),
    }
