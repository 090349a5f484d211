"""Changes: what a plan does to each person, with names in place of ids, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import polars as pl

from .changes import (
    AFTER,
    BEFORE,
    RELATIONS,
    VERBS,
    Does,
    Kind,
    held_in_reference,
    is_about,
    people_of,
    relation_of,
    targets,
)
from .directory import Directory
from .fields import FIELDS, SYSTEM_ROLES
from .plan import Part, Plan

T = TypeVar("T")

# Columns of a person that say nothing new to a reader: keys repeat their field, ids are ours.
SILENT: Final = frozenset({"person", "version", "username_key", "email_key", "source"})
# What is no column of a file by itself.
_LABELS: Final = {SYSTEM_ROLES: "system roles"}
# What every new person has unless something else is said.
USUAL: Final = {"state": "active", "site_role": "learner"}
RENAMED: Final = "rename"
_WHOLE: Final = {"create": "created", "remove": "removed", "restore": "restored"}


def tile_names() -> tuple[str, ...]:
    """By what people of a plan can be looked for."""
    return tuple(dict.fromkeys([*filter(None, (verb.tile for verb in VERBS.values())), RENAMED]))


def about(tile: str) -> tuple[str, ...]:
    """The verbs whose people a tile of a preview counts; `RENAMED` is an update."""
    return ("update",) if tile == RENAMED else tuple(name for name, verb in VERBS.items() if verb.tile == tile)


@dataclass(frozen=True)
class Labels:
    """What ids and slugs are called; whatever is not in here is shown as its number or slug.

    names: by what it is (a relation, "course", "role"), id → name: of people the username, of courses and roles the
    short name, of all else what `Relation.shown` says of it. fields: label of a profile field.
    """

    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Directory) -> Labels:
        """The names of everything in a Directory."""
        reference = directory.reference
        labels = cls(
            names={
                "person": _mapping(directory.people, key="person", value="username"),
                "course": _mapping(reference.courses, key="course", value="shortname"),
                "role": _mapping(reference.roles, key="role", value="shortname"),
            },
            fields={known.slug: known.name for known in reference.profile_fields},
        )
        for relation in held_in_reference():
            labels = labels.with_records(relation.name, records=reference.frame(relation.name))
        return labels

    def name(self, target: str, *, number: int) -> str:
        """What a number is called."""
        noun = RELATIONS[target].noun if target in RELATIONS else target
        return self.names.get(target, {}).get(number, f"{noun} {number}")

    def with_people(self, names: Mapping[int, str]) -> Labels:
        """The same with these usernames."""
        return self._with("person", names=names)

    def with_records(self, relation: str, *, records: pl.DataFrame) -> Labels:
        """The same with the names of more records."""
        ids = records.get_column(RELATIONS[relation].id).to_list()
        rows = zip(ids, records.iter_rows(named=True), strict=True)
        return self._with(relation, names={number: self.shown(relation, row=row) for number, row in rows})

    def _with(self, target: str, *, names: Mapping[int, str]) -> Labels:
        return replace(self, names={**self.names, target: {**self.names.get(target, {}), **names}}) if names else self

    def shown(self, relation: str, *, row: Mapping[str, Any], person: int | None = None) -> str:
        """What a record is called; of one between two people, to this person."""
        known = targets()
        cells = []
        for column in RELATIONS[relation].shown:
            if known.get(column) == "person" and relation != "person":
                ends = [row[each] for each in RELATIONS[relation].people]
                cells.append(self.name("person", number=next((each for each in ends if each != person), ends[-1])))
            else:
                cells.append(
                    self.name(known[column], number=row[column]) if column in known else str(row[column] or "")
                )
        return " / ".join(cells)

    def field_label(self, slug: str) -> str:
        """The label of a person's field or profile field."""
        return FIELDS[slug].label if slug in FIELDS else self.fields.get(slug, _LABELS.get(slug, slug))


@dataclass(frozen=True)
class Cell:
    """One value that changes: our slug, what is stored before, what after ("" for nothing)."""

    field: str
    old: str
    new: str


_TURNED: Final = {
    "deactivate": ("deactivated", Cell("state", "active", "inactive")),
    "reactivate": ("reactivated", Cell("state", "inactive", "active")),
}


@dataclass(frozen=True)
class Tie:
    """A record about a person that begins, changes or ends; `name` is its course, or group, or "COURSE / group"."""

    verb: str
    name: str
    role: str = ""
    status: str = ""
    start: str = ""
    end: str = ""

    def sentence(self) -> str:
        """What happens, in words."""
        says = VERBS[self.verb].says
        return says.format(name=self.name, role=self.role, status=self.status, when=self._when())

    def _when(self) -> str:
        """Its status, where it is suspended, and its dates, where it has any."""
        said = [", suspended"] if self.status == "suspended" and self.verb == "enrol" else []
        said += [f", from {self.start}"] if self.start else []
        said += [f", until {self.end}"] if self.end else []
        return "".join(said)


@dataclass(frozen=True)
class Change:
    """Everything a plan does to one person.

    line: where the file names them first (null where it does not, and in an undo). kind: created, updated, deactivated,
    reactivated, removed, restored, or "" where only ties change; who is updated as well has both words.
    """

    person: int
    name: str
    line: int | None
    kind: str = ""
    cells: tuple[Cell, ...] = ()
    ties: tuple[Tie, ...] = ()


def changes(plan: Plan, *, limit: int, labels: Labels | None = None) -> list[Change]:
    """The first `limit` people a plan changes, part by part as `touched` says; loads no more parts than that takes."""
    return list(_take(_by_part(plan, limit=limit, labels=labels or Labels()), limit=limit))


def first_people(plan: Plan, *, limit: int) -> list[int]:
    """Whom `changes` with this limit is about; those below zero are new."""
    return list(_take((person for part in plan.parts for person in touched(part)["person"]), limit=limit))


def touched(part: Part) -> pl.DataFrame:
    """The people a part changes and the line that names them first: person, line (null in an undo).

    Those who lose something come first, then those whose details change, the rest, and who is new, each in file order.
    """
    people = [pl.DataFrame(schema={"person": pl.Int64(), "rank": pl.Int32()})]
    for verb, frame in part.frames.items():
        people.append(people_of(frame).to_frame().with_columns(rank=pl.lit(VERBS[verb].rank, pl.Int32)))
    found = pl.concat(people).group_by("person").agg(pl.col("rank").min())
    lines = part.fates.group_by("person").agg(pl.col("line").min())
    ordered = found.join(lines, on="person", how="left").sort(
        pl.col("person") < 0, "rank", "line", "person", nulls_last=True
    )
    return ordered.select("person", "line")


def _by_part(plan: Plan, *, limit: int, labels: Labels) -> Iterator[Change]:
    for part in plan.parts:
        labels = with_new(labels, part=part)
        yield from changes_of(part, people=touched(part).head(limit), labels=labels)


def _take(found: Iterable[T], *, limit: int) -> Iterator[T]:
    # islice would ask for one more, and with it for one more part.
    if limit < 1:
        return
    for number, each in enumerate(found, start=1):
        yield each
        if number == limit:
            return


def changes_of(part: Part, *, people: pl.DataFrame, labels: Labels) -> list[Change]:
    """What a part does to some of those it touches, in their order."""
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
    if verb in _TURNED:
        kind, cell = _TURNED[verb]
        return replace(change, kind=_both(change.kind, kind), cells=(*change.cells, cell))
    if verb in _WHOLE:
        cells = () if verb == "remove" else tuple(_whole_cells(row))
        return replace(change, kind=_WHOLE[verb], name=row["username"], cells=cells)
    return replace(change, ties=(*change.ties, _tie(row, verb=verb, person=change.person, labels=labels)))


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


def _tie(row: Mapping[str, Any], *, verb: str, person: int, labels: Labels) -> Tie:
    relation = relation_of(verb)
    if relation.name != "enrolment":
        return Tie(verb, labels.shown(relation.name, row=row, person=person))
    if verb == "change_enrolment":
        row = {**row, "status": row[AFTER + "status"], "start": row[AFTER + "start"], "end": row[AFTER + "end"]}
    days = (str(row.get(name) or "")[:10] for name in ("start", "end"))
    return Tie(
        verb, labels.name("course", number=row["course"]), labels.name("role", number=row["role"]), row["status"], *days
    )


def with_new(labels: Labels, *, part: Part) -> Labels:
    """The labels, with what a part makes for others to refer to."""
    for verb, frame in part.frames.items():
        if relation_of(verb).kind is Kind.MADE and VERBS[verb].does is not Does.CHANGE:
            labels = labels.with_records(VERBS[verb].relation, records=frame)
    return labels


def _mapping(frame: pl.DataFrame, *, key: str, value: str) -> dict[int, str]:
    return dict(zip(frame.get_column(key).to_list(), frame.get_column(value).to_list(), strict=True))
