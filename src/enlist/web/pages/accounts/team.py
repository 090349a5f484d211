"""The team and its roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.rights import TEAM, Right, may_give
from enlist.services.access import check_right
from enlist.services.accounts import team
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.team import ColleagueForm, MemberForm, RoleForm, role_words
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request) -> HttpResponse:
    """The team; a POST adds a colleague or a person of the directory, removes somebody, or changes a role."""
    check_right(request.scope, right=Right.CHANGE_TEAM)
    sent = request.POST if request.method == "POST" else None
    own = request.scope.actor.site_role if request.scope.actor else "owner"
    roles = [role for role in TEAM if may_give(role, by=own)]
    colleague = ColleagueForm(sent if sent and "email" in sent else None, roles=roles)
    invited = _invited(request, form=colleague)
    found = team.team_list(request.scope)
    row = sent.get("row", "") if sent else ""
    rows = {
        each.username: RoleForm(
            sent if each.username == row else None, roles=roles, username=each.username, role=each.role
        )
        for each in found
        if may_give(each.role, by=own)
    }
    new = MemberForm(sent if row not in rows and not colleague.is_bound else None, roles=roles)
    form = rows.get(row, new)
    if form.is_valid() and _saved(request, form=form, username=row or form.cleaned_data["username"].strip()):
        return redirect("team")
    shown = {
        "team": [(each, rows.get(each.username)) for each in found],
        "form": new,
        "colleague": ColleagueForm(None, roles=roles) if invited else colleague,
        "invited": invited,
    }
    return render(request, "web/setup/team.html", shown, status=422 if form.errors or colleague.errors else 200)


def _invited(request: Request, *, form: ColleagueForm) -> dict[str, str | None] | None:
    """The username and the one-time password of a colleague who was added."""
    made: list[tuple[str, str | None]] = []
    if not form.is_valid():
        return None
    add = lambda: made.append(team.team_invite(request.scope, names=form.names(), role=form.cleaned_data["role"]))  # noqa: E731
    return dict(zip(("username", "password"), made[0], strict=True)) if form.saved(add) else None


def _saved(request: Request, *, form: ServiceForm, username: str) -> bool:
    role, before = form.cleaned_data["role"], []
    change = lambda: before.append(team.team_change(request.scope, username=username, role=role or None).old)  # noqa: E731
    if not form.saved(change, missing="username" if "username" in form.fields else "role"):
        return False
    names = {"name": username, "role": role_words(role), "before": role_words(before[0])}
    message = _("%(name)s is now %(role)s.") if role else _("Removed %(name)s (%(before)s) from the team.")
    messages.success(request, message % names)
    return True
