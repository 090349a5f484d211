"""The request of a view, and where it comes from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from enlist.services.access import Scope
from enlist.store.models import Account


class Request(HttpRequest):
    """A signed-in person's request (see `middleware.ScopeMiddleware`)."""

    scope: Scope
    account: Account


def address_of(request: HttpRequest) -> str:
    """The client's IP address. A proxy in front appends it to the end of X-Forwarded-For."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META["REMOTE_ADDR"])
