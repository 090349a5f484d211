"""What every request knows: whose data it is about, and who asks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, cast

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import sync_only_middleware

from enlist.core.errors import NotFound, PlanError
from enlist.services import access
from enlist.web.pages.errors import missing, refused
from enlist.web.request import Request

_log = logging.getLogger("enlist.web")

# Seconds that a request waits until it can write beside an import that is being applied.
PATIENCE: Final = 20
# Where whoever has to change their password may go before they did.
_DOORS: Final = ("own-password", "sign-out", "session", "health")


@sync_only_middleware
class LogMiddleware:
    """Logs every request: which route, of which organisation and account (ids), how it ended, how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        begun = time.perf_counter()
        response = self._get_response(request)
        scope = getattr(request, "scope", None)
        told = {
            "method": request.method,
            "route": request.resolver_match.route if request.resolver_match else None,
            "status": response.status_code,
            "ms": round(1_000 * (time.perf_counter() - begun), 1),
            "organization": scope.organization.pk if scope else None,
            "person": scope.actor.pk if scope and scope.actor else None,
        }
        _log.info("request", extra={"fields": told})
        return response


@sync_only_middleware
class PrivateMiddleware:
    """Nothing that a page or download shows is kept by a browser or proxy; static files never come as far as here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self._get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to do so; a part of a page says so in its own place."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """The answer to whoever is not signed in, where the view wants that."""
        answer = super().process_view(request, *view)
        return render(request, "web/signed_out.html") if answer and "HX-Request" in request.headers else answer


@sync_only_middleware
class ScopeMiddleware:
    """Gives requests of somebody signed in their `scope`; what a service refuses becomes a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.user.is_authenticated:
            ours = cast(Request, request)
            ours.account, ours.scope = request.user, access.scope_of_account(request.user)
            if request.user.must_change and request.path not in map(resolve_url, _DOORS):
                return redirect("own-password")
        with access.wait_at_most(PATIENCE):
            return self._get_response(request)

    def process_exception(self, request: HttpRequest, *raised: Exception) -> HttpResponse | None:
        """A sentence where we foresaw what went wrong; whose thing it is not learns only that there is none."""
        (error,) = raised
        if isinstance(error, PlanError) and error.code == "file_not_read" and request.method == "GET":
            # Its page tells how far the reading is, or what went wrong.
            return redirect("import-source", number=error.fields["number"])
        return missing(request, exception=error) if isinstance(error, NotFound) else refused(request, error=error)
