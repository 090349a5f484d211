"""A request as views get it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from enlist.services.access import Scope
from enlist.store.models import Account


class Request(HttpRequest):
    """A request of somebody signed in, with what it is about and their account (`middleware.ScopeMiddleware`)."""

    scope: Scope
    account: Account


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: what the server in front says where there is one, which adds to the end."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return told.rpartition(",")[2].strip() or str(request.META["REMOTE_ADDR"])
