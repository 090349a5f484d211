"""What stands around every page: where one can go, and who one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """An entry on the left: the name of its address, what it is called, its icon."""

    name: str
    title: Any
    icon: str


PLACES = (
    Place("imports", _("Imports"), "box-arrow-in-down"),
    Place("people", _("People"), "people"),
    Place("activity", _("Activity"), "clock-history"),
)

# Pages within a place.
_ABOUT = {"import": "imports", "home": "imports", "person": "people"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """For templates: places, here (the name of the place shown), organization, me."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {}
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    here = _ABOUT.get(name.partition("-")[0], name)
    return {"places": PLACES, "here": here, "organization": scope.organization, "me": scope.actor}
