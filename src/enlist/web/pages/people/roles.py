"""Add and remove roles from a person's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.services.people import roles
from enlist.web.pages.drafts.draft import refusal
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, *, username: str) -> HttpResponse:
    """Give a person a role outside of the team, or take one."""
    if request.method == "POST":
        role, is_new = request.POST.get("role", ""), request.POST.get("do") != "remove"
        do = roles.role_add if is_new else roles.role_remove
        if message := refusal(lambda: do(request.scope, username=username, role=role)):
            messages.warning(request, message)
        else:
            added, removed = _("%(name)s has the role %(role)s now."), _("%(name)s no longer has the role %(role)s.")
            messages.success(request, (added if is_new else removed) % {"name": username, "role": role})
    return redirect("person", username=username)
