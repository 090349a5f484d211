"""A request as views get it."""

from __future__ import annotations

from django.http import HttpRequest

from enlist.services.access import Scope
from enlist.store.models import Account


class Request(HttpRequest):
    """A request of somebody signed in, with what it is about and their account (`middleware.ScopeMiddleware`)."""

    scope: Scope
    account: Account
