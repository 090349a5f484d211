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


def learners(other: Person, *, kind: str) -> list[Person]:
    """The learners that a person is linked to, by name (one query). Nobody looks after people of the team."""
    found = Link.objects.filter(other=other, kind=kind, person__organization=other.organization_id)
    found = found.exclude(person__site_role__in=TEAM)
    ordered = found.order_by("person__lastname_key", "person__firstname_key", "person_id")
    return [each.person for each in ordered.select_related("person")]
