"""Lists of people in pages: filtered, and sorted by an indexed column.

A filter may match nearly everybody or nearly nobody. If it matches few people, they are collected through an index for
that filter and sorted. If it matches many, the index of the sort column is scanned: first a part of it, then, if that
doesn't fill the page, all of it, unless collecting the people takes less time after all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db.models import Max

from enlist.core.clean import fold, plain
from enlist.core.fields.fields import SITE_ROLES, STATES
from enlist.store.accounts.mails import SENT, with_states
from enlist.store.directory.snapshot import PRESENT
from enlist.store.engine import engine
from enlist.store.imports.history import Touched
from enlist.store.models import Account, Activity, GroupMembership, Import, Organization, Person
from enlist.store.models.people import SOURCES

from .people import LAST, SORTS

# Collecting and sorting this many takes less than a tenth of a second; with more, a scan soon fills a page.
FEW: Final = 5_000
# Collecting this many takes less time than a full scan.
MANY: Final = 20_000
# How many people the partial scans read.
NEAR: Final = (1_000, 20_000)
_TOUCHED: Final = "enlist_touched"
_FOUND: Final = "enlist_found"
# What a search looks in; its index has all of them.
_SEARCHED: Final = ("firstname_key", "lastname_key", "username_key", "email_key")
LIVE: Final = "NOT (e.status = 'ended')"


@dataclass(frozen=True)
class Filter:
    """A filter for people; blank and null match everybody.

    by: the column to sort by, one of SORTS; descending: the last ones first; prefix: how its value begins, folded like
    the column. state, role, source: of the person. not_activated: without a password. group, course: ids. touched:
    created or changed by an import. never: they have never signed in. leaving: they have a leaving date. invitation:
    the state of active people's invitations, whose links work if they were made after links_since. parts: pairs of
    forms (plain and folded), one of which must be anywhere in the names, the username or the address.
    """

    by: str = "username"
    descending: bool = False
    prefix: str = ""
    state: str = ""
    role: str = ""
    source: str = ""
    group: int | None = None
    course: int | None = None
    touched: Touched | None = None
    never: bool = False
    leaving: bool = False
    not_activated: bool = False
    invitation: str = ""
    links_since: datetime | None = None
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def is_of_some(self) -> bool:
        """Whether it may match few people, far apart in every order."""
        others = (self.group, self.course, self.touched)
        if any(other is not None for other in others):
            return True
        return self.never or self.leaving or self.not_activated or bool(self.invitation or self.parts)


@dataclass(frozen=True)
class _Sql:
    """A piece of SQL and its parameters."""

    text: str
    params: tuple[Any, ...] = ()


def page(
    organization: Organization, *, wanted: Filter, after: tuple[str, int] | None = None, limit: int = 50
) -> list[Person]:
    """The next people by the column of `wanted.by`: one query, and a few more if a filter may match few people."""
    search = _Search(organization, wanted, after)
    with _collected(search, most=FEW) as few:
        if few is not None or not wanted.is_of_some:
            return _first(search, query=search.whole if few is None else few, limit=limit)
    for near in NEAR:
        found = _first(search, query=search.near(near), limit=limit)
        if len(found) == limit:
            return found
    with _collected(search, most=MANY) as few:
        return _first(search, query=search.whole if few is None else few, limit=limit)


def everybody(organization: Organization, *, wanted: Filter) -> pl.DataFrame:
    """Person (Int64) and username of everybody who matches, unsorted."""
    found = _matching(organization, wanted=wanted, columns={"id": pl.Int64(), "username": pl.String()})
    found = found.rename({"id": "person"})
    if wanted.touched is None:
        return found
    return found.filter(pl.col("person").is_in(wanted.touched.among(found.get_column("person")).implode()))


def _matching(organization: Organization, *, wanted: Filter, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """These columns of everybody who matches, except for `touched`."""
    search = _Search(organization, wanted)
    with _collected(search, most=FEW) as few:
        query = search.whole if few is None else few
        names = ", ".join(f"w.{name}" for name in columns)
        return engine().read(f"SELECT {names} FROM ({query.text}) w", columns=columns, params=query.params)


def parts_of(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a search in both forms, for Filter.parts."""
    return tuple((plain(word), fold(word)) for word in text.split())


def count(organization: Organization, *, wanted: Filter) -> int:
    """How many people match."""
    if wanted.touched is not None:
        found = _matching(organization, wanted=wanted, columns={"id": pl.Int64()})
        return len(wanted.touched.among(found.get_column("id")))
    search = _Search(organization, wanted)
    with _collected(search, most=FEW) as few:
        query = search.whole if few is None else few
        return int(engine().value(f"SELECT count(*) FROM ({query.text}) w", params=query.params))


def groups_of(people: Sequence[Person]) -> dict[int, list[str]]:
    """The names of these people's groups, by person (one query)."""
    found = GroupMembership.objects.filter(person__in=[person.pk for person in people]).order_by("group__name")
    groups: dict[int, list[str]] = {}
    for person, name in found.values_list("person", "group__name"):
        groups.setdefault(person, []).append(name)
    return groups


def accounts_of(people: Sequence[Person]) -> dict[int, Account]:
    """The accounts of these people, by person (one query)."""
    found = Account.objects.filter(person__in=[person.pk for person in people]).select_related(None)
    return {account.person_id: account for account in found if account.person_id}


def last_changes(organization: Organization, *, people: Sequence[Person]) -> dict[int, datetime]:
    """When each of these people was last changed, by an import or manually, or else created (two queries)."""
    imports = Import.objects.filter(organization=organization, stamp__in={person.version for person in people})
    applied = dict(imports.values_list("stamp", "applied_at"))
    actions = Activity.objects.filter(person__in=[person.pk for person in people]).values("person")
    edited = dict(actions.annotate(last=Max("at")).values_list("person", "last"))
    moments = {person.pk: [person.created_at, applied.get(person.version), edited.get(person.pk)] for person in people}
    return {person: max(filter(None, candidates)) for person, candidates in moments.items()}


@dataclass(frozen=True)
class _Search:
    """Queries for the people who match: id, k (the sort column) and username.

    Except for `touched`: Python filters by that, since it may be a million ids, too many to send to the database.
    """

    organization: Organization
    wanted: Filter
    after: tuple[str, int] | None = None

    @property
    def column(self) -> str:
        """The sort column."""
        return SORTS[self.wanted.by]

    def order(self, table: str, *, column: str) -> str:
        """The clause that sorts; an index is read forwards or backwards."""
        down = " DESC" if self.wanted.descending else ""
        return f"ORDER BY {table}.{column}{down}, {table}.id{down}"

    @property
    def whole(self) -> _Sql:
        """Everybody who matches."""
        where = _all([*self._place(), *_conditions(self.wanted)])
        return _Sql(f"SELECT {self._named} FROM store_person p WHERE {where.text}", where.params)

    def near(self, most: int) -> _Sql:
        """Those who match among the next people, as many as `most`."""
        place, where = _all(self._place()), _all(_conditions(self.wanted))
        order = f"{self.order('p', column=self.column)} LIMIT {most}"
        columns = ", ".join(f"p.{name}" for name in ("state", "site_role", "source", *_SEARCHED))
        next_ = f"SELECT {self._named}, {columns} FROM store_person p WHERE {place.text} {order}"
        return _Sql(f"SELECT p.id, p.k FROM ({next_}) p WHERE {where.text}", (*place.params, *where.params))

    def among(self, few: _Sql) -> _Sql:
        """Those who match among a few (a query for person); materialised, to keep the planner from a full scan."""
        where = _all([*self._place(), *_conditions(self.wanted)])
        return _Sql(
            f"WITH few AS MATERIALIZED (SELECT {self._named} FROM ({few.text}) c CROSS JOIN store_person p"
            f" WHERE p.id = c.person AND {where.text}) SELECT * FROM few",
            (*few.params, *where.params),
        )

    @property
    def _named(self) -> str:
        return f"p.id, p.{self.column} AS k, p.username"

    def _place(self) -> list[_Sql]:
        """Conditions that the index of the sort column can check."""
        found = [_Sql("p.organization_id = %s", (self.organization.pk,))]
        # Removed people have no username_key, and checking their state would read the row.
        found.append(_Sql(PRESENT if self.wanted.by == "email" else "p.username_key IS NOT NULL"))
        prefix = self.wanted.prefix
        found.append(_Sql(f"p.{self.column} >= %s AND p.{self.column} < %s", (prefix, prefix + LAST)))
        if self.after is not None:
            value, last = self.after
            beyond, before = ("<=", ">=") if self.wanted.descending else (">=", "<=")
            after = f"p.{self.column} {beyond} %s AND NOT (p.{self.column} = %s AND p.id {before} %s)"
            found.append(_Sql(after, (value, value, last)))
        return found


def _first(search: _Search, *, query: _Sql, limit: int) -> list[Person]:
    """The first people of a query (one query, or two with `touched`)."""
    if touched := search.wanted.touched:
        rows = engine().rows(f"SELECT w.id FROM ({query.text}) w {search.order('w', column='k')}", params=query.params)
        mine = touched.among(pl.Series("person", [person for (person,) in rows], dtype=pl.Int64)).head(limit).to_list()
        by_id = Person.objects.in_bulk(mine)
        return [by_id[person] for person in mine]
    chosen = f"SELECT w.id FROM ({query.text}) w {search.order('w', column='k')} LIMIT {limit}"
    shown = f"SELECT p.* FROM ({chosen}) s CROSS JOIN store_person p WHERE p.id = s.id"
    return list(Person.objects.raw(f"{shown} {search.order('p', column=search.column)}", query.params))


@contextmanager
def _collected(search: _Search, *, most: int) -> Iterator[_Sql | None]:
    """A query over the people that one filter matches, if they are at most this many; valid inside the `with`."""
    narrow = _narrow(search.organization, wanted=search.wanted)
    parts = _searched(search.organization, wanted=search.wanted)
    touched = search.wanted.touched
    is_few = touched is not None and touched.count <= most
    if not narrow and not is_few and parts is None:
        yield None
        return
    at = engine()
    with at.reading():
        if parts:
            # A search looks at everybody, so it does that once, unlike the conditions with an index of their own.
            rows = at.rows(f"SELECT n.person FROM ({parts.text}) n LIMIT {most + 1}", params=parts.params)
            if len(rows) <= most:
                ids = pl.Series("person", [person for (person,) in rows], dtype=pl.Int64)
                at.temporary(_FOUND, frame=ids.sort().to_frame())
                at.prefer_indexes("store_person", keys=len(rows))
                yield search.among(_Sql(f"SELECT person FROM {_FOUND}"))
                return
        if touched and is_few:
            at.temporary(_TOUCHED, frame=touched.others.alias("person").sort().to_frame())
            created = "SELECT p.id AS person FROM store_person p WHERE p.id BETWEEN %s AND %s"
            either = f"{created} UNION ALL SELECT person FROM {_TOUCHED}"
            narrow = [_Sql(either, (touched.first, touched.last)), *narrow]
        for few in narrow:
            counted = f"SELECT count(*) FROM (SELECT 1 FROM ({few.text}) n LIMIT {most + 1}) AS counted"
            number = at.value(counted, params=few.params)
            if number <= most:
                at.prefer_indexes("store_person", keys=number)
                yield search.among(few)
                return
        yield None


def _narrow(organization: Organization, *, wanted: Filter) -> list[_Sql]:
    """For each filter with an index of its own, a query for the people it matches, with the index's exact condition."""
    of = (organization.pk,)
    here = "SELECT p.id AS person FROM store_person p WHERE p.organization_id = %s AND"
    found = []
    if wanted.group is not None:
        members = "SELECT m.person_id AS person FROM store_groupmembership m WHERE m.group_id = %s"
        found.append(_Sql(f"{members} AND m.organization_id = %s", (wanted.group, *of)))
    if wanted.course is not None:
        # The sum keeps SQLite from scanning all enrolments in the order of people instead of sorting a few.
        enrolled = "SELECT DISTINCT e.person_id + 0 AS person FROM store_enrolment e WHERE e.course_id = %s"
        found.append(_Sql(f"{enrolled} AND {LIVE} AND e.organization_id = %s", (wanted.course, *of)))
    if wanted.invitation in SENT:
        mailed = "SELECT m.person_id AS person FROM store_mail m WHERE m.organization_id = %s"
        found.append(_Sql(f"{mailed} AND m.purpose = 'invitation' AND m.state = %s", (*of, SENT[wanted.invitation])))
    if wanted.leaving:
        found.append(_Sql("SELECT d.person_id AS person FROM store_departure d WHERE d.organization_id = %s", of))
    if wanted.state == "inactive":
        found.append(_Sql(f"{here} p.state = 'inactive'", of))
    if wanted.source == "manual":
        found.append(_Sql(f"{here} p.source = 'manual' AND {PRESENT}", of))
    if wanted.role and wanted.role != "learner":
        role = _literal(wanted.role, among=SITE_ROLES)
        first = f"{here} p.site_role = {role} AND NOT (p.site_role = 'learner') AND {PRESENT}"
        more = "SELECT r.person_id AS person FROM store_personrole r WHERE r.organization_id = %s"
        found.append(_Sql(f"{first} UNION {more} AND r.site_role = {role}", of * 2))
    return found


def _searched(organization: Organization, *, wanted: Filter) -> _Sql | None:
    """A query for the people that a search matches; its index has all these columns, so it reads no row."""
    if not wanted.parts:
        return None
    where = _all([_Sql("p.organization_id = %s AND p.username_key IS NOT NULL", (organization.pk,)), *_parts(wanted)])
    return _Sql(f"SELECT p.id AS person FROM store_person p WHERE {where.text}", where.params)


def _conditions(wanted: Filter) -> list[_Sql]:
    """The conditions of the filter, written so that no index is used for them."""
    found = [_Sql("1 = 1")]
    for name, value, among in (
        ("state", wanted.state, STATES),
        ("source", wanted.source, SOURCES),
    ):
        found += [_Sql(f"p.{name} || '' = {_literal(value, among=among)}")] if value else []
    if wanted.role:
        role = _literal(wanted.role, among=SITE_ROLES)
        more = f"SELECT 1 FROM store_personrole r WHERE r.person_id = p.id AND r.site_role = {role}"
        found.append(_Sql(f"(p.site_role || '' = {role} OR EXISTS ({more}))"))
    if wanted.never:
        account = "SELECT 1 FROM store_account a WHERE a.person_id = p.id AND a.last_login IS NOT NULL"
        found.append(_Sql(f"NOT EXISTS ({account})"))
    if wanted.leaving:
        found.append(_Sql("EXISTS (SELECT 1 FROM store_departure d WHERE d.person_id = p.id)"))
    if wanted.not_activated:
        # Django marks unusable passwords by an exclamation mark.
        usable = "a.password <> '' AND a.password NOT LIKE '!%%'"
        found.append(_Sql(f"NOT EXISTS (SELECT 1 FROM store_account a WHERE a.person_id = p.id AND {usable})"))
    if wanted.invitation and wanted.links_since:
        people = Person.objects.filter(state="active").order_by()
        same = with_states(people, links_since=wanted.links_since, states=(wanted.invitation,))
        text, params = same.values("pk").query.sql_with_params()
        found.append(_Sql(f"EXISTS ({text} AND store_person.id = p.id)", params))
    if wanted.group is not None:
        membership = "SELECT 1 FROM store_groupmembership m WHERE m.person_id = p.id AND m.group_id = %s"
        found.append(_Sql(f"EXISTS ({membership})", (wanted.group,)))
    if wanted.course is not None:
        enrolment = "SELECT 1 FROM store_enrolment e WHERE e.person_id = p.id AND e.course_id = %s"
        found.append(_Sql(f"EXISTS ({enrolment} AND {LIVE})", (wanted.course,)))
    return [*found, *_parts(wanted)]


def _parts(wanted: Filter) -> list[_Sql]:
    """For each word of a search, that one of its forms is anywhere in the names, the username or the address."""
    found = []
    for forms in wanted.parts:
        patterns = ["%" + re.sub("([!%_])", r"!\1", form) + "%" for form in dict.fromkeys(forms)]
        # One by one: joining the columns first would take twice as long.
        likes = [(f"p.{name} LIKE %s ESCAPE '!'", pattern) for name in _SEARCHED for pattern in patterns]
        found.append(_Sql(f"({' OR '.join(like for like, _ in likes)})", tuple(pattern for _, pattern in likes)))
    return found


def _all(conditions: Sequence[_Sql]) -> _Sql:
    return _Sql(
        " AND ".join(each.text for each in conditions), tuple(param for each in conditions for param in each.params)
    )


def _literal(value: str, *, among: Sequence[str]) -> str:
    """One of our own constants as SQL."""
    if value not in among:
        raise ValueError(value)
    return f"'{value}'"
