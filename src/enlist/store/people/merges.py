"""Merged people."""

from __future__ import annotations

from enlist.store.models import Merge, Person


def merged_into(person: Person) -> str:
    """The username of the person that this one was merged into; "" for none (one query)."""
    found = Merge.objects.filter(person=person.pk).values_list("merged_into__username", flat=True)
    return found.first() or ""


def merged_people(person: Person) -> list[Person]:
    """The people that were merged into this one, by username (one query)."""
    found = Merge.objects.filter(merged_into=person.pk).select_related("person").order_by("person__username")
    return [each.person for each in found]
