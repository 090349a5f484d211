"""Unlisted people: those a file does not name, found by one anti-join in the database."""

from __future__ import annotations

import polars as pl

from enlist.core.planner.people.unlisted import ABSENT_SCHEMA
from enlist.core.rows.listing import Listing
from enlist.store.engine import engine
from enlist.store.models import Import, Organization

# A file that changed nothing also listed people.
_DONE = ("applied", "nothing_to_do")


def in_groups(groups: pl.Series | None) -> str:
    """An SQL condition for people `p` who are in one of these groups (Int64 ids); empty without groups."""
    if groups is None:
        return ""
    ids = ", ".join(str(int(group)) for group in groups)
    return f" AND EXISTS (SELECT 1 FROM store_groupmembership m WHERE m.person_id = p.id AND m.group_id IN ({ids}))"


def absent(organization: Organization, *, listing: Listing, groups: pl.Series | None = None) -> pl.DataFrame:
    """The organisation's active people that no row names (`ABSENT_SCHEMA`; one query, and a temporary table a key).

    groups: only their members.
    """
    at = engine()
    columns = listing.keys.columns
    with at.reading():
        for column in columns:
            at.temporary(f"enlist_{column}", frame=listing.distinct(column).alias("key").to_frame())
        # With NOT EXISTS instead of joins, SQLite scans the whole file for every person.
        joins = "".join(f" LEFT JOIN enlist_{column} k_{column} ON k_{column}.key = p.{column}" for column in columns)
        unnamed = "".join(f" AND k_{column}.key IS NULL" for column in columns)
        found = at.read(
            "SELECT p.id AS person, p.version, p.site_role, p.source, d.leaves_on, d.source AS leaves_because"
            f" FROM store_person p LEFT JOIN store_departure d ON d.person_id = p.id{joins}"
            f" WHERE p.organization_id = %s AND p.state = 'active'{unnamed}{in_groups(groups)}",
            columns=ABSENT_SCHEMA,
            params=[organization.pk],
        )
    return found.sort("person")


def last_rows(organization: Organization, *, preset: str) -> int:
    """How many rows the last applied file of this preset had that deactivates unlisted people; 0 without one."""
    listing = Import.objects.filter(organization=organization, preset=preset, kind="import", state__in=_DONE)
    last = listing.filter(policy__unlisted="deactivate").order_by("-number").values_list("plan_head", flat=True).first()
    return int(last["rows"]) if last else 0
