"""Renaming: a column of a draft is called otherwise, and means what that says, as if its file had said so."""

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
    """Call a column otherwise, as if the file had said so; what it is taken for then (slug, "" for nothing). One step.

    header: as the file has it. Raises HeaderError where it cannot be called so, or two columns would mean one field;
    then all stays as it was.
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
    """Raise HeaderError where no column can be called so."""
    if not name:
        raise HeaderError("column_without_name")
    if name in others:
        raise HeaderError("column_name_exists", name=name)
    if len(name) > LONGEST or "\0" in name:
        raise HeaderError("column_name_refused", limit=LONGEST)
    if is_secret(name):
        raise HeaderError("column_name_secret", name=name)


def _meaning(scope: Scope, *, record: models.Import, old: str, name: str) -> HeaderMatch:
    """What the columns are taken for with another name. Raises HeaderError where it is that which will not do."""
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
            # Of several things that are wrong one can be repaired_cells after the other.
            if (before.code, before.fields) == (error.code, error.fields):
                return HeaderMatch((), flags=no_flags())
        raise
