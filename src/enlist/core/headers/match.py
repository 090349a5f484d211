"""Headers: which column is which field, how likely, and why.

What the importer chooses counts first, then choices for earlier files, then known words. The rest is guessed, from
similar words and from the cells. A guess never takes a field from a known word; of two guesses for one field the more
likely one counts, and neither if they are about equal.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from enlist.core.clean.date import DAY_FIRST, MONTH_FIRST, find_order
from enlist.core.clean.similarity.near import nearest
from enlist.core.clean.similarity.same_keys import SAME_KEYS_SCHEMA, same_keys
from enlist.core.clean.similarity.similar_values import similar_values
from enlist.core.directory.directory import Reference
from enlist.core.errors import HeaderError
from enlist.core.fields.fields import FAMILIES, FIELDS, LEAVES_ON, STATE
from enlist.core.flags.flags import collect, flag
from enlist.core.table.table import Table

from .account_states import Reading, reading_of, state_flags, with_states
from .clues import clue, doubt
from .other_people import is_of_another
from .rivals import without_rivals
from .row_roles import ROLES_SCHEMA, row_roles
from .sources import Recognised, recognise, with_source
from .whole_names import with_name_parts
from .words import NUMBERED, ColumnMatch, Words, fold

# How much more likely a guess must be than another for the same field.
_SURER: Final = 0.05
# How many unknown columns a message lists.
_MOST_NAMED: Final = 20
# The name that readers give a column without a header.
_NAMELESS: Final = re.compile(r"Column [0-9]+")
_ORDERS: Final = {DAY_FIRST: "day", MONTH_FIRST: "month"}


@dataclass(frozen=True)
class HeaderMatch:
    """What each column of a file means, in file order, and the flags about whole columns.

    flags: about unused or doubtful headers, and about rows whose values look like another row's.
    date_orders: slug → how to read the dates of that column (`clean.date`). same_keys: rows that share a key and are
    about different people (`clean.same_keys`); whether that is an error depends on the policy. profile: the export of
    another system that the file looks like, "" for none. row_roles: rows about guardians and bots (`row_roles`).
    """

    columns: tuple[ColumnMatch, ...]
    flags: pl.DataFrame
    date_orders: Mapping[str, str] = field(default_factory=dict)
    same_keys: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SAME_KEYS_SCHEMA))
    profile: str = ""
    row_roles: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROLES_SCHEMA))

    @property
    def headers(self) -> dict[str, str]:
        """Slug → header, for the columns in use."""
        return {column.slug: column.header for column in self.columns if column.slug}

    @property
    def slugs(self) -> dict[str, str]:
        """Header → slug, for the columns in use."""
        return {column.header: column.slug for column in self.columns if column.slug}

    @property
    def states(self) -> dict[str, Reading]:
        """Header → how its cells are read, for the columns that say the state of accounts."""
        return {each.header: reading_of(each) for each in self.columns if each.slug == STATE.slug}

    @property
    def lessons(self) -> dict[str, str]:
        """Header → slug, for the columns that the importer mapped or that were guessed: choices to remember."""
        named = (column for column in self.columns if not _NAMELESS.fullmatch(column.header))
        return {column.header: column.slug for column in named if column.slug and column.is_lesson}


def match_headers(
    table_or_headers: Table | Sequence[str],
    *,
    reference: Reference | None = None,
    overrides: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
    unknown_columns: str = "ignore",
) -> HeaderMatch:
    """Match the columns of a file to fields.

    overrides: header → field (slug, label or synonym). remembered: overrides for earlier files, by folded header
    (`words.fold`). left_out: headers to ignore (IC-18).
    unknown_columns: "ignore" (each is flagged, or guessed) or "refuse".
    Rules: EC-05, EC-09 to EC-13, EN-07, spec/moodle-upload.md §1.1.1, §1.3, §6.3.

    Raises HeaderError if two headers mean one field, an override names an unknown field, an override or `left_out`
    names an unknown header, or a column is unknown and those are refused.
    """
    headers, secrets = _headers_of(table_or_headers)
    _check_names([*(overrides or {}), *left_out], headers=(*headers, *secrets))
    words = Words(reference or Reference())
    table = table_or_headers if isinstance(table_or_headers, Table) else None
    columns = [_left_out(header) if header in left_out else words.meaning(header) for header in headers]
    found = recognise((*headers, *secrets), sheet=table.source.sheet if table else None)
    columns = with_source(columns, source=found.source if found else None)
    # What is mapped to the password was taken out of the table when the file was read.
    chosen = {header: name for header, name in (overrides or {}).items() if header not in secrets}
    columns = _with_overrides(columns, words=words, overrides=chosen)
    columns = _with_remembered(columns, words=words, remembered=remembered or {})
    columns = with_name_parts(without_rivals(columns), table=table)
    if unknown_columns == "refuse":
        _refuse_unknown(columns)
    else:
        columns = _with_guesses(columns, words=words, table=table)
    columns = with_states(_without_orphans(columns), table=table)
    doubts = [*state_flags(columns, table=table), *_doubts(columns, table=table)]
    orders = _date_orders(columns, table=table, reference=reference or Reference())
    flags = collect(*_source_flags(found), _flags(columns), *doubts, *_date_order_flags(columns, orders=orders))
    match = HeaderMatch(
        columns=tuple(columns), flags=flags, date_orders=orders, profile=found.source.name if found else ""
    )
    return _with_rows(match, table=table) if table else match


def _with_rows(match: HeaderMatch, *, table: Table) -> HeaderMatch:
    """The match with what only the rows show."""
    return replace(
        match,
        flags=collect(match.flags, similar_values(table, headers=match.headers)),
        same_keys=same_keys(table, headers=match.headers),
        row_roles=row_roles(match.columns, table=table),
    )


def _headers_of(given: Table | Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headers to match, and those whose cells never enter a Table."""
    return (given.headers, given.secrets) if isinstance(given, Table) else (tuple(given), ())


def _check_names(names: Sequence[str], *, headers: Sequence[str]) -> None:
    for name in names:
        if name not in headers:
            close = nearest(name, among={header: header for header in headers}, cutoff=0.6)
            near = f"Did you mean “{close[0]}”? " if close else ""
            raise HeaderError("column_unknown", column=name, near=near, columns=", ".join(headers))


def _with_overrides(columns: Sequence[ColumnMatch], *, words: Words, overrides: Mapping[str, str]) -> list[ColumnMatch]:
    chosen = {header: words.target(name, header=header) for header, name in overrides.items()}
    return [replace(chosen[each.header], is_lesson=True) if each.header in chosen else each for each in columns]


def _with_remembered(
    columns: Sequence[ColumnMatch], *, words: Words, remembered: Mapping[str, str]
) -> list[ColumnMatch]:
    """The columns with choices for earlier files applied, unless another header is that field by itself."""
    slugs = Counter(column.slug for column in columns)
    found = []
    for column in columns:
        slug = remembered.get(fold(column.header))
        is_free = slugs[slug] == (slug == column.slug)
        is_open = not column.is_lesson and column.flag != "column_left_out"
        if slug and is_free and is_open and words.writes(slug):
            column = ColumnMatch(column.header, slug, 0.95, "You chose this for an earlier file.", is_lesson=True)
            slugs[slug] = 1
        found.append(column)
    return found


def _with_guesses(columns: Sequence[ColumnMatch], *, words: Words, table: Table | None) -> list[ColumnMatch]:
    taken = {column.slug for column in columns}
    guesses: dict[str, list[ColumnMatch]] = defaultdict(list)
    for column in columns:
        # Others' addresses and names look like the person's own; what a recognised source doesn't import is certain.
        if column.flag == "column_ignored" and column.confidence == 0 and not is_of_another(column.header):
            found = [guess for guess in _guesses(column, words=words, table=table) if guess.slug not in taken]
            for guess in sorted(found, key=lambda each: -each.confidence)[:1]:
                guesses[guess.slug or ""].append(guess)
    surest = {guess.header: guess for rivals in guesses.values() for guess in _surest(rivals)}
    return [surest.get(column.header, column) for column in columns]


def _surest(rivals: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """The most likely one; none if two are about equally likely."""
    first, *others = sorted(rivals, key=lambda each: -each.confidence)
    return [] if others and first.confidence - others[0].confidence < _SURER else [first]


def _guesses(column: ColumnMatch, *, words: Words, table: Table | None) -> Iterator[ColumnMatch]:
    """What a column may be, from a similar word and from its cells; more likely if both agree."""
    similar = words.similar(column.header)
    seen = clue(table.frame.get_column(column.header)) if table else None
    if similar and seen and similar.slug == seen.slug:
        yield replace(
            similar, confidence=max(similar.confidence, seen.confidence) + _SURER, why=f"{similar.why} {seen.why}"
        )
        return
    if similar:
        yield similar
    if seen:
        yield ColumnMatch(column.header, seen.slug, seen.confidence, seen.why, "header_guessed", is_lesson=True)


def _left_out(header: str) -> ColumnMatch:
    return ColumnMatch(header, None, 1.0, "This import's settings leave it out.", "column_left_out")


def _refuse_unknown(columns: Sequence[ColumnMatch]) -> None:
    unknown = [column for column in columns if column.flag == "column_ignored"]
    if unknown:
        raise HeaderError("columns_unknown", columns=", ".join(_named(unknown)))


def _without_orphans(columns: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """Ignore a roleN, typeN or groupN without its courseN (spec/moodle-upload.md §1.3)."""
    slugs = {column.slug for column in columns}
    return [_orphan(column) if _course_of(column.slug) not in slugs else column for column in columns]


def _course_of(slug: str | None) -> str | None:
    numbered = NUMBERED.fullmatch(slug or "")
    return f"course{numbered[2]}" if numbered and numbered[1] in FAMILIES else slug


def _orphan(column: ColumnMatch) -> ColumnMatch:
    course = _course_of(column.slug)
    return replace(column, slug=None, why=f"There is no column {course}.", flag="column_without_course", detail=course)


def _doubts(columns: Sequence[ColumnMatch], *, table: Table | None) -> Iterator[pl.DataFrame]:
    """Flags about columns whose cells contradict their header."""
    if table is None:
        return
    for column in columns:
        if column.slug and (against := doubt(table.frame.get_column(column.header), slug=column.slug)):
            doubted = flag("header_doubted", value=column.header, detail=f"{FIELDS[column.slug].label}, but {against}")
            yield doubted.with_columns(column=pl.lit(column.header))


def _source_flags(found: Recognised | None) -> Iterator[pl.DataFrame]:
    if found:
        known = f"{found.known} of its {found.columns} columns are known"
        yield flag("source_recognised", value=found.source.name, detail=known)


def _flags(columns: Sequence[ColumnMatch]) -> pl.DataFrame:
    """A flag for every column that is unused or doubtful, and one for all unknown columns."""
    unknown = [column for column in columns if column.flag == "column_ignored"]
    flagged = [column for column in columns if column.flag and column.flag != "column_ignored"]
    each = pl.DataFrame(
        {
            "column": [column.header for column in flagged],
            "code": [column.flag for column in flagged],
            "value": [column.header for column in flagged],
            "detail": [_detail(column) for column in flagged],
        }
    )
    if not unknown:
        return collect(each)
    named = ", ".join(_named(unknown[:_MOST_NAMED]))
    more = len(unknown) - _MOST_NAMED
    listed = flag("column_ignored", value=str(len(unknown)), detail=f"{named} and {more} more" if more > 0 else named)
    only = unknown[0].header if len(unknown) == 1 else None
    return collect(listed.with_columns(column=pl.lit(only, pl.String())), each)


def _named(unknown: Sequence[ColumnMatch]) -> list[str]:
    return [f"“{c.header}”" + (f" (did you mean {c.detail}?)" if c.detail else "") for c in unknown]


def _date_orders(columns: Sequence[ColumnMatch], *, table: Table | None, reference: Reference) -> dict[str, str]:
    """Slug → whether its dates begin with the day or the month, judged from the whole column (WL-06)."""
    dates = {LEAVES_ON.slug, *(field.slug for field in reference.profile_fields if field.kind == "date")}
    found = {column.slug: column.header for column in columns if column.slug in dates}
    return {slug: find_order(table.frame.get_column(header)) for slug, header in found.items() if slug} if table else {}


def _date_order_flags(columns: Sequence[ColumnMatch], *, orders: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    for column in columns:
        if word := _ORDERS.get(orders.get(column.slug or "", "")):
            yield flag("date_order", value=column.header, detail=word)


def _detail(column: ColumnMatch) -> str | None:
    """What a flag's sentence names: for a guess the field and the reason."""
    if column.flag != "header_guessed" or column.slug is None:
        return column.detail
    label = FIELDS[column.slug].label if column.slug in FIELDS else column.slug
    return f"{label} ({column.confidence:.0%} sure). {column.why}"
