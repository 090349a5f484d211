"""The list of people and its filters."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse
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
    scope = request.scope
    groups = lists.group_names(scope, limit=_GROUPS)
    form = PeopleFilter(request.GET, groups=groups)
    shown = {"form": form, "is_filtered": True, "key": uuid4().hex, "groups": groups, **_actions(scope)}
    if form.is_valid():
        form.saved(lambda: shown.update(_listed(request, wanted=form.wanted())))
    return render(request, "web/people/index.html", shown, status=422 if form.errors else 200)


def _listed(request: Request, *, wanted: Wanted) -> dict[str, Any]:
    scope, after = request.scope, request.GET.get("after") or None
    is_filtered = wanted != Wanted(by=wanted.by)
    page, total = listing.person_list(scope, wanted=wanted, after=after), listing.person_count(scope)
    if page.next is None and after is None:
        found = len(page.people)
    else:
        found = listing.person_count(scope, wanted=wanted) if is_filtered else total
    query = query_of(wanted)
    return {
        "page": page,
        "query": query,
        "by": wanted.by,
        "first": query if after else None,
        "next": "&".join(filter(None, [query, urlencode({"after": page.next})])) if page.next else None,
        "is_filtered": is_filtered,
        "total": total,
        "found": found,
    }


def _actions(scope: Scope) -> dict[str, Any]:
    """The bulk actions, and the courses and roles to choose from."""
    give = {"may_give_link": may(scope, right=Right.GIVE_LINKS), "may_mark": may(scope, right=Right.CHANGE_LINKS)}
    if not may(scope, right=Right.IMPORT):
        return {**give, "may_change": False}
    return {
        **give,
        "may_change": True,
        "courses": lists.course_names(scope, limit=_GROUPS),
        "roles": lists.course_roles(scope),
    }
