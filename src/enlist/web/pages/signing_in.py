"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enlist.core.errors import TooOften
from enlist.services import access
from enlist.web.request import Request, address_of


@never_cache
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; the answer to a wrong one is the same whatever was wrong with it."""
    asked = {name: request.POST.get(name, "") for name in ("organization", "name")}
    onward = request.POST.get("next") or request.GET.get("next", "")
    answer = {**asked, "next": onward, "several": access.are_several()}
    if request.method == "POST":
        try:
            account = access.account_of(**asked, password=request.POST.get("password", ""), address=address_of(request))
        except TooOften as error:
            answer["said"] = error.message
            wait = render(request, "web/sign_in.html", answer, status=429)
            wait["Retry-After"] = str(error.seconds)
            return wait
        if account is not None:
            login(request, account)
            return redirect(_onward(request, wanted=onward))
        answer["said"] = _("Name and password do not belong together, or this account may not sign in here.")
    return render(request, "web/sign_in.html", answer, status=403 if "said" in answer else 200)


@never_cache
@require_safe
def session(request: Request) -> JsonResponse:
    """For scripts: who is signed in; whoever is not is sent to sign in instead."""
    return JsonResponse({"who": request.scope.actor and request.scope.actor.pk})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _onward(request: HttpRequest, *, wanted: str) -> str:
    """Where somebody was going, if that is a page of ours."""
    fits = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if fits else resolve_url(settings.LOGIN_REDIRECT_URL)
