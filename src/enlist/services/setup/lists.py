"""Short lists for pages: groups, courses, roles, profile fields; and imports by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from enlist.core.directory.directory import ProfileField
from enlist.services.access import Right, Scope, needs
from enlist.store.directory import snapshot
from enlist.store.setup import lists


@needs(Right.SEE_PEOPLE)
def group_names(scope: Scope, *, limit: int) -> list[tuple[int, str]]:
    """The ids and names of the first groups, by name."""
    return lists.group_names(scope, limit=limit)


@needs(Right.SEE_SETUP)
def course_names(scope: Scope, *, limit: int) -> list[str]:
    """The short names of the first courses that people can be enrolled in."""
    return lists.course_names(scope, limit=limit)


@needs(Right.SEE_SETUP)
def course_roles(scope: Scope) -> list[tuple[str, str]]:
    """The short name and name of each role that can be given in courses."""
    return lists.course_roles(scope)


@needs(Right.SEE_SETUP)
def fields_list(scope: Scope) -> tuple[ProfileField, ...]:
    """Every profile field in its order."""
    return snapshot.fields(scope.organization).profile_fields


def first_moment(*, days: int, now: datetime | None = None) -> datetime:
    """When the first of the last days began, in the current time zone."""
    first = timezone.localdate(now) - timedelta(days=days - 1)
    return timezone.make_aware(datetime.combine(first, datetime.min.time()))


@needs(Right.SEE_IMPORTS)
def imports_by_day(scope: Scope, *, days: int, now: datetime | None = None) -> list[tuple[date, Mapping[str, int]]]:
    """How many imported rows had which status, for each of the last days, the oldest first."""
    since = first_moment(days=days, now=now)
    first = since.date()
    by_day: dict[date, Counter[str]] = {first + timedelta(days=number): Counter() for number in range(days)}
    for at, statuses in lists.applied_since(scope, since=since):
        by_day[timezone.localdate(at)].update(statuses)
    return list(by_day.items())
