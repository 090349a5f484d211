"""Sign in and out."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enlist.core.errors import TooOften
from enlist.services import access
from enlist.services.accounts.sign_in import TOKEN_LASTS, Attempt, SignedIn, account_sign_in
from enlist.web.navigation import start_of
from enlist.web.request import Request, address_of

# The cookie of browsers in which somebody signed in before.
TOKEN: Final = "signed_in_before"  # noqa: S105 a name


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; a POST signs in. The answer is the same for every kind of wrong input."""
    names = {name: request.POST.get(name, "") for name in ("organization", "name")}
    next_url = request.POST.get("next") or request.GET.get("next", "")
    context = {**names, "next": next_url, "several": access.are_several()}
    if request.method != "POST":
        return render(request, "web/sign_in.html", context)
    password, token = request.POST.get("password", ""), request.COOKIES.get(TOKEN, "")
    attempt = Attempt(**names, password=password, address=address_of(request), token=token)
    try:
        found = account_sign_in(attempt)
    except TooOften as error:
        page = render(request, "web/sign_in.html", {**context, "said": error.message}, status=429)
        page["Retry-After"] = str(error.seconds)
        return page
    if found is not None:
        return _signed_in(request, found=found, next_url=next_url)
    said = _("Wrong name or password. If you share an address, use your username.")
    return render(request, "web/sign_in.html", {**context, "said": said}, status=403)


def _signed_in(request: HttpRequest, *, found: SignedIn, next_url: str) -> HttpResponse:
    login(request, found.account)
    is_safe = url_has_allowed_host_and_scheme(
        next_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    page = redirect(next_url if is_safe else start_of(found.account))
    page.set_cookie(
        TOKEN,
        found.token,
        max_age=TOKEN_LASTS,
        path=resolve_url("sign-in"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return page


@require_safe
def session(request: Request) -> JsonResponse:
    """The id of the signed-in person, for scripts."""
    return JsonResponse({"who": request.scope.actor and request.scope.actor.pk})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")
