"""People: the list, and whom it is about."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.services import people, setup_lists
from enlist.services.people import Wanted
from enlist.web.people_form import SORTS, address_of, choices, wanted_of
from enlist.web.request import Request

# More of them make a page too large; the address and the group's own page name any.
_GROUPS: Final = 200


@require_safe
def index(request: Request) -> HttpResponse:
    """People of whom holds what is asked for, some at a time."""
    scope, wanted = request.scope, wanted_of(request.GET)
    page = people.person_list(scope, wanted=wanted, after=request.GET.get("after") or None)
    shown = {
        "page": page,
        "wanted": wanted,
        "query": address_of(wanted),
        "is_filtered": wanted != Wanted(by=wanted.by),
        "choices": choices(wanted, groups=setup_lists.group_names(scope, limit=_GROUPS)),
        "sorts": SORTS,
    }
    return render(request, "web/people/index.html", shown)
