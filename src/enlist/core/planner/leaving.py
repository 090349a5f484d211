"""Leaving dates: the day from which somebody is inactive, set by rows, by absence from a file, or manually.

The day itself needs no file: `services/imports/scheduled.py`. Source: EN-15; spec/policies.md (`grace_days`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from enlist.core.changes import DEPARTURES_SCHEMA
from enlist.core.changes.statuses import STATUSES
from enlist.core.directory.directory import Directory, Reference
from enlist.core.fields.fields import LEAVES_ON
from enlist.core.flags.flags import mark
from enlist.core.rows.rows import Rows

from .circumstances import Circumstances
from .people.protection import shield

if TYPE_CHECKING:
    from .net import After

# Why somebody leaves: a whole list didn't name them. A later one that does ends that.
ABSENCE: Final = "absence"
_DAY: Final = LEAVES_ON.slug
_COUNTED_OUT: Final = ("failed", "skipped", "deleted")
_BELOW_UPDATED: Final = STATUSES[STATUSES.index("updated") + 1 :]
_ABOUT: Final = ("person", "username", "site_role", "state")


@dataclass(frozen=True)
class Leaving:
    """What rows do to leaving dates: records that begin (or change) and end, the rows' statuses, and flags."""

    begun: pl.DataFrame
    ended: pl.DataFrame
    statuses: pl.DataFrame
    flags: pl.DataFrame


@dataclass(frozen=True)
class Planned:
    """What rows have done so far: their statuses, and the people created or changed, as afterwards."""

    statuses: pl.DataFrame
    people: pl.DataFrame


def leaving(rows: Rows, *, planned: Planned, directory: Directory, circumstances: Circumstances) -> Leaving:
    """The leaving dates that rows set and remove. The last of a person's rows counts.

    A blank cell removes the date of an earlier file, not one that was set manually. `unlisted.depart` handles dates
    that follow from absence.
    """
    held, statuses = directory.frame("departure"), planned.statuses
    counted = statuses.filter(~pl.col("row_status").is_in(_COUNTED_OUT)).drop_nulls("person").select("row", "person")
    last = _dates(rows, counted=counted, held=held, people=_active(directory, planned=planned))
    dated = last.filter(pl.col(_DAY) != "", (pl.col("was").ne_missing(pl.col(_DAY))) | (pl.col("why") == ABSENCE))
    kept = dated.filter((pl.col("person") > 0) & (shield(circumstances) != ""))
    dated = dated.join(kept, on="row", how="anti", maintain_order="left")
    blank = last.filter(pl.col(_DAY) == "", pl.col("why") != "manual")
    changed = pl.concat([each.get_column("row") for each in (dated, blank)])
    is_below = pl.col("row").is_in(changed.implode()) & pl.col("row_status").is_in(_BELOW_UPDATED)
    return Leaving(
        begun=dated.select("person", _DAY, source=pl.lit("import")).select(list(DEPARTURES_SCHEMA)),
        ended=blank.select("person"),
        statuses=statuses.with_columns(row_status=pl.when(is_below).then(pl.lit("updated")).otherwise("row_status")),
        flags=mark(kept, code="leaving_protected", field=_DAY, column=rows.headers.get(_DAY), value=pl.col("username")),
    )


def _active(directory: Directory, *, planned: Planned) -> pl.DataFrame:
    """The active people after the rows."""
    people = pl.concat([directory.people.select(_ABOUT), planned.people.select(_ABOUT)])
    return people.unique("person", keep="last").filter(pl.col("state") == "active")


def _dates(rows: Rows, *, counted: pl.DataFrame, held: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The last row of each person that says something, with the date they have (was) and its source (why)."""
    frame = rows.frame if _DAY in rows.frame.columns else rows.frame.with_columns(pl.lit(None, pl.String).alias(_DAY))
    cells = frame.select("row", "line", _DAY).drop_nulls(_DAY).join(counted, on="row").sort("row")
    last = cells.unique("person", keep="last", maintain_order=True).join(people, on="person")
    return last.join(held.select("person", was="leaves_on", why="source"), on="person", how="left").sort("row")


def by_day(before: Directory, *, after: After) -> After:
    """The directory after the changes: only active people have a leaving date, and only one in the future.

    So nobody leaves again by an old date once they are reactivated, and what an undo gives back stays. People who count
    as created manually from now on are protected from absence.
    """
    held, begun = before.frame("departure"), after.begun.get("departure")
    if held.is_empty() and begun is None:
        return after
    both = pl.concat([each.select("person", "state", now="source") for each in (before.people, after.people)])
    people = both.unique("person", keep="last").join(before.people.select("person", "source"), on="person", how="left")
    inactive = people.filter(pl.col("state") != "active")
    kept = people.filter(pl.col("now") == "manual", pl.col("source") == "import")
    settled = held.join(kept, on="person", how="semi").filter(pl.col("source") == ABSENCE)
    ended = after.ended.get("departure", held.clear()).select("person")
    gone = pl.concat([ended, held.join(inactive, on="person", how="semi").select("person"), settled.select("person")])
    gone = gone.unique()
    if begun is None:
        return replace(after, ended={**after.ended, "departure": gone})
    begun = begun.join(inactive, on="person", how="anti", maintain_order="left")
    begun = begun.filter(pl.col("leaves_on") > before.reference.today[:10])
    return replace(after, begun={**after.begun, "departure": begun}, ended={**after.ended, "departure": gone})


def day_after(reference: Reference, *, days: int) -> str:
    """The day (YYYY-MM-DD) this many days after today; "" if today is unknown."""
    if not reference.today:
        return ""
    return (dt.date.fromisoformat(reference.today[:10]) + dt.timedelta(days=days)).isoformat()
