"""What stands around every page: where one can go, and who one is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.utils import Error
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enlist.core.rights import Grant, Right, grant
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS, SETUP_KINDS
from enlist.services.access import Scope
from enlist.services.imports import notices
from enlist.services.imports.notices import Notice


@dataclass(frozen=True)
class Place:
    """An entry on the left: the name of its address, what it is called, its icon, the right it takes."""

    name: str
    title: Any
    icon: str
    right: Right | None = None
    of_settings: bool = False

    def is_open(self, scope: Scope) -> bool:
        """Whether somebody finds anything there."""
        role = scope.actor.site_role if scope.actor else ""
        return self.right is None or grant(role, right=self.right) is Grant.YES


PLACES = (
    Place("imports", _("Imports"), "box-arrow-in-down"),
    Place("people", _("People"), "people"),
    *(Place(kind.pages, _(kind.title), kind.icon, kind.see) for kind in (GROUPS, COURSES)),
    Place("activity", _("Activity"), "clock-history"),
    *(Place(kind.pages, _(kind.title), kind.icon, kind.see, of_settings=True) for kind in (PROFILE_FIELDS,)),
    Place("roles", _("Roles"), "person-badge", Right.SEE_SETUP, of_settings=True),
    Place("organization", _("Organisation"), "building", Right.SEE_SETUP, of_settings=True),
    Place("team", _("Team"), "shield-check", Right.CHANGE_TEAM, of_settings=True),
    Place("presets", _("Presets"), "sliders", Right.SEE_SETUP, of_settings=True),
)

# Pages within a place.
_ABOUT = {
    "import": "imports",
    "home": "imports",
    "person": "people",
    "preset": "presets",
    **{kind.page: kind.pages for kind in SETUP_KINDS},
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """For templates: places, here (the name of the place shown), organization, me, notices (of their imports)."""
    scope = getattr(request, "scope", None)
    if scope is None:
        return {}
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    starts = (name, name.rpartition("-")[0], name.partition("-")[0])
    here = next((_ABOUT[start] for start in starts if start in _ABOUT), name)
    return {
        "places": [place for place in PLACES if place.is_open(scope)],
        "here": here,
        "organization": scope.organization,
        "me": scope.actor,
        "notices": _notices(scope),
    }


def _notices(scope: Scope) -> list[Notice]:
    # Also a page that says that the database is away is a page.
    with suppress(Error):
        return notices.notices_list(scope)
    return []
