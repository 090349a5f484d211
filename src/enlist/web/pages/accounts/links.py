"""The page of a link: activate an account, or choose a new password."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enlist.services.accounts import invitations
from enlist.store.models import Account
from enlist.web.forms.own_password import ActivationForm
from enlist.web.navigation import start_of


@login_not_required
@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, *, token: str) -> HttpResponse:
    """The form of a new password; a POST uses the link and signs in. Programs that check mails open it with a GET."""
    link = invitations.link_show(token)
    if link is None:
        return _over(request)
    sent = request.POST if request.method == "POST" else None
    form = ActivationForm(sent, least=link.least, terms=link.terms and link.terms[0])
    used: list[Account] = []
    if form.is_valid():
        password = form.cleaned_data["new"]
        if form.saved(lambda: used.append(invitations.link_use(token, password=password, terms=form.terms))):
            login(request, used[0])
            return redirect(start_of(used[0]))
        if invitations.link_show(token) is None:
            return _over(request)
    shown = {"link": link, "form": form}
    return render(request, "web/choose_password.html", shown, status=422 if form.errors else 200)


def _over(request: HttpRequest) -> HttpResponse:
    """One page for links that are used, expired, replaced, void or wrong, so that it reveals nothing."""
    return render(request, "web/link_over.html", status=410)
