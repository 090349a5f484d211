"""Lists of people by the page: sorted by an indexed column, those of whom all that is asked for holds.

What is asked for may hold for nearly everybody or for nearly nobody. Where few come into question they are gathered by
an index of their own and sorted; where many do, one walks along the index of the column they are sorted by: a bit of
the way first, then, if they are not near, on to the end, unless it takes less to gather them after all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db.models import Max

from enlist.core.fields.fields import SITE_ROLES, STATES
from enlist.store.directory.snapshot import PRESENT
from enlist.store.engine import engine
from enlist.store.imports.history import Touched
from enlist.store.models import Activity, GroupMembership, Import, Organization, Person
from enlist.store.models.people import SOURCES

from .people import LAST, SORTS

# So many are gathered and sorted in less than a tenth of a second; of more, the first ones are soon met on the way.
FEW: Final = 5_000
# So many are gathered rather than met at the end of a long way.
MANY: Final = 20_000
# So many people one walks past before one asks how far it is.
NEAR: Final = (1_000, 20_000)
_ASKED: Final = "enlist_asked"
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

    @property
    def is_of_some(self) -> bool:
        """Whether it asks for something that no column of a person tells."""
        return self.group is not None or self.course is not None or self.touched is not None or self.never


@dataclass(frozen=True)
class _Sql:
    """A piece of SQL and its parameters."""

    text: str
    params: tuple[Any, ...] = ()


def page(
    organization: Organization, *, wanted: Filter, after: tuple[str, int] | None = None, limit: int = 50
) -> list[Person]:
    """The next people by the column of `wanted.by`: one query, and a few more where a filter may be narrow."""
    asked = _Asked(organization, wanted, after)
    with _prepared(asked, most=FEW) as few:
        if few is not None or not wanted.is_of_some:
            return _first(asked, way=asked.whole if few is None else few, limit=limit)
    for near in NEAR:
        met = _first(asked, way=asked.near(near), limit=limit)
        if len(met) == limit:
            return met
    with _prepared(asked, most=MANY) as few:
        return _first(asked, way=asked.whole if few is None else few, limit=limit)


def everybody(organization: Organization, *, wanted: Filter) -> pl.DataFrame:
    """Person (Int64) and username of all of whom it holds, in no order."""
    asked = _Asked(organization, wanted)
    with _prepared(asked, most=FEW) as few:
        way = asked.whole if few is None else few
        found = engine().read(
            f"SELECT w.id AS person, w.username FROM ({way.text}) w",
            columns={"person": pl.Int64(), "username": pl.String()},
            params=way.params,
        )
    if wanted.touched is None:
        return found
    return found.filter(pl.col("person").is_in(wanted.touched.among(found.get_column("person")).implode()))


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
    actions = Activity.objects.filter(person__in=[person.pk for person in people]).values("person")
    by_hand = dict(actions.annotate(last=Max("at")).values_list("person", "last"))
    moments = {person.pk: [person.created_at, applied.get(person.version), by_hand.get(person.pk)] for person in people}
    return {person: max(filter(None, told)) for person, told in moments.items()}


@dataclass(frozen=True)
class _Asked:
    """What is asked for, as ways to those of whom it holds: queries for id, k (what they are sorted by) and username.

    But for whom an import touched: that is known here, and a million of them need not be told to the database.
    """

    organization: Organization
    wanted: Filter
    after: tuple[str, int] | None = None

    @property
    def column(self) -> str:
        """The column they are sorted by."""
        return SORTS[self.wanted.by]

    @property
    def whole(self) -> _Sql:
        """All of them."""
        where = _all([*self._place(), *_qualities(self.wanted)])
        return _Sql(f"SELECT {self._named} FROM store_person p WHERE {where.text}", where.params)

    def near(self, most: int) -> _Sql:
        """Those among so many people who come next."""
        place, where = _all(self._place()), _all(_qualities(self.wanted))
        order = f"ORDER BY p.{self.column}, p.id LIMIT {most}"
        next_ = f"SELECT {self._named}, p.state, p.site_role, p.source FROM store_person p WHERE {place.text} {order}"
        return _Sql(f"SELECT p.id, p.k FROM ({next_}) p WHERE {where.text}", (*place.params, *where.params))

    def among(self, few: _Sql) -> _Sql:
        """Those of a few (a query for person): materialised, so that no planner takes to the whole way after all."""
        where = _all([*self._place(), *_qualities(self.wanted)])
        return _Sql(
            f"WITH few AS MATERIALIZED (SELECT {self._named} FROM ({few.text}) c CROSS JOIN store_person p"
            f" WHERE p.id = c.person AND {where.text}) SELECT * FROM few",
            (*few.params, *where.params),
        )

    @property
    def _named(self) -> str:
        return f"p.id, p.{self.column} AS k, p.username"

    def _place(self) -> list[_Sql]:
        """Who comes into question by the index of the column."""
        found = [_Sql("p.organization_id = %s", (self.organization.pk,))]
        # Nobody has a username_key who is removed, and to look would take their row.
        found += [] if self.wanted.by == "username" else [_Sql(PRESENT)]
        prefix = self.wanted.prefix
        found.append(_Sql(f"p.{self.column} >= %s AND p.{self.column} < %s", (prefix, prefix + LAST)))
        if self.after is not None:
            value, last = self.after
            after = f"p.{self.column} >= %s AND NOT (p.{self.column} = %s AND p.id <= %s)"
            found.append(_Sql(after, (value, value, last)))
        return found


def _first(asked: _Asked, *, way: _Sql, limit: int) -> list[Person]:
    """The first people on a way (one query, and another where an import touched them)."""
    if touched := asked.wanted.touched:
        rows = engine().rows(f"SELECT w.id FROM ({way.text}) w ORDER BY w.k, w.id", params=way.params)
        mine = touched.among(pl.Series("person", [person for (person,) in rows], dtype=pl.Int64)).head(limit).to_list()
        by_id = Person.objects.in_bulk(mine)
        return [by_id[person] for person in mine]
    chosen = f"SELECT w.id FROM ({way.text}) w ORDER BY w.k, w.id LIMIT {limit}"
    shown = f"SELECT p.* FROM ({chosen}) s CROSS JOIN store_person p WHERE p.id = s.id"
    return list(Person.objects.raw(f"{shown} ORDER BY p.{asked.column}, p.id", way.params))


@contextmanager
def _prepared(asked: _Asked, *, most: int) -> Iterator[_Sql | None]:
    """The way to whom one of the filters leaves, where they are so many at most; it holds as long as this does."""
    narrow = _narrow(asked.organization, wanted=asked.wanted)
    touched = asked.wanted.touched
    is_few = touched is not None and touched.count <= most
    if not narrow and not is_few:
        yield None
        return
    at = engine()
    with at.reading():
        if touched and is_few:
            at.temporary(_ASKED, frame=touched.others.alias("person").sort().to_frame())
            created = "SELECT p.id AS person FROM store_person p WHERE p.id BETWEEN %s AND %s"
            either = f"{created} UNION ALL SELECT person FROM {_ASKED}"
            narrow = [_Sql(either, (touched.first, touched.last)), *narrow]
        for few in narrow:
            counted = f"SELECT count(*) FROM (SELECT 1 FROM ({few.text}) n LIMIT {most + 1}) AS counted"
            number = at.value(counted, params=few.params)
            if number <= most:
                at.prefer_indexes("store_person", keys=number)
                yield asked.among(few)
                return
        yield None


def _narrow(organization: Organization, *, wanted: Filter) -> list[_Sql]:
    """For each filter with an index of its own, in the very words of that index, whom it leaves."""
    of = (organization.pk,)
    here = "SELECT p.id AS person FROM store_person p WHERE p.organization_id = %s AND"
    found = []
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


def _qualities(wanted: Filter) -> list[_Sql]:
    """What has to hold of everybody, in words by which no index is taken."""
    found = [_Sql("1 = 1")]
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
    return found


def _all(conditions: Sequence[_Sql]) -> _Sql:
    return _Sql(
        " AND ".join(each.text for each in conditions), tuple(param for each in conditions for param in each.params)
    )


def _literal(value: str, *, among: Sequence[str]) -> str:
    """A word of ours as SQL."""
    if value not in among:
        raise ValueError(value)
    return f"'{value}'"
