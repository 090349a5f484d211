"""The options that `unknown_choice = add_option` adds to profile fields."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from enlist.core.changes import AFTER, BEFORE, OPTIONS_SCHEMA, in_order
from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.policy import Policy

Frames = Mapping[str, pl.DataFrame]


def with_options(frames: Frames, *, reference: Reference, policy: Policy) -> dict[str, pl.DataFrame]:
    """The frames of a part, with the new options of its people."""
    fields = [f for f in reference.profile_fields if f.kind in ("choice", "choices")]
    if policy.unknown_choice != "add_option" or not fields:
        return dict(frames)
    added = pl.concat([pl.DataFrame(schema=OPTIONS_SCHEMA), *(_of_field(field, frames=frames) for field in fields)])
    whole = {**frames, "add_option": added}
    return in_order(whole)


def _of_field(field: ProfileField, *, frames: Frames) -> pl.DataFrame:
    given = [pl.Series(field.slug, [], dtype=pl.String)]
    if "create" in frames:
        given.append(frames["create"].get_column(field.slug))
    update = frames.get("update")
    if update is not None and AFTER + field.slug in update.columns:
        moved = update.filter(pl.col(BEFORE + field.slug).ne_missing(pl.col(AFTER + field.slug)))
        given.append(moved.get_column(AFTER + field.slug).alias(field.slug))
    values = pl.concat(given).drop_nulls()
    pieces = values.str.split(";").explode().drop_nulls() if field.kind == "choices" else values
    new = pieces.filter(~pieces.is_in(field.options) & (pieces != "")).unique()
    return pl.DataFrame({"option": new}).select(pl.lit(field.id, pl.Int64).alias("profile_field"), "option")
