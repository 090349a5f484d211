"""Sources: exports of other systems, recognised by their headers (`sources.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache, cached_property
from importlib import resources
from typing import Final

from enlist.core.fields.fields import FIELDS, PROFILE_PREFIX

from .spelling import without_marks
from .words import ColumnMatch, fold

# A file with columns of its own is still the same export if the system has most of its columns.
_MOST: Final = 0.6
_SOME: Final = 3
_SURE: Final = 0.97


@dataclass(frozen=True)
class Source:
    """An export of another system: its name, the page that describes it, and the field of every header ("" for none).

    needs: the headers that identify it. others: a pattern for further headers, which aren't imported. sheets: names of
    its sheet, with * for any text.
    """

    name: str
    page: str
    needs: tuple[str, ...]
    headers: Mapping[str, str]
    others: str = ""
    sheets: tuple[str, ...] = ()

    def knows(self, header: str) -> bool:
        """Whether it has this column."""
        return _key(header) in self.fields or self.is_other(header)

    def is_other(self, header: str) -> bool:
        """Whether it has this column beside those with names of their own."""
        return bool(self.others and re.search(self.others, header.strip()))

    @cached_property
    def fields(self) -> dict[str, str]:
        """Folded header → field."""
        return {_key(header): slug for header, slug in self.headers.items()}


@dataclass(frozen=True)
class Recognised:
    """The source of a file, and how many of the file's columns it has."""

    source: Source
    known: int
    columns: int

    @property
    def share(self) -> float:
        """The share of the file's columns that the source has."""
        return self.known / self.columns


@cache
def sources() -> tuple[Source, ...]:
    """All sources."""
    text = resources.files("enlist.core.headers").joinpath("sources.toml").read_text("utf-8")
    return tuple(
        Source(
            each["name"],
            each["page"],
            tuple(each["needs"]),
            each["headers"],
            others=each.get("others", ""),
            sheets=tuple(each.get("sheets", ())),
        )
        for each in tomllib.loads(text)["source"]
    )


def recognise(headers: Collection[str], *, sheet: str | None = None) -> Recognised | None:
    """The source with these headers, in a sheet of this name; None if none has most of them."""
    given = {_key(header): header for header in headers}
    found = [
        Recognised(source, known=sum(map(source.knows, given.values())), columns=len(given))
        for source, needs in _needs()
        if needs <= given.keys() or _is_named(source, sheet=sheet, given=given)
    ]
    best = max(found, key=lambda each: (each.known, len(each.source.needs)), default=None)
    return best if best and best.share >= _MOST else None


def _is_named(source: Source, *, sheet: str | None, given: Collection[str]) -> bool:
    """Whether a sheet has the name of the source, and some of its columns."""
    is_called = any(fnmatch((sheet or "").casefold(), name.casefold()) for name in source.sheets)
    return is_called and len(source.fields.keys() & set(given)) >= _SOME


def with_source(columns: Sequence[ColumnMatch], *, source: Source | None) -> list[ColumnMatch]:
    """The columns as the source has them, except passwords and the organisation's own profile fields."""
    if source is None:
        return list(columns)
    fields = source.fields
    slugs = [fields.get(_key(column.header), "" if source.is_other(column.header) else None) for column in columns]
    # Of several columns for a field the first counts; each column of a state does.
    firsts = [slug if slug in (None, "state") or slug not in slugs[:n] else "" for n, slug in enumerate(slugs)]
    return [_of_source(column, slug=slug, source=source) for column, slug in zip(columns, firsts, strict=True)]


def _of_source(column: ColumnMatch, *, slug: str | None, source: Source) -> ColumnMatch:
    is_own = (column.slug or "").startswith(PROFILE_PREFIX)
    if slug is None or is_own or column.flag in ("secret_not_handled", "column_left_out"):
        return column
    if slug not in FIELDS:
        why = f"{source.name}: this column isn't imported."
        return ColumnMatch(column.header, None, 1.0, why, "column_ignored")
    return replace(
        column,
        slug=slug,
        confidence=_SURE,
        why=f"The file was recognised as {source.name}.",
        flag=None,
        detail=None,
        is_lesson=False,
    )


@cache
def _needs() -> tuple[tuple[Source, frozenset[str]], ...]:
    return tuple((each, frozenset(map(_key, each.needs))) for each in sources())


def _key(header: str) -> str:
    return fold(without_marks(header.strip()))
