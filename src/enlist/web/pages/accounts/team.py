"""The team and its roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.rights import TEAM, may_give
from enlist.services.accounts import team
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.team import MemberForm, RoleForm, role_words
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """The team; a POST adds or removes a person or changes a role."""
    found = team.team_list(request.scope)
    own = request.scope.actor.site_role if request.scope.actor else "owner"
    roles = [role for role in TEAM if may_give(role, by=own)]
    sent = request.POST if request.method == "POST" else None
    row = sent.get("row", "") if sent else ""
    rows = {
        each.username: RoleForm(
            sent if each.username == row else None, roles=roles, username=each.username, role=each.role
        )
        for each in found
        if may_give(each.role, by=own)
    }
    new = MemberForm(sent if row not in rows else None, roles=roles)
    form = rows.get(row, new)
    if form.is_valid() and _saved(request, form=form, username=row or form.cleaned_data["username"].strip()):
        return redirect("team")
    shown = {"team": [(each, rows.get(each.username)) for each in found], "form": new}
    return render(request, "web/setup/team.html", shown, status=422 if form.errors else 200)


def _saved(request: Request, *, form: ServiceForm, username: str) -> bool:
    role, before = form.cleaned_data["role"], []
    change = lambda: before.append(team.team_change(request.scope, username=username, role=role or None))  # noqa: E731
    if not form.saved(change, missing="username" if "username" in form.fields else "role"):
        return False
    names = {"name": username, "role": role_words(role), "before": role_words(before[0])}
    message = _("%(name)s is now %(role)s.") if role else _("Removed %(name)s (%(before)s) from the team.")
    messages.success(request, message % names)
    return True
