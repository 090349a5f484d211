"""Fixes: values to choose from for a cell whose field only takes certain ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from enlist.core.clean import fold
from enlist.core.directory.directory import Reference
from enlist.core.fields.fields import PROFILE_PREFIX, SITE_ROLES
from enlist.core.flags.catalogue import FLAGS
from enlist.core.headers.words import NUMBERED

# The longest list to choose from.
_MOST: Final = 200
_LIKE: Final = 0.6


def possible(slug: str, *, reference: Reference) -> tuple[str, ...]:
    """The values that a field can have, if they are a list, up to its maximum length; else ()."""
    family = NUMBERED.fullmatch(slug)
    name = family[1] if family else slug
    found: tuple[str, ...] = ()
    if slug.startswith(PROFILE_PREFIX):
        found = next((each.options for each in reference.profile_fields if each.slug == slug), ())
    elif name == "course":
        found = tuple(reference.courses.get_column("shortname"))
    elif name == "role":
        found = tuple(reference.roles.filter("assignable").get_column("shortname"))
    elif name == "cohort":
        found = tuple(filter(None, reference.groups.filter("joinable").get_column("idnumber")))
    elif name == "site_role":
        found = SITE_ROLES
    return found[:_MOST]


def offered(flag: Mapping[str, Any]) -> str:
    """The value that a flag (a line of `FLAG_SCHEMA`) offers instead of its cell's; "" if it offers none."""
    kind = FLAGS[flag["code"]]
    return (flag["detail"] or "") if kind.suggests or kind.offers else ""


def lists_of(slugs: Iterable[str]) -> set[str]:
    """The lists of the organisation that these fields choose from: course, role, cohort."""
    names = (family[1] if (family := NUMBERED.fullmatch(slug)) else slug for slug in slugs)
    return {"course", "role", "cohort"}.intersection(names)


def likeliest(value: str, *, among: tuple[str, ...]) -> str:
    """The value most similar to this one; "" if none is similar."""
    by_fold = {fold(each): each for each in reversed(among)}
    close = get_close_matches(fold(value), list(by_fold), n=1, cutoff=_LIKE)
    return by_fold[close[0]] if close else ""
