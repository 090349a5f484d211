"""People: the list, and whom it is about."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core.rights import Right
from enlist.services.people import listing
from enlist.services.people.listing import Wanted
from enlist.services.setup import lists
from enlist.web.people_form import SORTS, address_of, choices, wanted_of
from enlist.web.request import Request
from enlist.web.rights import may

# More of them make a page too large; the address and the group's own page name any.
_GROUPS: Final = 200


@require_safe
def index(request: Request) -> HttpResponse:
    """People of whom holds what is asked for, some at a time."""
    scope, wanted = request.scope, wanted_of(request.GET)
    # The search above every page does not say by what.
    if set(request.GET) == {"begins"} and wanted.prefix:
        wanted = listing.person_search(scope, text=wanted.prefix)
    groups = lists.group_names(scope, limit=_GROUPS)
    page = listing.person_list(scope, wanted=wanted, after=request.GET.get("after") or None)
    shown = {
        "page": page,
        "wanted": wanted,
        "query": address_of(wanted),
        "is_filtered": wanted != Wanted(by=wanted.by),
        "choices": choices(wanted, groups=groups),
        "sorts": SORTS,
        "key": uuid4().hex,
        "groups": groups,
        **_deeds(request),
    }
    return render(request, "web/people/index.html", shown)


def _deeds(request: Request) -> dict[str, Any]:
    """What can be done to many, and where they can be put."""
    scope = request.scope
    if not may(request, right=Right.IMPORT):
        return {"may_change": False}
    return {
        "may_change": True,
        "courses": lists.course_names(scope, limit=_GROUPS),
        "roles": lists.course_roles(scope),
    }
