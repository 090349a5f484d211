"""What is said where a page cannot be shown: never without a sentence and a way on."""

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
    """Something that was sent is not text, or is in an encoding that no browser uses here."""


def missing(request: HttpRequest, *_also: object, exception: Exception | None = None) -> HttpResponse:
    """Not found, or another organisation's: who asks cannot tell which."""
    said = exception.message if isinstance(exception, EnlistError) else _("There is no such page.")
    return render(request, "web/error.html", {"title": _("Not found"), "said": said}, status=404)


def refused(request: HttpRequest, *, error: Exception) -> HttpResponse | None:
    """A sentence for an error that a service foresaw; all others are `broken`."""
    if not isinstance(error, EnlistError):
        return None
    status = 403 if isinstance(error, NotAllowed) else 429 if isinstance(error, TooOften) else 409
    answer = {"title": _("This cannot be done"), "said": error_text(error)}
    page = render(request, "web/error.html", answer, status=status)
    if isinstance(error, TooOften):
        page["Retry-After"] = str(error.seconds)
    return page


def bad(request: HttpRequest, *_also: object, exception: Exception | None = None) -> HttpResponse:
    """What was sent cannot be taken: it is too much, no text, or no request of ours."""
    if isinstance(exception, NotText):
        said = _("Something that was sent is not text: it holds a NUL or half a character. Nothing was changed.")
    else:
        said = _("What was sent is too large or damaged. Nothing was changed. Send a file instead of pasting so much.")
    return render(request, "web/error.html", {"title": _("This cannot be taken"), "said": said}, status=400)


def forged(request: HttpRequest, *, reason: str = "") -> HttpResponse:
    """A form of an older session, or of another site."""
    del reason
    said = _("This form is out of date: you signed in or out since it was opened. Nothing was changed. Open it again.")
    return render(request, "web/error.html", {"title": _("Open this page again"), "said": said}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something nobody foresaw, or the database cannot be used."""
    error = sys.exc_info()[1]
    problem = database_problem(error) if isinstance(error, Exception) else None
    said = _("Nothing was changed by this. Try again; if it happens again, tell whoever runs this site.")
    values = {"title": _("Something went wrong"), "said": error_text(problem) if problem else said}
    return render(request, "web/error.html", values, status=503 if problem else 500)
