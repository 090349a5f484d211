"""Assembly: chunks of rows and their flags, as one Table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.clean.password import are_hashes, are_masks
from enlist.core.fields.fields import PASSWORD
from enlist.core.flags.flags import collect, flag, no_flags
from enlist.core.planner.people.passwords import are_weak
from enlist.core.table.table import SEALED_SCHEMA, Source, Table
from enlist.formats.encoding.encodings import Text
from enlist.formats.files.safety import unguarded

from .chunks import Chunk, schema_of
from .layout import Layout
from .shown_text import unshown, without_wraps
from .tail import Tails, no_tails, tails_of, without_blank

Seal = Callable[[pl.Series], pl.Series]

_NUL: Final = "\0"
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True)
class Assembly:
    """What assembling chunks needs: their text, its layout, and the seal for passwords.

    takes_all: every line is a row, whatever it looks like.
    """

    text: Text
    layout: Layout
    source: Source
    seal: Seal | None = None
    takes_all: bool = False


def assemble(chunks: Iterable[Chunk], *, by: Assembly) -> Table:
    """The Table of these chunks: cells trimmed, columns under their headers, flags with their row numbers."""
    text, layout, source = by.text, by.layout, by.source
    frames, noted = [pl.DataFrame(schema=schema_of(layout))], []
    for chunk in chunks:
        frames.append(chunk.trimmed)
        noted.append(chunk.flags)
    # The careful reader makes many small chunks, which would slow down every later step.
    whole = pl.concat(frames, rechunk=source.road == "careful")
    lines = whole.get_column("line")
    sealed, unread = _sealed(whole, layout=layout, seal=by.seal)
    noted.append(unread)
    frame = whole.select(str(number) for number in layout.kept).rename(
        {str(number): layout.headers[number] for number in layout.kept}
    )
    frame = frame.drop(_empty_nameless(frame, layout=layout))
    noted.append(_unreadable(frame, lines=lines, text=text))
    if _NUL.encode() in text.data or (source.road == "workbook" and _holds(_NUL, frame=frame)):
        noted.append(_cells_with(_NUL, frame=frame, lines=lines, code="nul_byte"))
        frame = frame.with_columns(_without_nul(name) for name in frame.columns)
    frame, traces = without_wraps(frame, lines=lines, data=text.data)
    noted.append(unshown(frame, lines=lines, data=text.data))
    if layout.is_guarded:
        frame = frame.select(unguarded(column) for column in frame.iter_columns())
    tails = _tails(frame, whole=whole, flags=collect(*noted), takes_all=by.takes_all)
    noted = [_numbered(noted, lines=lines)]
    if not tails.is_row.all():
        frame, lines = frame.filter(tails.is_row), lines.filter(tails.is_row)
        is_left = pl.col("line").is_in(lines.implode())
        noted, sealed = [_numbered([each.filter(is_left) for each in noted], lines=lines)], sealed.filter(is_left)
    flags = collect(text.flags, layout.flags, traces, tails.flags, *_header_flags(frame, layout=layout), *noted)
    return Table(
        frame=frame,
        lines=lines,
        source=source,
        flags=flags,
        secrets=layout.secrets,
        sealed=sealed,
        is_sealed=by.seal is not None and layout.sealed is not None,
    )


def _tails(frame: pl.DataFrame, *, whole: pl.DataFrame, flags: pl.DataFrame, takes_all: bool) -> Tails:
    lines, longer = whole.get_column("line"), flags.filter(pl.col("code") == "row_long").get_column("line")
    tails = no_tails(frame) if takes_all else tails_of(frame, lines=lines, longer=longer)
    return without_blank(tails, whole=whole, longer=longer)


def _sealed(whole: pl.DataFrame, *, layout: Layout, seal: Seal | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The passwords, of SEALED_SCHEMA, and flags for what is none: untypable ones, 0, masks and hashes."""
    if seal is None or layout.sealed is None:
        return pl.DataFrame(schema=SEALED_SCHEMA), no_flags()
    given = whole.select("line", cell=pl.col(str(layout.sealed))).filter(pl.col("cell") != "")
    if layout.is_guarded:
        given = given.with_columns(unguarded(given.get_column("cell")))
    zeros, given = given.filter(cell="0"), given.filter(pl.col("cell") != "0")
    masks, given = _split(given, by=are_masks)
    hashes, given = _split(given, by=are_hashes)
    rest, fine = _split(given, by=lambda cells: cells.str.contains(f"[{_NUL}{_UNREADABLE}]"))
    cells = fine.get_column("cell")
    sealed = fine.select("line", weak=are_weak(cells), sealed=seal(cells))
    kinds = {"password_unreadable": rest, "zero_is_blank": zeros, "password_masked": masks, "password_hashed": hashes}
    flagged = [
        found.select(
            "line", code=pl.lit(code), column=pl.lit(layout.headers[layout.sealed]), field=pl.lit(PASSWORD.slug)
        )
        for code, found in kinds.items()
    ]
    return sealed, collect(*flagged)


def _split(given: pl.DataFrame, *, by: Callable[[pl.Series], pl.Series]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines whose cells are so, and the others."""
    found = by(given.get_column("cell"))
    return given.filter(found), given.filter(~found)


def _empty_nameless(frame: pl.DataFrame, *, layout: Layout) -> list[str]:
    """Columns without a header or any cell: delimiters at the ends of lines create them."""
    nameless = [layout.headers[number] for number in sorted(layout.nameless)]
    return [name for name in nameless if name in frame.columns and (frame.get_column(name) == "").all()]


def _header_flags(frame: pl.DataFrame, *, layout: Layout) -> list[pl.DataFrame]:
    nameless = [layout.headers[number] for number in sorted(layout.nameless) if layout.header_line]
    return [
        *(flag("header_missing", value=name, line=layout.header_line) for name in nameless if name in frame.columns),
        *(flag("secret_not_handled", value=name, line=layout.header_line) for name in _left_out(layout)),
    ]


def _left_out(layout: Layout) -> list[str]:
    used = None if layout.sealed is None else layout.headers[layout.sealed]
    return [name for name in layout.secrets if name != used]


def _cells_with(sign: str, *, frame: pl.DataFrame, lines: pl.Series, code: str) -> pl.DataFrame:
    """A flag for every cell that contains the sign, shown as “␀” or “�”."""
    found = [
        pl.DataFrame({"line": lines, "column": name, "value": frame.get_column(name)})
        .filter(pl.col("value").str.contains(sign, literal=True))
        .with_columns(pl.col("value").str.replace_all(_NUL, "␀", literal=True), code=pl.lit(code))
        for name in frame.columns
    ]
    return collect(*found)


def _holds(sign: str, *, frame: pl.DataFrame) -> bool:
    return any(column.str.contains(sign, literal=True).any() for column in frame.iter_columns())


def _without_nul(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.contains(_NUL, literal=True)).then(pl.lit("")).otherwise(pl.col(name)).alias(name)


def _unreadable(frame: pl.DataFrame, *, lines: pl.Series, text: Text) -> pl.DataFrame:
    """Flags for rows with bytes of another encoding, by cell if the cell is in the Table."""
    is_lost = not text.data or (not text.bad_lines and _UNREADABLE.encode() in text.data)
    if is_lost and _holds(_UNREADABLE, frame=frame):
        return _cells_with(_UNREADABLE, frame=frame, lines=lines, code="undecodable").with_columns(
            detail=pl.lit("text")
        )
    if not text.bad_lines or not lines.len():
        return no_flags()
    starts = lines.search_sorted(pl.Series(text.bad_lines, dtype=pl.Int64), side="right") - 1
    rows = starts.unique().sort()
    bad = lines.gather(rows)
    cells = _cells_with(_UNREADABLE, frame=frame[rows], lines=bad, code="undecodable")
    rest = pl.DataFrame({"line": bad.filter(~bad.is_in(cells.get_column("line").implode()))})
    return collect(cells, rest.with_columns(code=pl.lit("undecodable"))).with_columns(detail=pl.lit(text.encoding))


def _numbered(noted: list[pl.DataFrame], *, lines: pl.Series) -> pl.DataFrame:
    """Add row numbers to flags by line. Lines ascend, and each record has one."""
    flags = collect(*noted)
    rows = lines.search_sorted(flags.get_column("line")).cast(pl.Int64)
    return flags.with_columns(row=rows).sort("row", maintain_order=True)
