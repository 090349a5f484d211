"""Changes: what a plan does to each person, with names instead of ids, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import polars as pl

from enlist.core.changes import AFTER, BEFORE, VERBS, VERSION_AFTER, is_about, relation_of
from enlist.core.plan.labels import Labels, with_new
from enlist.core.plan.people import take, touched
from enlist.core.plan.plan import Part, Plan

T = TypeVar("T")

# Columns of a person that readers don't need: keys repeat their field, and ids are internal.
SILENT: Final = frozenset({"person", "version", VERSION_AFTER, "username_key", "email_key", "source"})
# Values of new people that are not worth showing.
USUAL: Final = {"state": "active", "site_role": "learner"}
RENAMED: Final = "rename"
_WHOLE: Final = {"create": "created", "remove": "removed", "restore": "restored"}


def tile_names() -> tuple[str, ...]:
    """The tiles by which a plan's people can be filtered."""
    return tuple(dict.fromkeys([*filter(None, (verb.tile for verb in VERBS.values())), RENAMED]))


def about(tile: str) -> tuple[str, ...]:
    """The verbs whose people a tile of a preview counts; `RENAMED` is part of update."""
    return ("update",) if tile == RENAMED else tuple(name for name, verb in VERBS.items() if verb.tile == tile)


@dataclass(frozen=True)
class Cell:
    """One value that changes: slug, stored value before and after ("" for none)."""

    field: str
    old: str
    new: str


_STATE_CHANGES: Final = {
    "deactivate": ("deactivated", Cell("state", "active", "inactive")),
    "reactivate": ("reactivated", Cell("state", "inactive", "active")),
}


@dataclass(frozen=True)
class RecordChange:
    """A record about a person that is created, changed or ended; `name` is its course, group or "COURSE / group".

    follows: what it follows from, as a source (`SOURCES`), if it was neither requested nor typed.
    """

    verb: str
    name: str
    role: str = ""
    status: str = ""
    start: str = ""
    end: str = ""
    follows: str = ""

    def sentence(self) -> str:
        """What happens, in words."""
        says = VERBS[self.verb].says
        said = says.format(name=self.name, role=self.role, status=self.status, when=self._when())
        return f"{said} (by a {self.follows})" if self.follows else said

    def _when(self) -> str:
        """The status if suspended, and the dates, if there are any."""
        parts = [", suspended"] if self.status == "suspended" and self.verb == "enrol" else []
        parts += [f", from {self.start}"] if self.start else []
        parts += [f", until {self.end}"] if self.end else []
        return "".join(parts)


@dataclass(frozen=True)
class Change:
    """Everything a plan does to one person.

    line: where the file names them first (null if it doesn't, and in an undo). kind: created, updated, deactivated,
    reactivated, removed, restored, or "" if only records change; two words for people who are updated as well.
    """

    person: int
    name: str
    line: int | None
    kind: str = ""
    cells: tuple[Cell, ...] = ()
    record_changes: tuple[RecordChange, ...] = ()


def changes(plan: Plan, *, limit: int, labels: Labels | None = None) -> list[Change]:
    """The first `limit` people a plan changes, part by part in the order of `touched`; loads only needed parts."""
    return list(take(_by_part(plan, limit=limit, labels=labels or Labels()), limit=limit))


def _by_part(plan: Plan, *, limit: int, labels: Labels) -> Iterator[Change]:
    for part in plan.parts:
        labels = with_new(labels, part=part)
        yield from changes_of(part, people=touched(part).head(limit), labels=labels)


def changes_of(part: Part, *, people: pl.DataFrame, labels: Labels) -> list[Change]:
    """What a part does to these people, in their order."""
    found = {
        person: Change(person=person, line=line, name=labels.name("person", number=person))
        for person, line in people.iter_rows()
    }
    for verb, frame in part.frames.items():
        about = frame.filter(is_about(people.get_column("person"), columns=frame.columns))
        for row in about.iter_rows(named=True):
            for person in {row[column] for column in relation_of(verb).people} & found.keys():
                found[person] = _with(found[person], verb=verb, row=row, labels=labels)
    return list(found.values())


def _with(change: Change, *, verb: str, row: Mapping[str, Any], labels: Labels) -> Change:
    if verb == "update":
        return replace(change, kind=_both("updated", change.kind), cells=(*_updated_cells(row), *change.cells))
    if verb in _STATE_CHANGES:
        kind, cell = _STATE_CHANGES[verb]
        return replace(change, kind=_both(change.kind, kind), cells=(*change.cells, cell))
    if verb in _WHOLE:
        cells = () if verb == "remove" else tuple(_whole_cells(row))
        return replace(change, kind=_WHOLE[verb], name=row["username"], cells=cells)
    return replace(
        change,
        record_changes=(*change.record_changes, _record_change(row, verb=verb, person=change.person, labels=labels)),
    )


def _both(*kinds: str) -> str:
    return " and ".join(filter(None, kinds))


def _updated_cells(row: Mapping[str, Any]) -> Iterator[Cell]:
    for column, old in row.items():
        slug = column.removeprefix(BEFORE)
        if column.startswith(BEFORE) and slug not in SILENT and old != row[AFTER + slug]:
            yield Cell(slug, old or "", row[AFTER + slug] or "")


def _whole_cells(row: Mapping[str, Any]) -> Iterator[Cell]:
    for slug, value in row.items():
        if slug not in SILENT and value and value != USUAL.get(slug):
            yield Cell(slug, "", value)


def _record_change(row: Mapping[str, Any], *, verb: str, person: int, labels: Labels) -> RecordChange:
    relation = relation_of(verb)
    row = {**row, **{name: row[AFTER + name] for name in VERBS[verb].changes}}
    if relation.name != "enrolment":
        follows = "condition" if row.get("source") == "condition" else ""
        return RecordChange(verb, labels.shown(relation.name, row=row, person=person), follows=follows)
    by = VERBS[verb].only.get("source", row.get("source"))
    return RecordChange(
        verb,
        labels.name("course", number=row["course"]),
        role=labels.name("role", number=row["role"]),
        status=row["status"],
        start=str(row.get("start") or "")[:10],
        end=str(row.get("end") or "")[:10],
        follows="group" if by == "group" else "",
    )
