"""The settings of the organisation: its name, shared e-mail addresses, limits, retention."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import PolicyError
from enlist.core.rights import Right
from enlist.web.forms.organization import PARTS
from enlist.web.request import Request
from enlist.web.rights import may


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """The settings; a POST changes one part."""
    part = request.POST.get("part", "") if request.method == "POST" else None
    if part is not None and part not in PARTS:
        raise PolicyError("form_part_unknown")
    forms = {name: make(request.POST if name == part else None, scope=request.scope) for name, make in PARTS.items()}
    form = forms[part] if part else None
    if form and form.is_valid() and form.saved(form.save):
        messages.success(request, _("Saved."))
        return redirect("organization")
    shown = {
        **forms,
        "may_change": may(request.scope, right=Right.CHANGE_ORGANIZATION),
        "may_limit": may(request.scope, right=Right.APPROVE),
    }
    return render(request, "web/setup/organization.html", shown, status=422 if form else 200)
