"""The first run: the page of the one-time set-up address, and the demo school."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from enlist.services.setup import first_run
from enlist.store.models import Account
from enlist.web.forms.set_up import SetUpForm
from enlist.web.request import Request

_OWNER: Final = ("firstname", "lastname", "email")


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, *, token: str) -> HttpResponse:
    """The form of the organisation and its first owner; a POST creates both and signs the owner in."""
    state = first_run.set_up_state(token)
    if state != "valid":
        return render(request, "web/setup/set_up.html", {"state": state})
    form = SetUpForm(request.POST if request.method == "POST" else None)
    made: list[Account] = []
    if form.is_valid() and form.saved(lambda: made.append(_made(token, form=form))):
        login(request, made[0])
        return redirect("imports")
    shown = {"state": state, "form": form}
    return render(request, "web/setup/set_up.html", shown, status=422 if form.errors else 200)


def _made(token: str, *, form: SetUpForm) -> Account:
    sent = form.cleaned_data
    owner = {name: sent[name] for name in _OWNER}
    return first_run.set_up(token, organization=sent["organization"], owner=owner, password=sent["password"])


@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: Request) -> HttpResponse:
    """Add the demo school."""
    # Such as the redirect after signing in.
    if request.method != "POST":
        return redirect("imports")
    count = first_run.demo_add(request.scope)
    said = ngettext("Added the demo school: %d person.", "Added the demo school: %d people.", count) % count
    messages.success(request, said if count else _("There are people already, so nothing was added."))
    return redirect("imports")
