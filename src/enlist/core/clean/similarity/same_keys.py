"""Rows of one file that share a key and are about different people, searched in the whole file (D16)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from enlist.core.clean.code import yes_or_no
from enlist.core.clean.column import by_value
from enlist.core.clean.key import fold, fold_key
from enlist.core.clean.languages import without_accents
from enlist.core.table.printable import lines_text
from enlist.core.table.table import Table

KEYS: Final = ("username", "email", "idnumber")
# slug: the key; detail: what differs, and in which lines.
SAME_KEYS_SCHEMA: Final = {"row": pl.Int64(), "slug": pl.String(), "value": pl.String(), "detail": pl.String()}
_NAMES: Final = ("firstname", "lastname")
_WHOLE_NAMES: Final = ("fullname", "fullname_reversed")
_LABELS: Final = {"name": "name", "username": "username", "email": "address", "idnumber": "ID number"}
_GROUP: Final = ["key", "turn"]
_LINES_NAMED: Final = 4
# From so many letters on two typing errors are as likely as one.
_LONG: Final = 8
# In shorter words another letter makes another name, and only a letter more may be a typing error: Ann, Anne.
_SHORT: Final = 5
_WORD: Final = re.compile(r"\w+")


def same_keys(table: Table, *, headers: Mapping[str, str], excluded: pl.Series | None = None) -> pl.DataFrame:
    """The rows that share a key with another row whose name differs beyond spelling, or two of whose other keys do.

    Returns a frame of SAME_KEYS_SCHEMA. headers: slug → header. excluded: rows that don't count. After a row that
    deletes its person, a key may be another person's.
    """
    columns = {slug: table.frame.get_column(headers[slug]) for slug in KEYS if slug in headers}
    found = [_of_key(slug, columns=columns, table=table, headers=headers, excluded=excluded) for slug in columns]
    return pl.concat([pl.DataFrame(schema=SAME_KEYS_SCHEMA), *found])


def _of_key(
    slug: str,
    *,
    columns: Mapping[str, pl.Series],
    table: Table,
    headers: Mapping[str, str],
    excluded: pl.Series | None,
) -> pl.DataFrame:
    at = _shared(columns[slug])
    if excluded is not None:
        at = at.filter(~at.cast(pl.Int64).is_in((excluded - table.first_row).implode()))
    if len(at) < 2:
        return pl.DataFrame(schema=SAME_KEYS_SCHEMA)
    few = pl.DataFrame({
        "row": at.cast(pl.Int64) + table.first_row,
        "line": table.lines.gather(at),
        "value": columns[slug].gather(at),
        "key": fold_key(columns[slug].gather(at)),
        "name": _names(table, headers=headers, at=at),
        **{f"other_{other}": fold_key(cells.gather(at)) for other, cells in columns.items() if other != slug},
        "deletes": _deletes(table, headers=headers, at=at),
    })  # fmt: skip
    few = few.with_columns(turn=pl.col("deletes").cum_sum().over("key")).filter(~pl.col("deletes"))
    return _conflicts(few).select("row", "value", "detail", slug=pl.lit(slug)).select(*SAME_KEYS_SCHEMA)


def _shared(cells: pl.Series) -> pl.Series:
    """The positions of values that are there more than once, without case and blanks."""
    marks = cells.str.to_lowercase().hash()
    ordered = marks.sort()
    twice = ordered.filter((ordered == ordered.shift(1)).fill_null(value=False)).unique()
    return (marks.is_in(twice.implode()) & (cells != "")).arg_true()


def _names(table: Table, *, headers: Mapping[str, str], at: pl.Series) -> pl.Series:
    whole = next((headers[slug] for slug in _WHOLE_NAMES if slug in headers), None)
    parts = [whole] if whole else [headers[slug] for slug in _NAMES if slug in headers]
    names = table.frame.select(name=pl.concat_str(parts, separator=" ") if parts else pl.lit(""))
    column = names.get_column("name")
    return column.gather(at).str.strip_chars() if len(column) == table.height else pl.repeat("", len(at), eager=True)


def _deletes(table: Table, *, headers: Mapping[str, str], at: pl.Series) -> pl.Series:
    if "deleted" not in headers:
        return pl.repeat(value=False, n=len(at), eager=True)
    answers = by_value(table.frame.get_column(headers["deleted"]).gather(at), read=yes_or_no)
    return (answers == "1").fill_null(value=False)


def _conflicts(few: pl.DataFrame) -> pl.DataFrame:
    """The rows of groups that are about different people, with what differs."""
    others = [name for name in few.columns if name.startswith("other_")]
    filled = [pl.col(name).replace("", None).drop_nulls() for name in ("name", *others)]
    groups = few.group_by(_GROUP, maintain_order=True).agg(
        *(values.unique(maintain_order=True).alias(f"{values.meta.output_name()}s") for values in filled),
        lines="line",
    )
    apart = {name: pl.col(f"{name}s").list.len() > 1 for name in others}
    groups = groups.with_columns(
        _differ=pl.Series([_are_apart(names) for names in groups.get_column("names")], dtype=pl.Boolean)
    )
    differing = pl.sum_horizontal(pl.lit(0), *apart.values()) >= 2
    groups = groups.filter((pl.col("lines").list.len() > 1) & (pl.col("_differ") | differing))
    words = [
        pl.when(condition).then(pl.lit(_LABELS[name.removeprefix("other_")]))
        for name, condition in {"name": pl.col("_differ"), **apart}.items()
    ]
    lines = by_lines(groups.get_column("lines"))
    groups = groups.with_columns(
        detail=pl.concat_list(words).list.drop_nulls().list.join(", ") + pl.lit(" (") + pl.lit(lines) + pl.lit(")")
    )
    return few.join(groups.select(*_GROUP, "detail"), on=_GROUP, how="inner", maintain_order="left")


def by_lines(lists: pl.Series) -> pl.Series:
    """Lists of lines in words: “lines 2, 3 and 9 others”."""
    texts = [lines_text(lines.head(_LINES_NAMED).to_list(), count=len(lines)) for lines in lists]
    return pl.Series("lines", texts, dtype=pl.String)


def _are_apart(names: pl.Series) -> bool:
    """Whether any of these names differs from the first beyond spelling."""
    first, *others = names.to_list() or [""]
    words = _words(first)
    return any(not _alike(words, other=_words(other)) for other in others)


def _words(name: str) -> list[str]:
    plain = without_accents(fold(name)).replace("'", "").replace("’", "").replace("`", "")
    return sorted(_WORD.findall(plain))


def _alike(one: Sequence[str], *, other: Sequence[str]) -> bool:
    """Whether two names are spellings of one: initials, further names, a typing error."""
    from rapidfuzz.distance import OSA

    short, long = sorted((one, other), key=len)
    if all(any(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for b in long) for a in short):
        return True
    own, others = ([word for word in a if word not in b] for a, b in ((one, other), (other, one)))
    if len(own) == len(others):
        return all(_is_near(pair, distance=OSA.distance(*pair)) for pair in zip(own, others, strict=True))
    joined = " ".join(one), " ".join(other)
    return OSA.distance(*joined) <= (2 if min(map(len, joined)) >= _LONG else 1)


def _is_near(pair: tuple[str, str], *, distance: int) -> bool:
    """Whether two words are one with typing errors; Tim and Tom, or Max and Mia, are brothers and sisters."""
    word, other = pair
    length = min(len(word), len(other))
    if length < _SHORT:
        return distance <= 1 and len(word) != len(other) and word[0] == other[0]
    return distance <= (2 if length >= _LONG else 1)
