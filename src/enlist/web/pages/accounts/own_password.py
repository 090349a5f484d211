"""Change one's own password: required after an administrator has set it."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enlist.services.accounts.own_password import password_change
from enlist.services.accounts.password_rules import least_length
from enlist.web.forms.own_password import OwnPasswordForm
from enlist.web.navigation import start_of
from enlist.web.request import Request


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: Request) -> HttpResponse:
    """The form; a POST changes the password and ends the person's other sessions."""
    least = least_length(request.scope.role)
    form = OwnPasswordForm(request.POST if request.method == "POST" else None, least=least)
    if form.is_valid() and form.saved(lambda: _change(request, sent=form.cleaned_data)):
        update_session_auth_hash(request, request.account)
        messages.success(request, _("Changed your password."))
        return redirect(start_of(request.account))
    answer = {"form": form, "must": request.account.must_change}
    return render(request, "web/own_password.html", answer, status=422 if form.errors else 200)


def _change(request: Request, *, sent: Mapping[str, str]) -> None:
    session = request.session.session_key or ""
    password_change(request.account, current=sent["current"], new=sent["new"], session=session)
