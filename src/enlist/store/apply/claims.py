"""Claims: keys that a plan gives to people because nobody else had them, and that no constraint keeps unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.directory.directory import Reference
from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Head, Part
from enlist.store.directory.snapshot import KEYS
from enlist.store.engine import Engine

_NAMES: Final = {"email_key": "e-mail address", "idnumber": "ID number"}


def claimed(head: Head, *, reference: Reference) -> tuple[str, ...]:
    """The columns whose keys must still be free: those the plan matches people by, and addresses it may not share.

    Constraints keep usernames unique, and addresses too if the organisation lets nobody share them. The plan doesn't
    look people up by a default address.
    """
    policy, same_email = head.policy, head.policy.get("same_email")
    # "counter" always adds new people, with numbered usernames, so their other keys may be taken.
    match_by = () if policy.get("existing_people") == "counter" else policy.get("match_by", ())
    is_looked_up = "email" in match_by and "email" not in policy.get("defaults", {})
    columns = ["email_key"] if reference.shared_email and (same_email == "refuse" or is_looked_up) else []
    return tuple([*columns, "idnumber"] if "idnumber" in match_by else columns)


def claims(part: Part, *, columns: tuple[str, ...]) -> Iterator[tuple[str, pl.Series]]:
    """Column → the keys (String) that this part gives to people, for each of these columns."""
    created, updated = part.frames.get("create"), part.frames.get("update")
    for column in columns:
        if created is not None:
            yield column, created.get_column(column)
        if updated is not None and AFTER + column in updated.columns:
            moved = updated.filter(pl.col(BEFORE + column).ne_missing(pl.col(AFTER + column)))
            yield column, moved.get_column(AFTER + column)


def check_claims(keys: Mapping[str, pl.Series], *, at: Engine, organization: int) -> None:
    """Raise StalePlan if a person the plan has not seen has such a key by now (one query for each column).

    The temporary table enlist_seen holds the people the plan has seen.
    """
    for column, claimed_keys in keys.items():
        distinct = claimed_keys.filter(claimed_keys != "").unique().sort()
        at.temporary("enlist_claimed", frame=pl.DataFrame({"key": distinct}, schema={"key": pl.String()}))
        found = at.rows(
            f"SELECT k.key, p.username FROM enlist_claimed k CROSS JOIN store_person p WHERE p.organization_id = %s"
            f" AND {KEYS[column]} AND NOT EXISTS (SELECT 1 FROM enlist_seen s WHERE s.person = p.id)"
            " ORDER BY k.key LIMIT 1",
            params=[organization],
        )
        for key, username in found:
            raise StalePlan("plan_key_taken", what=_NAMES[column], value=key, username=username)
