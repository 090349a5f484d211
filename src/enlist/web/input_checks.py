"""Checks of all input: text that a database can't store, encodings, numbers, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.decorators import sync_only_middleware

from enlist.web.pages.errors import NotText, bad, missing

# PostgreSQL can't store NUL, and UTF-8 can't encode half a surrogate pair.
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_ENCODINGS: Final = ("", "utf-8", "utf8", "us-ascii", "ascii")
# The grid sends three levels, and row numbers.
_MAX_DEPTH: Final = 8
_DIGITS: Final = 9


def is_text(value: str) -> bool:
    """Whether every database can store a text."""
    return not _NOT_TEXT.search(value)


def whole_number(text: str, *, digits: int = _DIGITS) -> int | None:
    """A whole number of at most this many digits; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= digits else None


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a script sends.

    Raises ValueError for anything else, and if it is too deep or contains unusable numbers or text.
    """
    if request.content_type != "application/json":
        raise ValueError("Not JSON.")
    try:
        found = json.loads(request.body, parse_int=_small, parse_float=_refused, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("Too deep.") from error
    if not isinstance(found, dict):
        raise ValueError("Not an object.")
    level: list[Any] = [found]
    for _depth in range(_MAX_DEPTH):
        if not all(is_text(each) for each in level if isinstance(each, str)):
            raise ValueError("Not text.")
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return found
    raise ValueError("Too deep.")


def _inside(value: Any) -> Iterable[Any]:
    return (*value.keys(), *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()


def _small(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("Too many digits.")
    return int(digits)


def _refused(word: str) -> None:
    raise ValueError(f"{word} isn't a whole number.")


@sync_only_middleware
class InputMiddleware:
    """Refuses requests whose URL, cookies or form contain unusable text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request: 404 for a URL with such text, 400 for anything else."""
        if not is_text(request.path_info):
            return missing(request)
        if (request.encoding or "").lower() not in _ENCODINGS:
            return bad(request, exception=NotText())
        if not (_all_text(request.GET) and all(map(is_text, request.COOKIES.values()))):
            return bad(request, exception=NotText())
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Check the form. Not earlier: which files are accepted depends on the signed-in person."""
        try:
            is_fine = _all_text(request.POST) and all(is_text(name) for name in request.FILES)
        except (LookupError, UnreadablePostError):
            # A part has an unknown encoding, or the connection was closed.
            is_fine = False
        return None if is_fine else bad(request, exception=NotText())


def _all_text(sent: QueryDict) -> bool:
    return all(is_text(name) and all(map(is_text, values)) for name, values in sent.lists())


def typed_count(text: str) -> int | None:
    """A count that a person typed, with any separators; None for anything else."""
    typed = "".join(sign for sign in text if sign not in " ,.'\u202f\xa0")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None
