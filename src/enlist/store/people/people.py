"""People as somebody looks for them: by the page, or one with all that is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from django.db.models import QuerySet

from enlist.core.clean import fold
from enlist.core.errors import NotFound, PolicyError
from enlist.core.fields.fields import HIDDEN_SLUGS
from enlist.store.engine import engine
from enlist.store.models import CourseGroupMember, Enrolment, GroupMembership, Organization, Person, ProfileField

# The columns people can be sorted by: each has an index that begins with the organisation.
SORTS: Final = {"username": "username_key", "lastname": "lastname", "email": "email_key"}
LAST: Final = "\U0010ffff"


def present(organization: Organization) -> QuerySet[Person]:
    """Everybody of the organisation who is not removed, in the words of the partial indexes."""
    return Person.objects.filter(organization=organization).exclude(state="removed")


def with_roles(organization: Organization, *, roles: Sequence[str]) -> list[Person]:
    """Everybody who has one of these roles on the site (one query)."""
    # Those who only learn are left out in the words of an index.
    return list(present(organization).exclude(site_role="learner").filter(site_role__in=roles))


def role_of(person: int | None) -> str | None:
    """The role on the site of somebody by their id; null for nobody, and for who was erased (one query)."""
    found = Person.objects.filter(pk=person) if person else Person.objects.none()
    return found.values_list("site_role", flat=True).first()


def by_username(organization: Organization, *, key: str) -> Person | None:
    """The person with this username_key (one query)."""
    return present(organization).filter(username_key=key).first()


def key_of_login(organization: Organization, *, name: str) -> str:
    """The username_key somebody means who signs in: of their address, where they alone have it, else the name's own."""
    key = fold(name)
    if "@" in key:
        found = present(organization).filter(email_key=key).values_list("username_key", flat=True)[:2]
        if len(found) == 1 and found[0]:
            return found[0]
    return key


def whoever(organization: Organization, *, username: str) -> Person:
    """The person of this username, or the one who had it when they were removed. Raises NotFound.

    "#17" is the person of that id: several who were removed may have had one username, and PolicyError names them.
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
    """The person with this id, where they are there and active."""
    return present(organization).filter(pk=person, state="active").first()


def owners(organization: Organization) -> list[int]:
    """The ids of the active owners."""
    active = present(organization).filter(state="active", site_role="owner")
    return list(active.values_list("pk", flat=True))


def names(organization: Organization, *, ids: pl.Series) -> pl.DataFrame:
    """person, username of many people (Int64 ids), the removed included; who is not there is left out (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"person": ids.unique().sort()}))
        return at.read(
            "SELECT p.id AS person, p.username FROM enlist_asked k CROSS JOIN store_person p"
            " WHERE p.id = k.person AND p.organization_id = %s",
            columns={"person": pl.Int64(), "username": pl.String()},
            params=[organization.pk],
        )


def usernames_of(organization: Organization, *, ids: pl.Series) -> list[str]:
    """The usernames of those of these people (Int64 ids) who are not removed, in order (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_asked", frame=pl.DataFrame({"person": ids.unique().sort()}))
        found = at.read(
            "SELECT p.username, p.username_key FROM enlist_asked k CROSS JOIN store_person p"
            " WHERE p.id = k.person AND p.organization_id = %s AND NOT (p.state = 'removed')",
            columns={"username": pl.String(), "username_key": pl.String()},
            params=[organization.pk],
        )
    return found.sort("username_key").get_column("username").to_list()


def usernames(organization: Organization, *, ids: list[int]) -> dict[int, str]:
    """The usernames of these people, the removed included (one query)."""
    return dict(Person.objects.filter(organization=organization, pk__in=ids).values_list("pk", "username"))


def hidden_in_use(organization: Organization) -> tuple[str, ...]:
    """The hidden fields (`fields.HIDDEN_SLUGS`), all of them where anybody has one (one query)."""
    # As text: a database that reads the JSON of everybody once for each key takes many times as long.
    profile = "CAST(p.profile AS text)"
    named = " OR ".join(f"{profile} LIKE '%%\"{slug}\"%%'" for slug in HIDDEN_SLUGS)
    found = engine().rows(
        "SELECT 1 FROM store_person p WHERE p.organization_id = %s AND NOT (p.state = 'removed')"
        f" AND {profile} <> '{{}}' AND ({named}) LIMIT 1",
        params=[organization.pk],
    )
    return HIDDEN_SLUGS if found else ()


def enrolments(person: Person) -> list[dict[str, Any]]:
    """The courses a person is in: course, name, role, status (one query)."""
    live = (
        Enrolment.objects.filter(person=person).exclude(status="ended").order_by("course__shortname", "role__shortname")
    )
    return [
        {"course": e.course.shortname, "name": e.course.name, "role": e.role.shortname, "status": e.status}
        for e in live.select_related("course", "role")
    ]


def course_groups(person: Person) -> list[dict[str, Any]]:
    """The course groups a person is in: course, group (one query)."""
    members = CourseGroupMember.objects.filter(person=person).select_related("course_group__course")
    return [
        {"course": m.course_group.course.shortname, "group": m.course_group.name}
        for m in members.order_by("course_group__course__shortname", "course_group__name")
    ]


def groups(person: Person) -> list[dict[str, Any]]:
    """The groups of the organisation a person is in, and what put them there (one query)."""
    members = GroupMembership.objects.filter(person=person).select_related("group").order_by("group__name")
    return [{"group": m.group.name, "source": m.source} for m in members]


def profile(person: Person) -> dict[str, str]:
    """A person's profile values by the short name of their field, in the fields' order (one query)."""
    fields = ProfileField.objects.filter(organization=person.organization_id).order_by("position", "id")
    return {f.shortname: person.profile[str(f.pk)] for f in fields if person.profile.get(str(f.pk)) is not None}
