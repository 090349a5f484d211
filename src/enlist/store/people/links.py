"""Look up the links between people."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from enlist.core.rights import TEAM
from enlist.store.models import Link, Person


def of(person: Person) -> QuerySet[Link]:
    """All links of a person, with both people (one query)."""
    found = Link.objects.filter(Q(person=person) | Q(other=person)).select_related("person", "other")
    return found.order_by("-kind", "other__username_key", "person__username_key")


def kinds(other: Person) -> set[str]:
    """The kinds of link that a person has to learners (one query)."""
    return set(Link.objects.filter(other=other).values_list("kind", flat=True).distinct())


def learners(other: Person, *, kind: str) -> QuerySet[Person]:
    """The learners that a person is linked to, by name. Nobody looks after people of the team."""
    mine = Link.objects.filter(other=other, kind=kind).values("person")
    found = Person.objects.filter(organization=other.organization_id, pk__in=mine).exclude(site_role__in=TEAM)
    return found.order_by("lastname_key", "firstname_key", "pk")


def learner(other: Person, *, kind: str, key: str) -> Person | None:
    """One of them, by the key of the username (one query)."""
    return learners(other, kind=kind).filter(username_key=key).first()
