"""Rename a column of a draft, as if its file had that header."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from enlist.core.errors import HeaderError
from enlist.core.flags.flags import no_flags
from enlist.core.headers.match import HeaderMatch
from enlist.core.headers.words import is_secret
from enlist.core.table.overlay import HEADER
from enlist.core.table.table import Table
from enlist.services.access import Scope
from enlist.services.imports.staged_file import LONGEST, file_meant, file_names, file_start
from enlist.store import models
from enlist.store.imports import edits

from .draft import draft_to_change, words_of


def header_rename(scope: Scope, *, number: int, header: str, name: str) -> str:
    """Rename a column, as one step; the field it is imported as then (slug, "" for none).

    header: in the file. Raises HeaderError for an invalid name, or if two columns would mean the same field; then
    nothing changes.
    """
    record, name = draft_to_change(scope, number=number), name.strip()
    names = file_names(record)
    if header not in names:
        raise HeaderError("column_gone", column=header)
    old = names[header]
    _check_name(name, others=({*names.values(), *record.order["secrets"]}) - {old})
    found = _meaning(scope, record=record, old=old, name=name)
    if name != old:
        step = {"row": [HEADER], "column": [header], "old": [old], "new": [name]}
        edits.add(record, cells=pl.DataFrame(step), by=scope.actor)
    return found.slugs.get(name, "")


def _check_name(name: str, *, others: set[str]) -> None:
    """Raise HeaderError for an invalid name."""
    if not name:
        raise HeaderError("column_without_name")
    if name in others:
        raise HeaderError("column_name_exists", name=name)
    if len(name) > LONGEST or "\0" in name:
        raise HeaderError("column_name_refused", limit=LONGEST)
    if is_secret(name):
        raise HeaderError("column_name_secret", name=name)


def _meaning(scope: Scope, *, record: models.Import, old: str, name: str) -> HeaderMatch:
    """The match of the columns with the new name. Raises HeaderError if the new name is the cause."""
    start, words = file_start(record), words_of(scope)

    def match(table: Table) -> HeaderMatch:
        columns, policy = file_meant(record, headers=table.headers)
        return words.match(table, overrides=columns, left_out=policy.columns_left_out)

    try:
        return match(replace(start, frame=start.frame.rename({old: name})))
    except HeaderError as error:
        try:
            match(start)
        except HeaderError as before:
            # The error was there before, and can be fixed separately.
            if (before.code, before.fields) == (error.code, error.fields):
                return HeaderMatch((), flags=no_flags())
        raise
