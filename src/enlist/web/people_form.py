"""The form above a list of people: whom it is about, as controls and as an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from enlist.core.errors import PolicyError
from enlist.core.fields.fields import SITE_ROLES
from enlist.services.people.listing import MADE_BY, STATES, Wanted
from enlist.web.input_checks import whole_number

# What an address calls each part of `Wanted`.
_NAMES: Final = {
    "by": "by",
    "begins": "prefix",
    "state": "state",
    "role": "role",
    "source": "source",
    "group": "group",
    "course": "course",
    "import": "of_import",
    "never": "never",
}
SORTS: Final = (("username", _("username")), ("lastname", _("last name")), ("email", _("e-mail")))


@dataclass(frozen=True)
class Choice:
    """A control that leaves some people: its name, what it is called, what is chosen, (value, title) of each option."""

    name: str
    title: Any
    value: str
    options: list[tuple[str, Any]]


def wanted_of(sent: QueryDict) -> Wanted:
    """Whom a form asks for. Raises PolicyError for a number that is none."""
    asked = {field: sent.get(name, "").strip() for name, field in _NAMES.items()}
    said = asked.pop("of_import")
    number = whole_number(said)
    if said and number is None:
        raise PolicyError("import_number_refused", value=said)
    return Wanted(
        **{**asked, "by": asked["by"] or "username", "never": bool(asked["never"])},  # type: ignore[arg-type]
        of_import=number,
    )


def address_of(wanted: Wanted) -> str:
    """The same as the query of an address, without what asks for nothing."""
    plain = Wanted()
    said = {name: getattr(wanted, field) for name, field in _NAMES.items()}
    kept = {name: value for name, value in said.items() if value != getattr(plain, _NAMES[name])}
    return urlencode({name: "yes" if value is True else value for name, value in kept.items()})


def choices(wanted: Wanted, *, groups: list[tuple[int, str]]) -> list[Choice]:
    """The controls beside how names begin; groups: ids and names to choose from."""
    known: list[tuple[str, Any]] = [(f"#{key}", name) for key, name in groups]
    if wanted.group and wanted.group not in dict(known):
        known.append((wanted.group, wanted.group))
    return [
        Choice("state", _("Status"), wanted.state, [(name, _TITLES[name]) for name in STATES]),
        Choice("role", _("Role"), wanted.role, [(name, name.replace("_", " ")) for name in SITE_ROLES]),
        Choice("source", _("Added"), wanted.source, [(name, _TITLES[name]) for name in MADE_BY]),
        Choice("group", _("Group"), wanted.group, known),
    ]


_TITLES: Final = {
    "active": _("active"),
    "inactive": _("inactive"),
    "manual": _("by hand"),
    "import": _("by an import"),
}
