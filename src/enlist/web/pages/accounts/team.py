"""The team: who looks after the organisation, and as what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError
from enlist.core.rights import TEAM, may_give
from enlist.services.accounts import team
from enlist.web.hints import error_text
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """Everybody of the team; posted, somebody gets another role, comes in, or goes out."""
    found = team.team_list(request.scope)
    if request.method == "POST":
        try:
            messages.success(request, _changed(request))
        except EnlistError as error:
            messages.warning(request, error_text(error))
        return redirect("team")
    own = request.scope.actor.site_role if request.scope.actor else "owner"
    roles = [role for role in TEAM if may_give(role, by=own)]
    shown = [{**each, "may_change": may_give(each["role"], by=own)} for each in found]
    return render(request, "web/setup/team.html", {"team": shown, "roles": roles})


def _changed(request: Request) -> str:
    username, role = request.POST.get("username", "").strip(), request.POST.get("role", "")
    before = team.team_change(request.scope, username=username, role=role or None)
    if not role:
        return _("%(name)s is no longer in the team, and was %(before)s.") % {"name": username, "before": said(before)}
    return _("%(name)s is %(role)s now.") % {"name": username, "role": said(role)}


def said(role: str) -> str:
    """A role as people read it."""
    return role.replace("_", " ")
