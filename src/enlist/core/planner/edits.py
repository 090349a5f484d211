"""Manual edits: which values of people somebody entered manually, and whether a file replaces them (EN-14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from enlist.core.changes import MANUAL_EDITS_SCHEMA
from enlist.core.directory.directory import Directory
from enlist.core.policy import ManualEdit, Policy

if TYPE_CHECKING:
    from .net import After

# What happens to a cell that differs from a manual edit → its flag.
FLAGS: Final = {
    ManualEdit.FILE_WINS: "edit_overwritten",
    ManualEdit.EDIT_WINS: "edit_kept",
    ManualEdit.ASK: "edit_asked",
}


def manual_edit(slug: str, *, policy: Policy) -> ManualEdit:
    """What the policy does with manual edits of this field."""
    word = policy.manual_edits.get(slug, ManualEdit.FILE_WINS)
    return next(each for each in ManualEdit if each == word)


def edited(directory: Directory, *, slug: str) -> pl.Series:
    """The people (Int64) whose value of this field was entered manually."""
    return directory.frame("manual_edit").filter(pl.col("field") == slug).get_column("person")


def noted(person: int, *, slugs: Iterable[str]) -> pl.DataFrame:
    """The records of a manual edit of these fields."""
    return pl.DataFrame([(person, slug) for slug in slugs], schema=MANUAL_EDITS_SCHEMA, orient="row")


def by_overwriting(before: Directory, *, after: After) -> After:
    """The directory after the changes: a value that a file changes doesn't count as a manual edit."""
    held = before.frame("manual_edit")
    if held.is_empty() or after.people.is_empty():
        return after
    lost = [held.clear()]
    known = [slug for slug in held.get_column("field").unique().sort() if slug in after.people.columns]
    both = before.people.select("person", *known).join(
        after.people.select("person", *known), on="person", suffix=":now"
    )
    for slug in known:
        changed = both.filter(pl.col(slug).ne_missing(pl.col(f"{slug}:now"))).select("person", field=pl.lit(slug))
        lost.append(held.join(changed, on=["person", "field"], how="semi"))
    gone = pl.concat(lost)
    if "manual_edit" in after.begun:
        gone = gone.join(after.begun["manual_edit"], on=["person", "field"], how="anti")
    ended = after.ended.get("manual_edit", held.clear()).select(held.columns)
    return replace(after, ended={**after.ended, "manual_edit": pl.concat([ended, gone]).unique()})
