"""The page of components: each part of the visual system, as style sheet and templates draw it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core.rights import Right
from enlist.services.access import check_right
from enlist.web.charts import bar
from enlist.web.request import Request
from enlist.web.words import STATE_LOOKS

_ROWS = {"created": 212, "updated": 883, "deactivated": 38, "unchanged": 109, "failed": 44}
_SWATCHES = ("accent", "fix", "ok", "upd", "warn", "err", "neu", "canvas")


@require_safe
def index(request: Request) -> HttpResponse:
    """For people who may see how the organisation is set up; no entry of the navigation leads here."""
    check_right(request.scope, right=Right.SEE_SETUP)
    shown = {"bar": bar(_ROWS), "states": STATE_LOOKS, "swatches": _SWATCHES}
    return render(request, "web/setup/components.html", shown)
