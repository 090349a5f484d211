"""Details: the values that the file and the defaults give a person's own fields (spec/moodle-upload.md §2.1)."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.core.flags.catalogue import DROPPED_CELLS, FLAGS, Level
from enlist.core.planner.context import Context
from enlist.core.policy import patterns

# Patterns use the names as the row leaves them, so names come first; the username is not a detail.
NAMES: Final = ("firstname", "lastname")
# `choice_left` keeps the stored value.
_REFUSALS: Final = [
    *DROPPED_CELLS,
    "choice_left",
]
_TIDIED: Final = [k.code for k in FLAGS.values() if k.level is Level.NOTICE]
STORED: Final = "stored:"
GIVEN: Final = "given:"


def details(reference: Reference) -> tuple[str, ...]:
    """Slugs of all details, names first."""
    return (*PERSON_SLUGS[1:], *reference.profile_slugs)


def never_wiped(reference: Reference) -> frozenset[str]:
    """Details that an intentional blank doesn't wipe (§1.2, §1.4): a language, a sign-in method, choices.

    A choice with a blank option can be blank (NE-14).
    """
    choices = (field for field in reference.profile_fields if field.kind == "choice" and "" not in field.options)
    return frozenset({"lang", "auth", *(field.slug for field in choices)})


def never_missing(reference: Reference) -> frozenset[str]:
    """Profile fields with a default, which counts for people without a value (§1.4)."""
    return frozenset(field.slug for field in reference.profile_fields if field.default)


def left_out(name: str, *, given: str, context: Context) -> pl.Expr:
    """Whether a row has no cell for a field (column `given`), not even a refused one."""
    refused = refusals(name, flags=context.checked)
    blank = pl.col(given).is_null()
    return blank & ~pl.col("row").is_in(refused.implode()) if len(refused) else blank


def default_values(rows: pl.DataFrame, *, name: str, uses: pl.Expr, context: Context) -> tuple[pl.Series, pl.DataFrame]:
    """The policy's default for the rows that use it (EC-14), cleaned like a cell; null for other rows.

    rows: row, line and the names that patterns use. A default that is blank or invalid for its field is null too; the
    second frame has a flag for invalid ones.
    """
    at = rows.select(uses).to_series().arg_true()
    using = rows.select("row", "line", *patterns.LETTERS.values())[at]
    cleaned = context.cleaners[name](using.select("row", _=patterns.expression(context.policy.defaults[name]))["_"])
    wanted = pl.when(pl.first() != "").then(pl.first())
    values = pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    # Nobody typed these values, so notes about tidying them don't matter.
    notes = cleaned.notes.filter(~pl.col("code").is_in(_TIDIED))
    flags = using[notes.get_column("at")].select("row", "line").hstack(notes.drop("at"))
    where = {"field": pl.lit(name), "column": pl.lit(context.headers.get(name), pl.String)}
    return values.scatter(at, cleaned.values.to_frame().select(wanted).to_series()), flags.with_columns(**where)


def refusals(name: str, *, flags: pl.DataFrame) -> pl.Series:
    """Rows (Int64) whose cell of this field was refused."""
    refused = flags.filter((pl.col("field") == name) & pl.col("code").is_in(_REFUSALS))
    return refused.get_column("row").drop_nulls().unique()
