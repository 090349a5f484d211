"""Remembered headers: which field a person mapped a header to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from enlist.core.headers.words import fold
from enlist.store.models import Organization, RememberedHeader
from enlist.store.scope import Scope

# The most characters of a remembered header.
LONGEST: Final = 255


def remembered(organization: Organization) -> dict[str, str]:
    """Folded header → field slug (one query)."""
    return dict(RememberedHeader.objects.filter(organization=organization).values_list("key", "field"))


def listed(organization: Organization) -> list[RememberedHeader]:
    """All remembered headers, sorted (one query)."""
    return list(RememberedHeader.objects.filter(organization=organization).select_related("by").order_by("key"))


def remember(scope: Scope, *, headers: Mapping[str, str]) -> None:
    """Remember header → field slug, replacing earlier mappings of the same headers (one query).

    Longer headers than LONGEST aren't remembered: they wouldn't fit into the index.
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
    """Forget one header, or all of them, and return how many."""
    found = RememberedHeader.objects.filter(organization=organization)
    return (found if header is None else found.filter(key=fold(header))).delete()[0]
