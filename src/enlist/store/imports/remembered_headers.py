"""Headers: remember what columns were said to be, list it, forget it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from enlist.core.headers.words import fold
from enlist.store.models import Organization, RememberedHeader
from enlist.store.scope import Scope

# Characters of a header that is remembered.
LONGEST: Final = 255


def remembered(organization: Organization) -> dict[str, str]:
    """Folded header → our slug (one query)."""
    return dict(RememberedHeader.objects.filter(organization=organization).values_list("key", "field"))


def listed(organization: Organization) -> list[RememberedHeader]:
    """All of them, by header (one query)."""
    return list(RememberedHeader.objects.filter(organization=organization).select_related("by").order_by("key"))


def remember(scope: Scope, *, headers: Mapping[str, str]) -> None:
    """Remember their header → our slug; what was known of such a header before is replaced (one query).

    One that is too long to be a header of another file is not remembered: no index could hold it.
    """
    rows = {
        key: RememberedHeader(organization=scope.organization, key=key, header=header, field=slug, by=scope.actor)
        for header, slug in headers.items()
        if 0 < len(key := fold(header)) <= LONGEST
    }
    RememberedHeader.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["organization", "key"],
        update_fields=["header", "field", "by"],
    )


def forget(organization: Organization, *, header: str | None = None) -> int:
    """Forget one header, or all of them; how many that were."""
    known = RememberedHeader.objects.filter(organization=organization)
    return (known if header is None else known.filter(key=fold(header))).delete()[0]
