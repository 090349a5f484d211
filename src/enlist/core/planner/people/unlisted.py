"""Unlisted people: who becomes inactive because the file does not name them (`unlisted = deactivate`).

Source: spec/policies.md ("Nobody removed by accident", "Listed"); NE-05, NE-08, NE-11, NE-22; R8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from enlist.core.changes import SEEN_SCHEMA, in_order
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import Policy
from enlist.core.rows.home_group import groups_in_scope, scope_words
from enlist.core.rows.listing import Listing
from enlist.core.table.printable import lines_text

# What a plan needs to know about unlisted people.
ABSENT_SCHEMA: Final = {"person": pl.Int64(), "version": pl.Int64(), "site_role": pl.String(), "source": pl.String()}
# All flags about unlisted people.
ABOUT_UNLISTED: Final = (
    "absence_scope",
    "absent_deactivated",
    "absent_kept",
    "absence_empty",
    "absence_waits",
    "absence_shrunk",
    "absence_held",
)
# The flags for a plan that deactivates no unlisted people for now.
WAITING: Final = ("absence_waits", "absence_shrunk", "absence_held")


@dataclass(frozen=True)
class Presence:
    """The people of a directory that a file lists, and those it doesn't.

    listed: of `SEEN_SCHEMA`, people that a row names. absent: of `ABSENT_SCHEMA`, active people in scope that no row
    names. scope: who is in scope, in words.
    """

    listed: pl.DataFrame
    absent: pl.DataFrame
    scope: str

    @classmethod
    def of(cls, directory: Directory, *, listing: Listing, policy: Policy) -> Presence:
        """The people of a directory that is held whole."""
        active = active_in_scope(directory, policy=policy)
        return cls(
            listed=listing.among(directory.people).select(*SEEN_SCHEMA),
            absent=listing.missing(active).select(*ABSENT_SCHEMA),
            scope=scope_words(policy, reference=directory.reference, active=active.height),
        )


def active_in_scope(directory: Directory, *, policy: Policy) -> pl.DataFrame:
    """The active people (columns of `Directory.people`) that the file should list; the directory is held whole."""
    active = directory.people.filter(pl.col("state") == "active")
    groups = groups_in_scope(policy, reference=directory.reference)
    if groups is None:
        return active
    members = directory.memberships.filter(pl.col("people_group").is_in(groups.implode()))
    return active.join(members, on="person", how="semi")


def applies(policy: Policy) -> bool:
    """Whether absence from the file has an effect."""
    return policy.unlisted == "deactivate"


def depart(
    part: Part,
    *,
    presence: Presence,
    listing: Listing,
    policy: Policy,
    circumstances: Circumstances,
) -> Part:
    """The part with unprotected absent people deactivated; they and all listed people count as seen."""
    kept = presence.absent.select("person", "version", why=_why(policy, circumstances=circumstances))
    leaving = kept.filter(pl.col("why") == "").select("person", "version")
    flags = [_scope_flag(presence), _kept_flag(kept.filter(pl.col("why") != ""))]
    if waits := _reasons(listing, leaving=leaving, circumstances=circumstances):
        flags, leaving = [*flags, *waits], leaving.clear()
    if leaving.height:
        flags.append(flag("absent_deactivated", value=f"{leaving.height:,}"))
    seen = pl.concat([part.seen, presence.listed, leaving]).unique("person").sort("person")
    return replace(part, frames=_with(part, leaving=leaving), flags=collect(*flags, part.flags), seen=seen)


def _why(policy: Policy, *, circumstances: Circumstances) -> pl.Expr:
    """Why an absent person stays active; "" if nothing protects them."""
    is_manual = (pl.col("source") == "manual") & pl.lit(policy.unlisted_manual_people == "protect")
    return (
        pl.when(pl.col("site_role").is_in(ADMINISTRATORS)).then(pl.lit("administrators"))
        .when(pl.col("site_role").is_in(circumstances.above)).then(pl.lit("of a higher rank than yours"))
        .when(pl.col("person").eq_missing(pl.lit(circumstances.actor))).then(pl.lit("yourself"))
        .when(pl.col("site_role").is_in(circumstances.guarded)).then(pl.lit("of the team"))
        .when(is_manual).then(pl.lit("created manually"))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def _scope_flag(presence: Presence) -> pl.DataFrame:
    count = presence.absent.height
    return flag("absence_scope", value=f"{count:,}", detail=presence.scope) if count else collect()


def _kept_flag(kept: pl.DataFrame) -> pl.DataFrame:
    if kept.is_empty():
        return collect()
    counted = kept.group_by("why").len().sort("why")
    reasons = ", ".join(f"{number:,} {why}" for why, number in counted.iter_rows())
    return flag("absent_kept", value=f"{kept.height:,}", detail=reasons)


def _reasons(listing: Listing, *, leaving: pl.DataFrame, circumstances: Circumstances) -> list[pl.DataFrame]:
    if leaving.is_empty():
        return []
    value, found = f"{leaving.height:,}", []
    if not listing.rows:
        return [flag("absence_empty", value=value)]
    if circumstances.approved:
        return []
    if circumstances.stay:
        return [flag("absence_held", value=value, detail=circumstances.stay)]
    if len(listing.unreadable):
        lines = listing.unreadable.sort().to_list()
        found.append(flag("absence_waits", value=value, detail=lines_text(lines, count=len(lines))))
    if 2 * listing.rows < circumstances.last_rows:
        found.append(flag("absence_shrunk", value=value, detail=f"{listing.rows:,} of {circumstances.last_rows:,}"))
    return found


def _with(part: Part, *, leaving: pl.DataFrame) -> dict[str, pl.DataFrame]:
    frames = {**part.frames, "deactivate": pl.concat([part.frames.get("deactivate", leaving.clear()), leaving])}
    return in_order(frames)
