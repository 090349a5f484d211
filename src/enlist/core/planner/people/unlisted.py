"""Unlisted people: who becomes inactive because the file does not name them (`unlisted = deactivate`).

Source: spec/policies.md ("Nobody removed by accident", "Listed"); NE-05, NE-08, NE-11, NE-22; R8.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from enlist.core.changes import DEPARTURES_SCHEMA, SEEN_SCHEMA, in_order
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.leaving import ABSENCE
from enlist.core.policy import Policy
from enlist.core.rows.home_group import groups_in_scope, scope_words
from enlist.core.rows.listing import Listing
from enlist.core.table.printable import lines_text

# What a plan needs to know about unlisted people.
ABSENT_SCHEMA: Final = {
    "person": pl.Int64(), "version": pl.Int64(), "site_role": pl.String(), "source": pl.String(),
    "leaves_on": pl.String(), "leaves_because": pl.String(),
}  # fmt: skip
# All flags about unlisted people.
ABOUT_UNLISTED: Final = (
    "absence_scope",
    "absent_deactivated",
    "absent_marked",
    "absent_leaving",
    "absent_kept",
    "listed_stay",
    "absence_empty",
    "absence_waits",
    "absence_shrunk",
    "absence_held",
)
NO_DAY: Final = "today's date isn't known"
# The flags for a plan that deactivates no unlisted people for now.
WAITING: Final = ("absence_waits", "absence_shrunk", "absence_held")


@dataclass(frozen=True)
class Presence:
    """The people of a directory that a file lists, and those it doesn't.

    listed: of `SEEN_SCHEMA`, people that a row names. absent: of `ABSENT_SCHEMA`, active people in scope that no row
    names; leaves_on, leaves_because: their leaving date and its source, null for none. scope: who is in scope, in
    words. staying: of DEPARTURES_SCHEMA, the leaving dates of listed people that follow from absence.
    """

    listed: pl.DataFrame
    absent: pl.DataFrame
    scope: str
    staying: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEPARTURES_SCHEMA))

    @classmethod
    def of(cls, directory: Directory, *, listing: Listing, policy: Policy) -> Presence:
        """The people of a directory that is held whole."""
        active, dates = active_in_scope(directory, policy=policy), directory.frame("departure")
        listed = listing.among(directory.people)
        absent = listing.missing(active).join(
            dates.rename({"source": "leaves_because"}), on="person", how="left", maintain_order="left"
        )
        return cls(
            listed=listed.select(*SEEN_SCHEMA),
            absent=absent.select(*ABSENT_SCHEMA),
            scope=scope_words(policy, reference=directory.reference, active=active.height),
            staying=staying(dates, listed=listed),
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


def staying(dates: pl.DataFrame, *, listed: pl.DataFrame) -> pl.DataFrame:
    """The leaving dates (of DEPARTURES_SCHEMA) that listed people have because an earlier file didn't name them."""
    return dates.filter(pl.col("source") == ABSENCE).join(listed, on="person", how="semi")


def depart(
    part: Part,
    *,
    presence: Presence,
    listing: Listing,
    policy: Policy,
    circumstances: Circumstances,
) -> Part:
    """The part with unprotected absent people deactivated or marked to leave; they and listed people count as seen.

    Listed people lose the leaving date that they have because an earlier file didn't name them.
    """
    kept = presence.absent.with_columns(why=_why(policy, circumstances=circumstances))
    out = kept.filter(pl.col("why") == "")
    leaving = out.filter(pl.col("leaves_on").is_null() | pl.lit(not policy.grace_days))
    flags = [_scope_flag(presence), _kept_flag(kept.filter(pl.col("why") != ""))]
    if waits := _reasons(listing, leaving=leaving, policy=policy, circumstances=circumstances):
        flags, leaving = [*flags, *waits], leaving.clear()
    if leaving.height and policy.grace_days:
        flags.append(flag("absent_marked", value=f"{leaving.height:,}", detail=circumstances.leaves_on))
    elif leaving.height:
        flags.append(flag("absent_deactivated", value=f"{leaving.height:,}"))
    if marked := out.height - leaving.height if policy.grace_days and not waits else 0:
        flags.append(flag("absent_leaving", value=f"{marked:,}"))
    back = presence.staying.join(dates_in(part), on="person", how="anti")
    if back.height:
        flags.append(flag("listed_stay", value=f"{back.height:,}"))
    left = _marked(leaving, day=circumstances.leaves_on) if policy.grace_days else _left(leaving)
    seen = [part.seen, presence.listed, (out if policy.grace_days else leaving).select("person", "version")]
    return replace(
        part,
        frames=_with(part, frames=[*left, ("unmark_leaving", back)]),
        flags=collect(*flags, part.flags),
        seen=pl.concat(seen).unique("person").sort("person"),
    )


def dates_in(part: Part) -> pl.DataFrame:
    """The people whose leaving date this part changes or removes already."""
    found = [part.frames[verb].select("person") for verb in ("change_leaving", "unmark_leaving") if verb in part.frames]
    return pl.concat([pl.DataFrame(schema={"person": pl.Int64}), *found])


def _marked(leaving: pl.DataFrame, *, day: str) -> list[tuple[str, pl.DataFrame]]:
    dates = leaving.select("person", leaves_on=pl.lit(day), source=pl.lit(ABSENCE))
    return [("mark_leaving", dates)]


def _left(leaving: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    dates = leaving.drop_nulls("leaves_on").select("person", "leaves_on", source="leaves_because")
    return [("deactivate", leaving.select("person", "version")), ("unmark_leaving", dates)]


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


def _reasons(
    listing: Listing, *, leaving: pl.DataFrame, policy: Policy, circumstances: Circumstances
) -> list[pl.DataFrame]:
    if leaving.is_empty():
        return []
    value, found = f"{leaving.height:,}", []
    if not listing.rows:
        return [flag("absence_empty", value=value)]
    if policy.grace_days and not circumstances.leaves_on:
        return [flag("absence_held", value=value, detail=NO_DAY)]
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


def _with(part: Part, *, frames: list[tuple[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    found = dict(part.frames)
    for verb, frame in frames:
        found[verb] = pl.concat([found.get(verb, frame.clear()), frame])
    return in_order(found)
