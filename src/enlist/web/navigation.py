"""The navigation around every page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.utils import Error
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enlist.core.errors import NotFound
from enlist.core.rights import TEAM, Right
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS, SETUP_KINDS
from enlist.services.access import Scope
from enlist.services.imports import notices
from enlist.services.imports.notices import Notice
from enlist.services.people import own
from enlist.store.models import Account
from enlist.web.help_pages import help_of
from enlist.web.rights import may


@dataclass(frozen=True)
class Place:
    """An entry of the sidebar: URL name, title, icon, and the right that it needs.

    kind: of link to learners, or a role, one of which it needs.
    """

    name: str
    title: Any
    icon: str
    right: Right | None = None
    of_settings: bool = False
    kind: str = ""


PLACES = (
    Place("imports", _("Imports"), "box-arrow-in-down"),
    Place("people", _("People"), "people"),
    *(Place(kind.pages, _(kind.title), kind.icon, kind.see) for kind in (GROUPS, COURSES)),
    Place("activity", _("Activity"), "clock-history"),
    Place(PROFILE_FIELDS.pages, _(PROFILE_FIELDS.title), PROFILE_FIELDS.icon, PROFILE_FIELDS.see, of_settings=True),
    Place("conditions", _("Conditions"), "funnel", Right.SEE_SETUP, of_settings=True),
    Place("roles", _("Roles"), "person-badge", Right.SEE_SETUP, of_settings=True),
    Place("organization", _("Organisation"), "building", Right.SEE_SETUP, of_settings=True),
    Place("team", _("Team"), "shield-check", Right.CHANGE_TEAM, of_settings=True),
    Place("presets", _("Presets"), "sliders", Right.SEE_SETUP, of_settings=True),
)
# The pages that everybody has.
OWN_PLACES = (
    Place("my-courses", _("My courses"), "mortarboard"),
    Place("my-children", _("My children"), "person-hearts", kind="parent"),
    Place("my-students", _("My students"), "person-video3", kind="instructor"),
    Place("my-details", _("My details"), "person-vcard"),
)
# What people without a role in the team can request, besides pages that need no sign-in.
_OWN_PAGES = {"home", "my-courses", "my-data", "my-details", "my-details-edit"}
_ADDRESS_PAGES = {"my-details-address", "my-details-confirm"}
_LEARNERS_PAGES = {"my-children", "my-child", "my-child-password", "my-students", "my-student"}
OPEN_TO_ALL = frozenset({*_OWN_PAGES, *_ADDRESS_PAGES, *_LEARNERS_PAGES, "own-password", "session", "sign-out"})

# The place of other pages.
_PLACE_OF = {
    "import": "imports",
    "home": "imports",
    "person": "people",
    "condition": "conditions",
    "preset": "presets",
    "my-child": "my-children",
    "my-child-password": "my-children",
    "my-student": "my-students",
    **{kind.page: kind.pages for kind in SETUP_KINDS},
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of every page: places, here (the current one), help (its URL), organization, me, notices.

    is_rail: inside an import, the navigation leaves its room to the rows.
    """
    scope = getattr(request, "scope", None)
    if scope is None:
        return {}
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    starts = (name, name.rpartition("-")[0], name.partition("-")[0])
    here = next((_PLACE_OF[start] for start in starts if start in _PLACE_OF), name)
    is_of_team = scope.role in TEAM
    of_team = [place for place in PLACES if place.right is None or may(scope, right=place.right)]
    own_places = _own_places(scope)
    places = of_team if is_of_team else own_places
    settings = [place for place in places if place.of_settings]
    return {
        "places": places,
        "own_places": own_places,
        "is_of_team": is_of_team,
        "settings_places": settings,
        "here": here,
        "help": help_of(name),
        "is_settings": here in {place.name for place in settings},
        "is_rail": here == "imports" and name not in ("imports", "home"),
        "organization": scope.organization,
        "me": scope.actor,
        "notices": _notices(scope) if is_of_team else [],
    }


def start_of(account: Account) -> str:
    """The name of the page where a person starts."""
    role = account.person.site_role if account.person else ""
    return "imports" if role in TEAM else "my-children" if role == "parent" else "my-courses"


def _own_places(scope: Scope) -> list[Place]:
    kinds = {"", scope.role}
    # The page that says that the database is unavailable has a navigation too.
    with suppress(Error, NotFound):
        kinds |= own.own_links(scope)
    return [place for place in OWN_PLACES if place.kind in kinds]


def _notices(scope: Scope) -> list[Notice]:
    with suppress(Error):
        return notices.notices_list(scope)
    return []
