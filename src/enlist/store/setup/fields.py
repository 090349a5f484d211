"""Profile fields: their order, and how many people use their options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Max

from enlist.core.directory.directory import ProfileField as Field
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.store.engine import engine
from enlist.store.models import Organization, ProfileField
from enlist.store.scope import Scope

from .records import log


def next_position(scope: Scope) -> int:
    """The position after the last field (one query)."""
    mine = ProfileField.objects.filter(organization=scope.organization)
    last: int | None = mine.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def order(scope: Scope, *, shortnames: Sequence[str], note: str) -> None:
    """Put the fields in this order, and log that. Earlier plans become stale."""
    positions = {shortname: position for position, shortname in enumerate(shortnames)}
    with transaction.atomic():
        found = list(ProfileField.objects.filter(organization=scope.organization, shortname__in=shortnames))
        for field in found:
            field.position = positions[field.shortname]
        ProfileField.objects.bulk_update(found, ["position"])
        log(scope, kind=PROFILE_FIELDS, done="changed", note=note)


def option_counts(organization: Organization, *, field: Field) -> Counter[str]:
    """How many people have each option of a field (one query). Other values count, too."""
    at = engine()
    rows = at.rows(
        f"SELECT {at.json_member('p.profile', key=field.id)} AS value, count(*) FROM store_person p"
        " WHERE p.organization_id = %s AND NOT (p.state = 'removed') GROUP BY value",
        params=[organization.pk],
    )
    counts = Counter[str]()
    for value, count in rows:
        for option in (value or "").split(";") if field.kind == "choices" else (value or "",):
            counts[option] += count
    return counts


def drop_option(scope: Scope, *, shortname: str, option: str, check: Callable[[], None]) -> None:
    """Remove an option, unless `check` raises, and log that. Earlier plans become stale."""
    with transaction.atomic():
        # It locks the organisation: transactions that would give somebody the option wait.
        log(scope, kind=PROFILE_FIELDS, done="changed", note=f"{shortname}: the option {option} was removed.")
        check()
        field = ProfileField.objects.get(organization=scope.organization, shortname=shortname)
        field.options = [each for each in field.options if each != option]
        field.save(update_fields=["options"])
