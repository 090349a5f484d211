"""Details: what the file and the defaults want a person's own cells to be (spec/moodle-upload.md §2.1)."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core import patterns
from enlist.core.directory import Reference
from enlist.core.fields import FIELDS, PERSON_SLUGS
from enlist.core.flag_catalogue import FLAGS, Level, Scope
from enlist.core.flags import mark

from .context import Context

# Patterns are made of the names as the row leaves them, so these come first; the username is not a detail.
NAMES: Final = ("firstname", "lastname")
# An error on a cell leaves it out, and `choice_left` says that what is stored stays.
_REFUSALS: Final = [
    *(k.code for k in FLAGS.values() if k.level is Level.ERROR and k.scope is Scope.CELL),
    "choice_left",
]
STORED: Final = "stored:"
GIVEN: Final = "given:"


def details(reference: Reference) -> tuple[str, ...]:
    """Slugs of all details, names first."""
    return (*PERSON_SLUGS[1:], *reference.profile_slugs)


def never_wiped(reference: Reference) -> frozenset[str]:
    """Details that a blank which is meant leaves as they are (§1.2, §1.4): a language, and choices."""
    return frozenset({"lang", *(field.slug for field in reference.profile_fields if field.kind == "choice")})


def default(name: str, *, context: Context) -> pl.Expr | None:
    """The policy's default for a field (EC-14), null where it comes to nothing; it reads the columns of the names."""
    pattern = context.policy.defaults.get(name)
    if not pattern:
        return None
    value = patterns.expression(pattern)
    return pl.when(value != "").then(value)


def filled(name: str, *, given: str, context: Context) -> pl.Expr:
    """The given cell, else the default; null where there is neither."""
    usual = default(name, context=context)
    return pl.col(given) if usual is None else pl.coalesce(given, usual)


def wanted(name: str, *, context: Context, refused: pl.Series) -> pl.Expr:
    """What a row wants a known person's detail to be; null where it stays. Reads given:<name> and stored:<name>.

    refused: rows (Int64) whose cell was not taken; no default may then replace what is stored.
    """
    how, given, stored = context.policy.update_details, pl.col(GIVEN + name), pl.col(STORED + name)
    if how == "none":
        return pl.lit(None, pl.String)
    if how == "from_file":
        value: pl.Expr = given
    elif how == "from_file_and_defaults":
        value = filled(name, given=GIVEN + name, context=context)
    else:
        offered = filled(name, given=GIVEN + name, context=context)
        value = pl.when(stored.is_null() | (stored == "")).then(pl.when(offered != "").then(offered))
    return pl.when(~pl.col("row").is_in(refused.implode())).then(value) if len(refused) else value


def refusals(name: str, *, flags: pl.DataFrame) -> pl.Series:
    """Rows (Int64) whose cell of this field was refused."""
    return (
        flags.filter((pl.col("field") == name) & pl.col("code").is_in(_REFUSALS))
        .get_column("row")
        .drop_nulls()
        .unique()
    )


def overlong(rows: pl.DataFrame, *, name: str, uses_default: pl.Expr, context: Context) -> pl.DataFrame:
    """Flags of rows whose default comes out longer than its field; what the file gives was checked before."""
    usual = default(name, context=context)
    if usual is None or name not in FIELDS:
        return rows.clear().pipe(mark, code="too_long")
    limit = FIELDS[name].max_length
    long = rows.filter(uses_default).with_columns(_value=usual).filter(pl.col("_value").str.len_chars() > limit)
    return mark(
        long, code="too_long", field=name, column=context.headers.get(name), value=pl.col("_value"), detail=str(limit)
    )
