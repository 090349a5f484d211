"""People whose leaving date has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from enlist.core.fields.fields import ADMINISTRATORS
from enlist.store.engine import engine
from enlist.store.models import Departure, Organization, Person


def due(organization: Organization, *, today: date) -> pl.Series:
    """The active people (Int64) whose leaving date has come, without administrators and owners (one query)."""
    found = engine().read(
        "SELECT d.person_id AS person FROM store_departure d JOIN store_person p ON p.id = d.person_id"
        " WHERE d.organization_id = %s AND d.leaves_on <= %s AND p.state = 'active' AND p.site_role NOT IN (%s, %s)",
        columns={"person": pl.Int64()},
        params=[organization.pk, today.isoformat(), *ADMINISTRATORS],
    )
    return found.get_column("person").sort()


def of_people(people: Sequence[Person]) -> dict[int, str]:
    """The leaving dates of these people, by person (one query)."""
    found = Departure.objects.filter(person__in=[person.pk for person in people])
    return dict(found.values_list("person", "leaves_on"))
