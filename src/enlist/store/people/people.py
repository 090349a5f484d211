"""Look people up by username, id or role, and read everything about one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db.models import QuerySet

from enlist.core.clean import fold
from enlist.core.errors import NotFound, PolicyError
from enlist.core.fields.fields import HIDDEN_SLUGS, SITE_ROLES
from enlist.core.rights import TEAM
from enlist.store.engine import engine
from enlist.store.models import (
    CourseGroupMember,
    Enrolment,
    GroupMembership,
    Organization,
    Person,
    PersonRole,
    ProfileField,
)

# The columns people can be sorted by: each has an index that begins with the organisation.
SORTS: Final = {"username": "username_key", "lastname": "lastname_key", "email": "email_key"}
LAST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PersonEnrolment:
    """A course that a person is in. course: its short name.

    given_by: the groups that give it, "" if they left these; null if the person has it for another reason.
    """

    course: str
    name: str
    role: str
    status: str
    given_by: str | None = None


@dataclass(frozen=True, slots=True)
class PersonCourseGroup:
    """A course group that a person is in. course: its short name."""

    course: str
    group: str


@dataclass(frozen=True, slots=True)
class PersonGroup:
    """A group that a person is in, and what put them there."""

    group: str
    source: str


def present(organization: Organization) -> QuerySet[Person]:
    """Everybody in the organisation who isn't removed, with the condition of the partial indexes."""
    return Person.objects.filter(organization=organization).exclude(state="removed")


def with_roles(organization: Organization, *, roles: Sequence[str]) -> list[Person]:
    """Everybody who has one of these site roles (one query)."""
    # Excluding learners lets the database use an index.
    return list(present(organization).exclude(site_role="learner").filter(site_role__in=roles))


def team_size(organization: Organization) -> int:
    """How many people have a role in the team (one query)."""
    return present(organization).exclude(site_role="learner").filter(site_role__in=TEAM).count()


def role_of(person: int | None) -> str | None:
    """The site role of the person with this id; None for no id or an erased person (one query)."""
    found = Person.objects.filter(pk=person) if person else Person.objects.none()
    return found.values_list("site_role", flat=True).first()


def by_username(organization: Organization, *, key: str) -> Person | None:
    """The person with this username_key (one query)."""
    return present(organization).filter(username_key=key).first()


def by_email(organization: Organization, *, key: str) -> Person | None:
    """The person with this email_key; None if nobody or several people have it (one query)."""
    found = list(present(organization).filter(email_key=key)[:2]) if key else []
    return found[0] if len(found) == 1 else None


def by_usernames(organization: Organization, *, usernames: Sequence[str]) -> list[Person]:
    """The people with these usernames, by username (one query)."""
    keys = [fold(name) for name in usernames]
    return list(present(organization).filter(username_key__in=keys).order_by("username_key"))


def locked(people: Sequence[Person]) -> list[Person]:
    """The same people as they are now, by username, locked until the caller's transaction ends (one query)."""
    rows = Person.objects.select_for_update().filter(pk__in=[person.pk for person in people]).order_by("pk")
    return sorted(rows, key=lambda person: person.username_key or "")


def key_of_login(organization: Organization, *, name: str) -> str:
    """The username_key for what a person typed at sign-in: an address only they have, or else a username."""
    key = fold(name)
    if "@" in key:
        found = present(organization).filter(email_key=key).values_list("username_key", flat=True)[:2]
        if len(found) == 1 and found[0]:
            return found[0]
    return key


def present_or_removed(organization: Organization, *, username: str) -> Person:
    """The person with this username, or the removed person who had it. Raises NotFound.

    Raises PolicyError with their ids if several removed people had it; "#17" is the person with that id.
    """
    everybody = Person.objects.filter(organization=organization)
    if username.startswith("#") and username[1:].isdecimal():
        found = list(everybody.filter(pk=int(username[1:])))
    elif present_one := by_username(organization, key=fold(username)):
        found = [present_one]
    else:
        found = list(everybody.filter(state="removed", username=username).exclude(username="").order_by("pk"))
    if not found:
        raise NotFound("person_unknown", username=username)
    if len(found) > 1:
        ids = ", ".join(f"“#{person.pk}” (made {person.created_at:%Y-%m-%d})" for person in found)
        raise PolicyError("username_ambiguous", username=username, people=ids)
    return found[0]


def active(organization: Organization, *, person: int) -> Person | None:
    """The person with this id, if they are active."""
    return present(organization).filter(pk=person, state="active").first()


def owners(organization: Organization) -> list[int]:
    """The ids of the active owners."""
    active = present(organization).filter(state="active", site_role="owner")
    return list(active.values_list("pk", flat=True))


def names(organization: Organization, *, ids: pl.Series) -> pl.DataFrame:
    """person, username of these people (Int64 ids) who still exist, including removed ones (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_keys", frame=pl.DataFrame({"person": ids.unique().sort()}))
        return at.read(
            "SELECT p.id AS person, p.username FROM enlist_keys k CROSS JOIN store_person p"
            " WHERE p.id = k.person AND p.organization_id = %s",
            columns={"person": pl.Int64(), "username": pl.String()},
            params=[organization.pk],
        )


def usernames_of(organization: Organization, *, ids: pl.Series) -> list[str]:
    """The sorted usernames of these people (Int64 ids), without removed ones (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_keys", frame=pl.DataFrame({"person": ids.unique().sort()}))
        found = at.read(
            "SELECT p.username, p.username_key FROM enlist_keys k CROSS JOIN store_person p"
            " WHERE p.id = k.person AND p.organization_id = %s AND NOT (p.state = 'removed')",
            columns={"username": pl.String(), "username_key": pl.String()},
            params=[organization.pk],
        )
    return found.sort("username_key").get_column("username").to_list()


def usernames(organization: Organization, *, ids: list[int]) -> dict[int, str]:
    """The usernames of these people, including removed ones (one query)."""
    return {person: each.username for person, each in named(organization, ids=ids).items()}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody's username and names, and whether they were removed."""

    username: str
    firstname: str
    lastname: str
    is_removed: bool


def named(organization: Organization, *, ids: list[int]) -> dict[int, Named]:
    """These people by their ids, including removed ones (one query)."""
    found = Person.objects.filter(organization=organization, pk__in=ids)
    return {
        each.pk: Named(each.username, each.firstname, each.lastname, each.state == "removed")
        for each in found.only("username", "firstname", "lastname", "state")
    }


def rows_known(organization: Organization, *, keys: pl.DataFrame) -> dict[str, int]:
    """How many rows name somebody, by column: any of username_key, email_key, idnumber (String, null for none)."""
    at, columns = engine(), keys.columns
    if not columns:
        return {}
    known = (
        f"coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM store_person p WHERE p.organization_id = %s"
        f" AND p.{column} = k.{column} AND NOT (p.state = 'removed')) THEN 1 ELSE 0 END), 0)"
        for column in columns
    )
    with at.reading():
        at.temporary("enlist_keys", frame=keys)
        found = at.rows(f"SELECT {', '.join(known)} FROM enlist_keys k", params=[organization.pk] * len(columns))
    return dict(zip(columns, map(int, found[0]), strict=True))


def hidden_in_use(organization: Organization) -> tuple[str, ...]:
    """All hidden fields (`fields.HIDDEN_SLUGS`) if anybody has a value for one, otherwise none (one query)."""
    # Searching the JSON as text is many times faster than parsing it once for each key.
    profile = "CAST(p.profile AS text)"
    named = " OR ".join(f"{profile} LIKE '%%\"{slug}\"%%'" for slug in HIDDEN_SLUGS)
    found = engine().rows(
        "SELECT 1 FROM store_person p WHERE p.organization_id = %s AND NOT (p.state = 'removed')"
        f" AND {profile} <> '{{}}' AND ({named}) LIMIT 1",
        params=[organization.pk],
    )
    return HIDDEN_SLUGS if found else ()


def enrolments(person: Person) -> list[PersonEnrolment]:
    """The courses a person is in (one query, and another if a group gave one)."""
    found = list(live_enrolments(person))
    given = _given(person) if any(each.source == "group" for each in found) else {}
    return [
        PersonEnrolment(
            each.course.shortname,
            name=each.course.name,
            role=each.role.shortname,
            status=each.status,
            given_by=", ".join(given[each.course_id, each.role_id]) if each.source == "group" else None,
        )
        for each in found
    ]


def _given(person: Person) -> dict[tuple[int, int], list[str]]:
    """By course and role, the groups that give it to a person: their own and those above them (one query)."""
    lines = engine().rows(
        "WITH RECURSIVE inside (id) AS (SELECT group_id FROM store_groupmembership WHERE person_id = %s UNION"
        " SELECT g.parent_id FROM inside i JOIN store_group g ON g.id = i.id WHERE g.parent_id IS NOT NULL)"
        " SELECT c.course_id, c.role_id, g.name FROM inside i JOIN store_groupcourse c ON c.group_id = i.id"
        " JOIN store_group g ON g.id = i.id ORDER BY g.name",
        params=[person.pk],
    )
    found = defaultdict[tuple[int, int], list[str]](list)
    for course, role, group in lines:
        found[course, role].append(group)
    return found


def live_enrolments(person: Person) -> QuerySet[Enrolment]:
    """A person's enrolments that haven't ended, with course and role (one query)."""
    live = Enrolment.objects.filter(person=person).exclude(status="ended")
    return live.select_related("course", "role").order_by("course__shortname", "role__shortname")


def course_groups(person: Person) -> list[PersonCourseGroup]:
    """The course groups a person is in (one query)."""
    members = CourseGroupMember.objects.filter(person=person).select_related("course_group__course")
    return [
        PersonCourseGroup(m.course_group.course.shortname, group=m.course_group.name)
        for m in members.order_by("course_group__course__shortname", "course_group__name")
    ]


def groups(person: Person) -> list[PersonGroup]:
    """The groups a person is in (one query)."""
    members = GroupMembership.objects.filter(person=person).select_related("group").order_by("group__name")
    return [PersonGroup(m.group.name, source=m.source) for m in members]


def roles_of(found: Sequence[Person]) -> dict[int, list[str]]:
    """All roles of each of these people, by id, the highest first (one query)."""
    held = {person.pk: {person.site_role} for person in found}
    for person, role in PersonRole.objects.filter(person__in=held).values_list("person", "site_role"):
        held[person].add(role)
    return {person: by_rank(roles) for person, roles in held.items()}


def by_rank(roles: Iterable[str]) -> list[str]:
    """Roles, the highest first."""
    return sorted(roles, key=SITE_ROLES.index, reverse=True)


def profile(person: Person) -> dict[str, str]:
    """A person's profile values by the field's short name, in the fields' order (one query)."""
    fields = ProfileField.objects.filter(organization=person.organization_id).order_by("position", "id")
    return {f.shortname: person.profile[str(f.pk)] for f in fields if person.profile.get(str(f.pk)) is not None}
