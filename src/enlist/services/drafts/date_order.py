"""Date order: whether the dates in a column of a draft begin with the day or the month."""

from __future__ import annotations

import json
from functools import lru_cache

from enlist.core.clean.date import Signs, signs
from enlist.core.errors import HeaderError
from enlist.core.policy import DateOrder, Policy
from enlist.services.access import Scope
from enlist.services.imports.staged_file import file_meant, file_names
from enlist.store import models
from enlist.store.imports import artifacts, edits

from .columns import ColumnWords
from .draft import draft_record, words_of


def dates_orders(scope: Scope, *, number: int) -> dict[str, str]:
    """The names of a draft's date columns → their detected order; empty if the settings give the order."""
    record = draft_record(scope, number=number)
    columns = dates_columns(record, words=words_of(scope)).values()
    if not columns or Policy.from_dict(record.policy).date_order != DateOrder.FIND_OUT:
        return {}
    names = file_names(record)
    return {names[header]: dates_order(record, header=header) for header in columns}


def dates_columns(record: models.Import, *, words: ColumnWords) -> dict[str, str]:
    """Slug → header in the file, for date columns; empty if the columns can't be matched."""
    slugs = {field.slug for field in words.reference.profile_fields if field.kind == "date"}
    if not slugs:
        return {}
    headers = {name: header for header, name in file_names(record).items()}
    columns, policy = file_meant(record, headers=headers)
    try:
        found = words.match(tuple(headers), overrides=columns, left_out=policy.columns_left_out).headers
    except HeaderError:
        return {}
    return {slug: headers[name] for slug, name in found.items() if slug in slugs}


def dates_order(record: models.Import, *, header: str) -> str:
    """The date order of a column (its header in the file) with its edits: `clean.date.Signs.order`."""
    reading = json.dumps(record.order["reading"], sort_keys=True)
    changed = edits.changed_in(record, column=header)
    there = _of_file(record, read=(record.sha256, reading), header=header)
    return (there - signs(changed.get_column("old")) + signs(changed.get_column("new"))).order


@lru_cache(maxsize=64)
def _of_file(record: models.Import, *, read: tuple[str, str], header: str) -> Signs:
    """The signs of a column in the file without edits."""
    del read
    parts = range(artifacts.count_parts(record, kind=artifacts.STAGED))
    places = (artifacts.Place(record, artifacts.STAGED, part) for part in parts)
    chunks = (artifacts.load_columns(place, name="table", columns=[header]) for place in places)
    return sum((signs(chunk.get_column(header)) for chunk in chunks), Signs())
