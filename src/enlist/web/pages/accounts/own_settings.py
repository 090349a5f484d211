"""One's own settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.services.people.edit import own_details_set
from enlist.web.forms.own_settings import OwnSettingsForm
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: Request) -> HttpResponse:
    """The form; a POST changes the time zone."""
    zone = request.scope.actor.timezone if request.scope.actor else ""
    form = OwnSettingsForm(request.POST if request.method == "POST" else None, zone=zone)
    if form.is_valid() and form.saved(lambda: own_details_set(request.scope, values=form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("own-settings")
    return render(request, "web/own_settings.html", {"form": form}, status=422 if form.errors else 200)
