"""People: list them, show one, export all."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any, Final

from enlist.core.clean import fold
from enlist.core.errors import NotFound, PolicyError
from enlist.core.export import Export, export
from enlist.core.fields import HIDDEN_SLUGS, PERSON_SLUGS
from enlist.services.access import Right, Scope, needs
from enlist.services.history import person_imports
from enlist.store import people, snapshot
from enlist.store.models import Person

SORTS: Final = tuple(people.SORTS)
LISTED: Final = ("username", "firstname", "lastname", "email", "site_role", "state", "source")


@dataclass(frozen=True)
class Page:
    """Some people of a long list, and what to ask for to get the next (None: these are the last)."""

    people: list[dict[str, str]]
    next: str | None


@needs(Right.SEE_PEOPLE)
def person_list(
    scope: Scope, *, by: str = "username", prefix: str = "", after: str | None = None, limit: int = 50
) -> Page:
    """People sorted by one of SORTS, those whose value there begins with the prefix; one query, at any size.

    Usernames and e-mail addresses are compared without case. Raises PolicyError for another `by` or a foreign `after`.
    """
    if by not in SORTS:
        raise PolicyError(f"People cannot be sorted by “{by}”.", hint=f"Sort by one of: {', '.join(SORTS)}.")
    folded = prefix if by == "lastname" else fold(prefix)
    found = people.page(
        scope.organization, by=by, prefix=folded, after=_place(after) if after else None, limit=limit + 1
    )
    shown = found[:limit]
    rows = [{name: getattr(person, name) for name in LISTED} for person in shown]
    more = len(found) > limit
    return Page(rows, _mark(getattr(shown[-1], people.SORTS[by]), person=shown[-1].pk) if more else None)


@needs(Right.SEE_PEOPLE)
def person_show(scope: Scope, *, username: str) -> dict[str, Any]:
    """All that is known of a person: their fields, profile, hidden fields, courses, course groups, groups, and which
    imports changed what (`history.person_imports`) (EN-11).

    Raises NotFound where the organisation has nobody of this username.
    """
    person = person_of(scope, username=username)
    return {
        **{name: getattr(person, name) for name in (*PERSON_SLUGS, "site_role", "state", "source")},
        "profile": people.profile(person),
        "hidden": {slug: person.profile[slug] for slug in HIDDEN_SLUGS if slug in person.profile},
        "courses": people.enrolments(person),
        "course_groups": people.course_groups(person),
        "groups": people.groups(person),
        "imports": person_imports(scope, person=person),
    }


def person_of(scope: Scope, *, username: str) -> Person:
    """The person of this username (one query). Raises NotFound where the organisation has nobody of it."""
    person = people.by_username(scope.organization, key=fold(username))
    if person is None:
        raise NotFound(f"There is nobody called “{username}”.", hint="`enlist people list` lists everybody.")
    return person


@needs(Right.SEE_PEOPLE)
def people_export(scope: Scope, *, administrators: bool = False) -> Export:
    """Everybody as rows that import as “no change” with the preset moodle, updating (EN-10)."""
    hidden = people.hidden_in_use(scope.organization)
    reference = replace(snapshot.reference(scope.organization), hidden=hidden)
    everybody = snapshot.snapshot(scope.organization, reference=reference)
    return export(everybody, administrators=administrators)


def _mark(value: str, *, person: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, person]).encode()).decode()


def _place(mark: str) -> tuple[str, int]:
    try:
        value, person = json.loads(base64.urlsafe_b64decode(mark))
        return str(value), int(person)
    except (ValueError, TypeError) as error:
        raise PolicyError(
            "This is not where a list of people ended.", hint="Take what the list before gave as its next."
        ) from error
