"""The people that a plan changes, page by page, for people to check: what happens to each, and what doesn't and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import polars as pl

from enlist.core.errors import PolicyError
from enlist.core.flags.catalogue import Level
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Plan
from enlist.core.report.changes import Change, tile_names
from enlist.core.report.people import PeopleIndex, changes_page, index_people
from enlist.services.access import Scope
from enlist.services.setup.labels import reference_labels
from enlist.store import activity, models
from enlist.store.activity import Edit
from enlist.store.imports import records
from enlist.store.people import listing, people
from enlist.store.people.people import Named

from .preview import PlanKey, RowFlag, index_of, rows_flags, rows_with

# The states of an import whose new people have an id and a page of their own.
_IN: Final = ("applied", "undone")


@dataclass(frozen=True)
class WantedPeople:
    """Some people of a plan, from number `start` on.

    about: a tile, "" for all. text: anywhere in their row, names, username or address, or the number of their line.
    """

    about: str
    start: int
    limit: int
    text: str = ""


@dataclass(frozen=True)
class PeoplePage:
    """Some people of a plan.

    known: those in the directory, by id. flags: what is wrong in their rows. edits: manual edits that the plan
    overwrites, by field. total: how many people were wanted. next: the start of the following page, if any.
    """

    changes: list[Change]
    labels: Labels
    total: int
    next: int | None
    known: Mapping[int, Named] = field(default_factory=dict)
    flags: Mapping[int, tuple[RowFlag, ...]] = field(default_factory=dict)
    edits: Mapping[int, Mapping[str, Edit]] = field(default_factory=dict)


def plan_people(scope: Scope, *, number: int, plan: Plan, wanted: WantedPeople) -> PeoplePage:
    """Some of the people that the plan of import `number` changes. Raises NotFound; PolicyError for an unknown tile."""
    about, start, limit = wanted.about, max(wanted.start, 0), wanted.limit
    if about and about not in tile_names():
        raise PolicyError("preview_filter_unknown", value=about, filters=", ".join(tile_names()))
    record, labels = records.get(scope, number=number), reference_labels(scope)
    people_index = _people_index(PlanKey(plan.head.fingerprints, plan))
    found = people_index.about(about)
    if text := wanted.text.strip():
        found = found.filter(_contains(scope, record=record, text=text))
    shown = changes_page(plan, people=found.slice(start, limit), people_index=people_index, labels=labels)
    planned = [each.person for each in shown]
    ids = dict(zip(planned, _real_ids(record, planned=planned), strict=True))
    known = people.named(scope.organization, ids=[person for person in ids.values() if person > 0])
    changes = [_renumbered(each, person=ids[each.person], known=known) for each in shown]
    return PeoplePage(
        changes,
        labels,
        total=found.height,
        next=start + limit if start + limit < found.height else None,
        known=known,
        flags={ids[person]: flags for person, flags in _flags(record, planned=planned).items()},
        edits=_overwritten(scope, record=record, changes=changes),
    )


@lru_cache(maxsize=4)
def _people_index(key: PlanKey) -> PeopleIndex:
    return index_people(key.plan)


def _contains(scope: Scope, *, record: models.Import, text: str) -> pl.Expr:
    """Whether somebody's row or entry in the directory contains a text, or their row has this line."""
    wanted = listing.Filter(parts=listing.parts_of(text))
    there = listing.everybody(scope.organization, wanted=wanted).get_column("person")
    is_found = pl.col("person").is_in(there.implode())
    if record.kind == "import":
        rows = rows_with(record.split_from or record, text=text)
        theirs = index_of(record).filter(pl.col("row").is_in(rows.implode())).get_column("person")
        is_found |= pl.col("person").is_in(theirs.drop_nulls().implode())
    return is_found | (pl.col("line").cast(pl.String) == text)


def _real_ids(record: models.Import, *, planned: list[int]) -> list[int]:
    """The ids of people, also of those that the plan created."""
    if record.state not in _IN:
        return planned
    ids = pl.DataFrame({"person": planned}, schema={"person": pl.Int64})
    return records.ids_of(record).realise(ids).get_column("person").to_list()


def _renumbered(change: Change, *, person: int, known: Mapping[int, Named]) -> Change:
    return replace(change, person=person, name=known[person].username if person in known else change.name)


def _flags(record: models.Import, *, planned: list[int]) -> dict[int, tuple[RowFlag, ...]]:
    """What is wrong in the rows of these people of a plan; not what is merely noted."""
    if record.kind != "import" or not planned:
        return {}
    rows = index_of(record).filter(pl.col("person").is_in(planned))
    by_row = rows_flags(record, rows=rows)
    found: dict[int, tuple[RowFlag, ...]] = {}
    for row, person in rows.select("row", "person").iter_rows():
        wrong = (flag for flag in by_row.get(row, ()) if flag.level != Level.NOTICE)
        found[person] = tuple(dict.fromkeys([*found.get(person, ()), *wrong]))
    return found


def _overwritten(scope: Scope, *, record: models.Import, changes: list[Change]) -> dict[int, dict[str, Edit]]:
    """The manual edits whose values these changes replace, by person and field."""
    ids = [change.person for change in changes if change.cells and change.person > 0]
    edits = activity.last_edits(scope, people=ids, before=record.applied_at) if ids else {}
    found: dict[int, dict[str, Edit]] = {}
    for change in changes:
        last = edits.get(change.person, {})
        mine = {cell.field: last[cell.field] for cell in change.cells if _is_same(last.get(cell.field), value=cell.old)}
        if mine:
            found[change.person] = mine
    return found


def _is_same(edit: Edit | None, *, value: str) -> bool:
    return edit is not None and edit.value == value
