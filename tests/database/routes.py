"""Every route of the URLconf, and how to request it, so that tests of all pages include new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from django.urls import URLPattern, URLResolver, get_resolver

from enlist.store.models import Condition, Course, Group

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
# Numbers of imports: one that was applied, and a draft.
APPLIED, DRAFT = "1", "2"


@dataclass(frozen=True)
class Route:
    """A page: its name, and its address with <name> where an argument stands."""

    name: str
    address: str

    @property
    def arguments(self) -> list[str]:
        """The names of its arguments."""
        return _ARGUMENT.findall(self.address)

    def path(self, arguments: Mapping[str, str | bytes]) -> str:
        """The path, percent-encoded; an argument that nobody names is 1."""
        return "/" + _ARGUMENT.sub(lambda found: quoted(arguments.get(found[1], "1")), self.address)


def routes() -> list[Route]:
    """All of them."""
    return [Route(name, address) for name, address in _routes(get_resolver(), before="")]


def _routes(found: URLResolver, *, before: str) -> Iterator[tuple[str, str]]:
    for each in found.url_patterns:
        address = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _routes(each, before=address)
        elif isinstance(each, URLPattern):
            yield str(each.name), address


def quoted(value: str | bytes) -> str:
    """A value as a part of an address."""
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))


def plausible(number: str = DRAFT) -> dict[str, Any]:
    """Arguments of what there is in the school of `test_web`."""
    return {
        "number": number,
        "username": "ann",
        "name": "moodle",
        "what": "rows",
        "kind": "csv",
        "field": "house",
        "group": str(Group.objects.get().pk),
        "course": str(Course.objects.get().pk),
        "condition": str(Condition.objects.get().pk),
    }
