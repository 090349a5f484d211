"""Changes: what a plan does to each person, with names in place of ids, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import polars as pl

from .changes import AFTER, BEFORE, VERBS, people_of
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

    people: username. courses, roles: short name. course_groups: "COURSE / group". groups: name. fields: label of a
    profile field.
    """

    people: Mapping[int, str] = field(default_factory=dict)
    courses: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    course_groups: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Directory) -> Labels:
        """The names of everything in a Directory."""
        reference = directory.reference
        courses = _mapping(reference.courses, key="course", value="shortname")
        groups = reference.course_groups.iter_rows(named=True)
        return cls(
            people=_mapping(directory.people, key="person", value="username"),
            courses=courses,
            roles=_mapping(reference.roles, key="role", value="shortname"),
            groups=_mapping(reference.groups, key="people_group", value="name"),
            course_groups={row["course_group"]: _group_label(row, courses=courses) for row in groups},
            fields={known.slug: known.name for known in reference.profile_fields},
        )

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
    """An enrolment or course group membership that begins or ends; `name` is the course or "COURSE / group"."""

    verb: str
    name: str
    role: str = ""
    status: str = ""
    start: str = ""
    end: str = ""

    def sentence(self) -> str:
        """What happens, in words."""
        match self.verb:
            case "enrol":
                return f"enrolled in {self.name} as {self.role}{self._when()}"
            case "change_enrolment":
                return f"{self.status} in {self.name} as {self.role}{self._when()}"
            case "unenrol":
                return f"no longer enrolled in {self.name} as {self.role}"
            case "join":
                return f"joins {self.name}"
            case _:
                return f"leaves {self.name}"

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
        labels = with_new_groups(labels, part=part)
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
    among = pl.col("person").is_in(people.get_column("person").implode())
    found = {
        person: Change(person=person, line=line, name=labels.people.get(person, f"person {person}"))
        for person, line in people.iter_rows()
    }
    for verb, frame in part.frames.items():
        if "person" in frame.columns:
            for row in frame.filter(among).iter_rows(named=True):
                found[row["person"]] = _with(found[row["person"]], verb=verb, row=row, labels=labels)
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
    return replace(change, ties=(*change.ties, _tie(row, verb=verb, labels=labels)))


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


def _tie(row: Mapping[str, Any], *, verb: str, labels: Labels) -> Tie:
    if verb in ("join_group", "leave_group"):
        group = row["people_group"]
        return Tie(verb.removesuffix("_group"), labels.groups.get(group, f"group {group}"))
    if verb in ("join", "leave"):
        group = row["course_group"]
        return Tie(verb, labels.course_groups.get(group, f"course group {group}"))
    course, role = row["course"], row["role"]
    if verb == "change_enrolment":
        row = {**row, "status": row[AFTER + "status"], "start": row[AFTER + "start"], "end": row[AFTER + "end"]}
    name, role_name = labels.courses.get(course, f"course {course}"), labels.roles.get(role, f"role {role}")
    days = (str(row.get(name) or "")[:10] for name in ("start", "end"))
    return Tie(verb, name, role_name, row["status"], *days)


def with_new_groups(labels: Labels, *, part: Part) -> Labels:
    """The labels, with the groups that a part makes."""
    cohorts = part.frames.get("create_group")
    if cohorts is not None:
        labels = replace(labels, groups={**labels.groups, **_mapping(cohorts, key="people_group", value="name")})
    frame = part.frames.get("create_course_group")
    if frame is None:
        return labels
    new = {row["course_group"]: _group_label(row, courses=labels.courses) for row in frame.iter_rows(named=True)}
    return replace(labels, course_groups={**labels.course_groups, **new})


def _group_label(row: Mapping[str, Any], *, courses: Mapping[int, str]) -> str:
    return f"{courses.get(row['course'], row['course'])} / {row['name']}"


def _mapping(frame: pl.DataFrame, *, key: str, value: str) -> dict[int, str]:
    return dict(zip(frame.get_column(key).to_list(), frame.get_column(value).to_list(), strict=True))
