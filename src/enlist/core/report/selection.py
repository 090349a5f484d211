"""Selection: the people an import leaves selected in People, by its policy (spec/moodle-upload.md §2.10)."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.plan.plan import Part
from enlist.core.policy import SelectForBulk

_NEW: Final = ("created",)
_CHANGED: Final = ("renamed", "reactivated", "deactivated", "updated")
_SAME: Final = ("seated", "already seated", "enrolled", "grouped", "linked", "unchanged")
_STATUSES: Final = {
    SelectForBulk.NONE: (),
    SelectForBulk.NEW: _NEW,
    SelectForBulk.UPDATED: _CHANGED,
    SelectForBulk.ALL: (*_NEW, *_CHANGED, *_SAME),
}


def selected(part: Part, *, choice: SelectForBulk) -> pl.Series:
    """The people (Int64, new ones below zero) of this part's rows that the choice includes; no deleted people."""
    people = part.statuses.drop_nulls("person")
    gone = people.filter(pl.col("row_status") == "deleted").get_column("person")
    meant = people.filter(pl.col("row_status").is_in(_STATUSES[choice])).get_column("person")
    return meant.filter(~meant.is_in(gone.implode())).unique().sort()
