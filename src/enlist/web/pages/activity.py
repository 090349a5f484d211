"""Activity: what people did by hand and had done."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.services import history
from enlist.web.request import Request

SHOWN: Final = 100


@require_safe
def index(request: Request) -> HttpResponse:
    """The last deeds, the newest first."""
    found = history.activity_list(request.scope, limit=SHOWN)
    return render(request, "web/activity.html", {"deeds": found})
