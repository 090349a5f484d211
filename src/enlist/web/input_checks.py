"""Input checks: what no page can use is refused in one place: text no database stores, odd encodings, numbers, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.decorators import sync_only_middleware

from enlist.web.pages.errors import NotText, bad, missing

# PostgreSQL stores no NUL, and half a surrogate pair has no UTF-8.
_NOT_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_ENCODINGS: Final = ("", "utf-8", "utf8", "us-ascii", "ascii")
# What the grid sends is three levels deep, and its largest number is that of a row.
_DEEPEST: Final = 8
_DIGITS: Final = 9


def is_text(value: str) -> bool:
    """Whether every database can store it."""
    return not _NOT_TEXT.search(value)


def whole_number(said: str, *, digits: int = _DIGITS) -> int | None:
    """A whole number of so many digits at most; None for anything else."""
    return int(said) if said.isdecimal() and len(said) <= digits else None


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The object that a script sends.

    Raises ValueError where it is a form, no JSON, no object, too deep, or holds a number or text that no page can use.
    """
    if request.content_type != "application/json":
        raise ValueError("It is a form, which was read already.")
    try:
        found = json.loads(request.body, parse_int=_small, parse_float=_refused, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("It is too deep.") from error
    if not isinstance(found, dict):
        raise ValueError("It is no object.")
    level: list[Any] = [found]
    for _depth in range(_DEEPEST):
        if not all(is_text(each) for each in level if isinstance(each, str)):
            raise ValueError("It holds what is not text.")
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return found
    raise ValueError("It is too deep.")


def _inside(value: Any) -> Iterable[Any]:
    return (*value.keys(), *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()


def _small(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError("No page has such a number.")
    return int(digits)


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no whole number.")


@sync_only_middleware
class InputMiddleware:
    """Refuses requests whose address, cookies or form hold what is not text, before any page reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request. What has such an address does not exist."""
        if not is_text(request.path_info):
            return missing(request)
        if (request.encoding or "").lower() not in _ENCODINGS:
            return bad(request, exception=NotText())
        if not (_all_text(request.GET) and all(map(is_text, request.COOKIES.values()))):
            return bad(request, exception=NotText())
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Refuse a form; it is read no earlier, for who asks decides which files are taken in."""
        try:
            is_fine = _all_text(request.POST) and all(is_text(name) for name in request.FILES)
        except (LookupError, UnreadablePostError):
            # A part names an encoding that there is not, or whoever sent it went away.
            is_fine = False
        return None if is_fine else bad(request, exception=NotText())


def _all_text(sent: QueryDict) -> bool:
    return all(is_text(name) and all(map(is_text, values)) for name, values in sent.lists())
