"""Roles of rows: which rows are about guardians, or about bots and service accounts, by the words of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import polars as pl

from enlist.core.clean.code import yes_or_no
from enlist.core.clean.column import by_value
from enlist.core.fields.account_states import STATUSES
from enlist.core.fields.fields import SITE_ROLE, STATE
from enlist.core.fields.row_roles import HEADERS, VALUES
from enlist.core.table.table import Table

from .account_states import essential_words
from .words import ColumnMatch, fold

# kind: GUARDIAN or BOT; value: the cell.
ROLES_SCHEMA: Final = {"row": pl.Int64(), "kind": pl.String(), "column": pl.String(), "value": pl.String()}
_OPEN: Final = (None, SITE_ROLE.slug, STATE.slug)
_BETWEEN: Final = re.compile(r"[,;|/+&\n]| and | und | et | y | e | en ")
_DIGITS: Final = re.compile(r"\d+|\([^)]*\)")


def row_roles(columns: Sequence[ColumnMatch], *, table: Table) -> pl.DataFrame:
    """The rows about guardians and bots (`ROLES_SCHEMA`), each once.

    A column that is mapped to another field, or left out, says nothing about its rows.
    """
    found = [_of_column(column.header, table=table) for column in columns if _is_open(column)]
    return pl.concat([pl.DataFrame(schema=ROLES_SCHEMA), *found]).unique("row", keep="first", maintain_order=True)


def _is_open(column: ColumnMatch) -> bool:
    is_ours = column.slug in _OPEN and column.flag not in ("secret_not_handled", "column_left_out")
    return is_ours and (_says_roles(column.header) or bool(_asked(column.header)))


def _of_column(header: str, *, table: Table) -> pl.DataFrame:
    cells, asked = table.frame.get_column(header), _asked(header)

    def kind(value: str) -> str | None:
        return (asked if yes_or_no(value) == "1" else None) if asked else _kind(value)

    kinds = by_value(cells.str.strip_chars(), read=kind)
    at = kinds.is_not_null().arg_true()
    places = {"row": at.cast(pl.Int64) + table.first_row, "kind": kinds.gather(at), "value": cells.gather(at)}
    return pl.DataFrame(places).with_columns(column=pl.lit(header)).select(*ROLES_SCHEMA)


def _kind(value: str) -> str | None:
    """What a cell says; None if any of its parts is another role."""
    parts = [fold(part) for part in _BETWEEN.split(_DIGITS.sub(" ", value.casefold()))]
    kinds = [_values().get(part) for part in parts if part]
    return _values().get(fold(value)) or (kinds[0] if kinds and all(kinds) else None)


def _says_roles(header: str) -> bool:
    return any(name in _headers() for name in _names(header))


def _asked(header: str) -> str | None:
    """The kind that a column of yes and no asks about, such as “is_bot”."""
    return next((kind for name in _names(header) if (kind := _values().get(name))), None)


def _names(header: str) -> Iterator[str]:
    yield fold(header)
    yield "".join(essential_words(header))


@cache
def _headers() -> frozenset[str]:
    return frozenset(map(fold, (*HEADERS, *STATUSES)))


@cache
def _values() -> dict[str, str]:
    return {fold(word): kind for kind, words in VALUES.items() for word in words}
