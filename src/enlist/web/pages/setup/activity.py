"""The audit log."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.services.people import history
from enlist.web.input_checks import whole_number
from enlist.web.pages.people.person import field_names, labelled
from enlist.web.request import Request

SHOWN: Final = 100


@require_safe
def index(request: Request) -> HttpResponse:
    """The last actions, or those before another one, newest first."""
    before = whole_number(request.GET.get("before", ""), digits=18)
    found = history.activity_list(request.scope, limit=SHOWN + 1, before=before)
    names = field_names(request.scope)
    shown = {
        "actions": [labelled(each, names=names) for each in found[:SHOWN]],
        "before": before,
        "older": found[SHOWN - 1].id if len(found) > SHOWN else None,
    }
    return render(request, "web/activity.html", shown)
