"""What every request knows: whose data it is about, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from enlist.core.errors import NotFound
from enlist.services import access
from enlist.web.pages.errors import missing, refused
from enlist.web.request import Request


@sync_only_middleware
class ScopeMiddleware:
    """Gives requests of somebody signed in their `scope`; what a service refuses becomes a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.user.is_authenticated:
            cast(Request, request).scope = access.scope_of_account(request.user)
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, *raised: Exception) -> HttpResponse | None:
        """A sentence where we foresaw what went wrong; whose thing it is not learns only that there is none."""
        (error,) = raised
        return missing(request, exception=error) if isinstance(error, NotFound) else refused(request, error=error)
