"""Middleware: logging, caching, sign-in, and the scope of a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import sync_only_middleware

from enlist.core.errors import NotAllowed, NotFound, PlanError
from enlist.core.rights import TEAM
from enlist.services import access
from enlist.web.navigation import OPEN_TO_ALL
from enlist.web.pages.errors import missing, refused
from enlist.web.request import Request

_log = logging.getLogger("enlist.web")

# Seconds that a request waits for the database while an import is being applied.
LOCK_TIMEOUT: Final = 20
# The pages that are open to people who must change their password first.
_ALWAYS_OPEN: Final = ("own-password", "sign-out", "session", "health")


@sync_only_middleware
class LogMiddleware:
    """Logs each request: route, status, duration, and the ids of the organisation and the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request and log it."""
        begun = time.perf_counter()
        response = self._get_response(request)
        scope = getattr(request, "scope", None)
        entry = {
            "method": request.method,
            "route": request.resolver_match.route if request.resolver_match else None,
            "status": response.status_code,
            "ms": round(1_000 * (time.perf_counter() - begun), 1),
            "organization": scope.organization.pk if scope else None,
            "person": scope.actor.pk if scope and scope.actor else None,
        }
        _log.info("request", extra={"fields": entry})
        return response


@sync_only_middleware
class PrivateMiddleware:
    """Forbids browsers and proxies to store pages and downloads. Static files are served before this middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self._get_response(request)
        response.headers["Cache-Control"] = "no-store"
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Redirects people who aren't signed in; a request for a part of a page gets a message instead."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """The answer to people who aren't signed in."""
        answer = super().process_view(request, *view)
        return render(request, "web/signed_out.html") if answer and "HX-Request" in request.headers else answer


def _zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The time zone of the person who asks; None is the site's own."""
    scope = getattr(request, "scope", None)
    try:
        return ZoneInfo(scope.actor.timezone) if scope and scope.actor and scope.actor.timezone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@sync_only_middleware
class ScopeMiddleware:
    """Sets the `scope` of a signed-in person's request, and turns errors of services into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if request.user.is_authenticated:
            scoped = cast(Request, request)
            scoped.account, scoped.scope = request.user, access.scope_of_account(request.user)
            is_open = request.path in map(resolve_url, _ALWAYS_OPEN) or request.path.startswith(resolve_url("help"))
            if request.user.must_change and not is_open:
                return redirect("own-password")
        with access.wait_at_most(LOCK_TIMEOUT), timezone.override(_zone_of(request)):
            return self._get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Refuse pages of the team to everybody else, so that a new page is closed to them until it says otherwise."""
        scope, match = getattr(request, "scope", None), request.resolver_match
        is_open = not getattr(view[0], "login_required", True) or (match and match.url_name in OPEN_TO_ALL)
        if scope is None or scope.role in TEAM or is_open:
            return None
        return refused(request, error=NotAllowed("team_only", role=scope.role))

    def process_exception(self, request: HttpRequest, *raised: Exception) -> HttpResponse | None:
        """The page for an error of a service; records of other organisations look like missing ones."""
        (error,) = raised
        if isinstance(error, PlanError) and error.code == "file_not_read" and request.method == "GET":
            # That page shows the progress, or what went wrong.
            return redirect("import-source", number=error.fields["number"])
        return missing(request, exception=error) if isinstance(error, NotFound) else refused(request, error=error)
