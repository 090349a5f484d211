"""Error pages. Each says what happened and what to do."""

from __future__ import annotations

import sys

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from enlist.core.errors import EnlistError, NotAllowed, TooOften
from enlist.services.access import database_problem
from enlist.web.hints import error_text


class NotText(SuspiciousOperation):
    """The request contains something that isn't text."""


def missing(request: HttpRequest, *_also: object, exception: Exception | None = None) -> HttpResponse:
    """404: not found, or of another organisation."""
    message = exception.message if isinstance(exception, EnlistError) else _("There is no such page.")
    return _page(request, title=_("Not found"), message=message, status=404)


def refused(request: HttpRequest, *, error: Exception) -> HttpResponse | None:
    """403, 429 or 409: an error of a service. None for other errors, which are `broken`."""
    if not isinstance(error, EnlistError):
        return None
    status = 403 if isinstance(error, NotAllowed) else 429 if isinstance(error, TooOften) else 409
    page = _page(request, title=_("This can't be done"), message=error_text(error), status=status)
    if isinstance(error, TooOften):
        page["Retry-After"] = str(error.seconds)
    return page


def bad(request: HttpRequest, *_also: object, exception: Exception | None = None) -> HttpResponse:
    """400: the request is too large, damaged, or not text."""
    if isinstance(exception, NotText):
        message = _("The request contains invalid text (a NUL or half a character). Nothing was changed.")
    else:
        message = _("The request is too large or damaged. Nothing was changed. Upload long text as a file.")
    return _page(request, title=_("Invalid request"), message=message, status=400)


def forged(request: HttpRequest, *, reason: str = "") -> HttpResponse:
    """403: a form of an older session, or of another site."""
    del reason
    message = _("You signed in or out since you opened this form. Nothing was changed. Reload the form.")
    return _page(request, title=_("This form is out of date"), message=message, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 if the database can't be used."""
    error = sys.exc_info()[1]
    problem = database_problem(error) if isinstance(error, Exception) else None
    message = _("Nothing was changed. Try again. If it happens again, contact your administrator.")
    return _page(
        request,
        title=_("Something went wrong"),
        message=error_text(problem) if problem else message,
        status=503 if problem else 500,
    )


def _page(request: HttpRequest, *, title: str, message: str, status: int) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "said": message}, status=status)
