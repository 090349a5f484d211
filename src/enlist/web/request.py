"""A request as views get it."""

from __future__ import annotations

from django.http import HttpRequest

from enlist.services.access import Scope


class Request(HttpRequest):
    """A request of somebody signed in, with what it is about (`middleware.ScopeMiddleware`)."""

    scope: Scope
