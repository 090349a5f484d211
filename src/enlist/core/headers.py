"""Headers: which of their columns is which of our fields, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import polars as pl

from .directory import Reference
from .errors import HeaderError
from .fields import FAMILIES
from .flags import collect
from .header_words import NUMBERED, ColumnMatch, Words
from .table import Table


@dataclass(frozen=True)
class HeaderMatch:
    """What became of every header, in file order, and the flags about those that are not used."""

    columns: tuple[ColumnMatch, ...]
    flags: pl.DataFrame

    @property
    def headers(self) -> dict[str, str]:
        """Our slug → their header, for the columns that are used."""
        return {column.slug: column.header for column in self.columns if column.slug}

    @property
    def slugs(self) -> dict[str, str]:
        """Their header → our slug, for the columns that are used."""
        return {column.header: column.slug for column in self.columns if column.slug}


def match_headers(
    table_or_headers: Table | Sequence[str],
    *,
    reference: Reference | None = None,
    overrides: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
    unknown_columns: str = "ignore",
) -> HeaderMatch:
    """Say which of their columns is which of our fields.

    overrides: their header → our field (slug, label or synonym). left_out: their headers not to apply (IC-18).
    unknown_columns: "ignore" (each is flagged) or "refuse".
    Rules: EC-05, EC-09 to EC-13, spec/moodle-upload.md §1.1.1, §1.3, §6.3.

    Raises HeaderError where two headers mean one field, an override names no field, an override or `left_out` names no
    header, or a column is unknown and refused.
    """
    headers, secrets = _headers_of(table_or_headers)
    _check_given([*(overrides or {}), *left_out], headers=(*headers, *secrets))
    words = Words(reference or Reference())
    chosen = {header: words.target(field, header=header) for header, field in (overrides or {}).items()}
    columns = [
        _left_out(header) if header in left_out else chosen.get(header) or words.meaning(header) for header in headers
    ]
    _refuse_twins(columns)
    if unknown_columns == "refuse":
        _refuse_unknown(columns)
    columns = _without_lone_members(columns)
    return HeaderMatch(columns=tuple(columns), flags=_flags(columns))


def _headers_of(given: Table | Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headers to match, and those whose cells are in no Table."""
    return (given.headers, given.secrets) if isinstance(given, Table) else (tuple(given), ())


def _check_given(names: Sequence[str], *, headers: Sequence[str]) -> None:
    for name in names:
        if name not in headers:
            close = get_close_matches(name, headers, n=3, cutoff=0.6)
            near = f"Did you mean {' or '.join(f'“{header}”' for header in close)}? " if close else ""
            raise HeaderError(
                f"There is no column “{name}” in this file.",
                hint=f"{near}Its columns: {', '.join(headers)}.",
            )


def _left_out(header: str) -> ColumnMatch:
    return ColumnMatch(header, None, 1.0, "It is left out by this import's settings.", "column_left_out")


def _refuse_twins(columns: Sequence[ColumnMatch]) -> None:
    firsts: dict[str, int] = {}
    for number, column in enumerate(columns, start=1):
        if column.slug is None:
            continue
        first = firsts.setdefault(column.slug, number)
        if first != number:
            raise HeaderError(
                f"Columns “{columns[first - 1].header}” ({first}) and “{column.header}” ({number}) both mean "
                f"{column.slug}.",
                hint="Leave one of them out, or map it to another field.",
            )


def _refuse_unknown(columns: Sequence[ColumnMatch]) -> None:
    unknown = [column for column in columns if column.flag == "column_ignored"]
    if unknown:
        named = [f"“{c.header}”" + (f" (did you mean {c.detail}?)" if c.detail else "") for c in unknown]
        raise HeaderError(
            f"Unknown columns: {', '.join(named)}.",
            hint="Correct the headers, map them to fields, leave them out, or let unknown columns be ignored.",
        )


def _without_lone_members(columns: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """A roleN, typeN or groupN says nothing without its courseN (spec/moodle-upload.md §1.3)."""
    slugs = {column.slug for column in columns}
    return [_lone(column) if _course_of(column.slug) not in slugs else column for column in columns]


def _course_of(slug: str | None) -> str | None:
    numbered = NUMBERED.fullmatch(slug or "")
    return f"course{numbered[2]}" if numbered and numbered[1] in FAMILIES else slug


def _lone(column: ColumnMatch) -> ColumnMatch:
    course = _course_of(column.slug)
    return replace(column, slug=None, why=f"There is no column {course}.", flag="column_without_course", detail=course)


def _flags(columns: Sequence[ColumnMatch]) -> pl.DataFrame:
    flagged = [column for column in columns if column.flag]
    return collect(
        pl.DataFrame(
            {
                "column": [column.header for column in flagged],
                "code": [column.flag for column in flagged],
                "value": [column.header for column in flagged],
                "detail": [column.detail for column in flagged],
            }
        )
    )
