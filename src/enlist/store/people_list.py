"""Lists of people by the page: sorted by an indexed column, those of whom all that is asked for holds.

What is asked for may hold for nearly everybody or for nearly nobody. Where few come into question they are gathered by
an index of their own and sorted; where many do, one walks along the index of the column they are sorted by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db.models import Max

from enlist.core.fields import SITE_ROLES, STATES

from .engine import engine
from .history import Touched
from .models import Activity, GroupMembership, Import, Organization, Person
from .models.people import SOURCES
from .people import LAST, SORTS
from .snapshot import PRESENT

# So many are gathered and sorted in less than a tenth of a second; of more, the first ones are soon met on the way.
FEW: Final = 5_000
_ASKED: Final = "enlist_asked"
_CREATED: Final = "p.id BETWEEN %s AND %s"
LIVE: Final = "NOT (e.status = 'ended')"


@dataclass(frozen=True)
class Filter:
    """Whom a list is about; what is blank or null asks for nothing.

    by: one of SORTS; prefix: how the value there begins, folded as the column is. state, role, source: of a person.
    group, course: ids. touched: by an import. never: they never signed in.
    """

    by: str = "username"
    prefix: str = ""
    state: str = ""
    role: str = ""
    source: str = ""
    group: int | None = None
    course: int | None = None
    touched: Touched | None = None
    never: bool = False


@dataclass(frozen=True)
class _Sql:
    """A piece of SQL and its parameters."""

    text: str
    params: tuple[Any, ...] = ()


def page(
    organization: Organization, *, wanted: Filter, after: tuple[str, int] | None = None, limit: int = 50
) -> list[Person]:
    """The next people by the column of `wanted.by`: one query, and a few more where a filter may be narrow."""
    column = SORTS[wanted.by]
    with _prepared(organization, wanted=wanted) as few:
        where = _all([*_conditions(organization, wanted=wanted), _after(column, after=after)])
        if few is None:
            walked = f"SELECT p.id FROM store_person p WHERE {where.text} ORDER BY p.{column}, p.id LIMIT {limit}"
            chosen = _Sql(walked, where.params)
        else:
            # Materialised, so that no planner takes to walking along the index after all.
            gathered = (
                f"WITH few AS MATERIALIZED (SELECT p.id, p.{column} AS k FROM ({few.text}) c CROSS JOIN store_person p"
                f" WHERE p.id = c.person AND {where.text}) SELECT id FROM few ORDER BY k, id LIMIT {limit}"
            )
            chosen = _Sql(gathered, (*few.params, *where.params))
        shown = f"SELECT p.* FROM ({chosen.text}) s CROSS JOIN store_person p WHERE p.id = s.id"
        return list(Person.objects.raw(f"{shown} ORDER BY p.{column}, p.id", chosen.params))


def everybody(organization: Organization, *, wanted: Filter) -> pl.DataFrame:
    """Person (Int64) and username of all of whom it holds, in no order."""
    with _prepared(organization, wanted=wanted) as few:
        where = _all(_conditions(organization, wanted=wanted))
        whom = "store_person p" if few is None else f"({few.text}) c CROSS JOIN store_person p"
        same = "" if few is None else " AND p.id = c.person"
        return engine().read(
            f"SELECT p.id AS person, p.username FROM {whom} WHERE {where.text}{same}",
            columns={"person": pl.Int64(), "username": pl.String()},
            params=[*(few.params if few else ()), *where.params],
        )


def groups_of(people: Sequence[Person]) -> dict[int, list[str]]:
    """The names of the groups that these people are in, by person (one query)."""
    found = GroupMembership.objects.filter(person__in=[person.pk for person in people]).order_by("group__name")
    told: dict[int, list[str]] = {}
    for person, name in found.values_list("person", "group__name"):
        told.setdefault(person, []).append(name)
    return told


def last_changes(organization: Organization, *, people: Sequence[Person]) -> dict[int, datetime]:
    """When each of these people was changed last, by an import or by hand, or else was made (two queries)."""
    imports = Import.objects.filter(organization=organization, stamp__in={person.version for person in people})
    applied = dict(imports.values_list("stamp", "applied_at"))
    deeds = Activity.objects.filter(person__in=[person.pk for person in people]).values("person")
    by_hand = dict(deeds.annotate(last=Max("at")).values_list("person", "last"))
    moments = {person.pk: [person.created_at, applied.get(person.version), by_hand.get(person.pk)] for person in people}
    return {person: max(filter(None, told)) for person, told in moments.items()}


@contextmanager
def _prepared(organization: Organization, *, wanted: Filter) -> Iterator[_Sql | None]:
    """Whom one of the filters leaves, where they are few: a query for person, which holds as long as this does."""
    narrow = _narrow(organization, wanted=wanted)
    if not narrow:
        yield None
        return
    at = engine()
    with at.reading():
        if wanted.touched:
            at.temporary(_ASKED, frame=wanted.touched.others.alias("person").unique().sort().to_frame())
        for few in narrow:
            counted = f"SELECT count(*) FROM (SELECT 1 FROM ({few.text}) n LIMIT {FEW + 1}) AS counted"
            number = at.value(counted, params=few.params)
            if number <= FEW:
                at.prefer_indexes("store_person", keys=number)
                yield few
                return
        yield None


def _narrow(organization: Organization, *, wanted: Filter) -> list[_Sql]:
    """For each filter with an index of its own, in the very words of that index, whom it leaves."""
    of = (organization.pk,)
    here = "SELECT p.id AS person FROM store_person p WHERE p.organization_id = %s AND"
    found = []
    if touched := wanted.touched:
        created = f"SELECT p.id AS person FROM store_person p WHERE {_CREATED}"
        found.append(_Sql(f"{created} UNION ALL SELECT person FROM {_ASKED}", (touched.first, touched.last)))
    if wanted.group is not None:
        members = "SELECT m.person_id AS person FROM store_groupmembership m WHERE m.group_id = %s"
        found.append(_Sql(f"{members} AND m.organization_id = %s", (wanted.group, *of)))
    if wanted.course is not None:
        # A sum, because SQLite would rather walk over all enrolments in the order of people than sort a few.
        enrolled = "SELECT DISTINCT e.person_id + 0 AS person FROM store_enrolment e WHERE e.course_id = %s"
        found.append(_Sql(f"{enrolled} AND {LIVE} AND e.organization_id = %s", (wanted.course, *of)))
    if wanted.state == "inactive":
        found.append(_Sql(f"{here} p.state = 'inactive'", of))
    if wanted.source == "manual":
        found.append(_Sql(f"{here} p.source = 'manual' AND {PRESENT}", of))
    if wanted.role and wanted.role != "learner":
        role = _literal(wanted.role, among=SITE_ROLES)
        found.append(_Sql(f"{here} p.site_role = {role} AND NOT (p.site_role = 'learner') AND {PRESENT}", of))
    return found


def _conditions(organization: Organization, *, wanted: Filter) -> list[_Sql]:
    """What has to hold of everybody, in words by which only the index of the column they are sorted by is taken."""
    column = SORTS[wanted.by]
    found = [
        _Sql(f"p.organization_id = %s AND {PRESENT}", (organization.pk,)),
        _Sql(f"p.{column} >= %s AND p.{column} < %s", (wanted.prefix, wanted.prefix + LAST)),
    ]
    for name, value, among in (
        ("state", wanted.state, STATES),
        ("site_role", wanted.role, SITE_ROLES),
        ("source", wanted.source, SOURCES),
    ):
        found += [_Sql(f"p.{name} || '' = {_literal(value, among=among)}")] if value else []
    if wanted.never:
        account = "SELECT 1 FROM store_account a WHERE a.person_id = p.id AND a.last_login IS NOT NULL"
        found.append(_Sql(f"NOT EXISTS ({account})"))
    if wanted.group is not None:
        membership = "SELECT 1 FROM store_groupmembership m WHERE m.person_id = p.id AND m.group_id = %s"
        found.append(_Sql(f"EXISTS ({membership})", (wanted.group,)))
    if wanted.course is not None:
        enrolment = "SELECT 1 FROM store_enrolment e WHERE e.person_id = p.id AND e.course_id = %s"
        found.append(_Sql(f"EXISTS ({enrolment} AND {LIVE})", (wanted.course,)))
    if touched := wanted.touched:
        either = f"({_CREATED} OR p.id IN (SELECT person FROM {_ASKED}))"
        found.append(_Sql(either, (touched.first, touched.last)))
    return found


def _after(column: str, *, after: tuple[str, int] | None) -> _Sql:
    if after is None:
        return _Sql("1 = 1")
    value, last = after
    return _Sql(f"p.{column} >= %s AND NOT (p.{column} = %s AND p.id <= %s)", (value, value, last))


def _all(conditions: Sequence[_Sql]) -> _Sql:
    return _Sql(
        " AND ".join(each.text for each in conditions), tuple(param for each in conditions for param in each.params)
    )


def _literal(value: str, *, among: Sequence[str]) -> str:
    """A word of ours as SQL."""
    if value not in among:
        raise ValueError(value)
    return f"'{value}'"
