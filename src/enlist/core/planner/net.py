"""The net result of a planner: what is left between the directory before all rows and the directory after them.

Both planners end here, so a change made and taken back within one file is no change, and both number what is new alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from enlist.core.changes import (
    AFTER,
    BEFORE,
    COURSE_GROUPS_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    VERBS,
)
from enlist.core.directory import Directory


@dataclass(frozen=True)
class After:
    """What a planner made of a directory.

    people: columns of `Directory.people`; new ones with ids below zero in any numbering, of the known at least those
    that changed.
    enrolments, members, course_groups: what was added, each once (rows that the directory has already do no harm), of
    the schemas in `directory.py`; of enrolments also those that changed. New course groups have ids below zero that the
    directory does not use.
    memberships, groups: the same across courses.
    removed: Int64, ids of those who are no longer there, new ones included.
    """

    people: pl.DataFrame
    enrolments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ENROLMENTS_SCHEMA))
    members: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERS_SCHEMA))
    course_groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSE_GROUPS_SCHEMA))
    memberships: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERSHIPS_SCHEMA))
    groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUPS_SCHEMA))
    removed: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))


@dataclass(frozen=True)
class Net:
    """Frames of a Part, and the numbers of new people in them.

    frames: verb → frame as `changes/verbs.py` says, sorted by the verb's key, without empty ones.
    numbers: Int64 columns `person` (below zero, as the planner gave it, ascending) and `number` (as in the frames).
    nobody: who was made and removed again by the same rows.
    """

    frames: dict[str, pl.DataFrame]
    numbers: pl.DataFrame
    nobody: pl.Series

    def renumber(self, people: pl.Series) -> pl.Series:
        """Ids as the planner gave them (Int64, null for nobody) → ids as in the frames."""
        numbered = _numbered(people, numbers=self.numbers)
        if self.nobody.is_empty():
            return numbered
        return numbered.set(people.is_in(self.nobody.implode()).fill_null(value=False), None)


def net(before: Directory, *, after: After, people_taken: int = 0) -> Net:
    """Compare before and after, and number what is new.

    New people are numbered −1, −2, … in order of username_key (after the `people_taken` that earlier parts of the plan
    used), new course groups in order of course and name (after those below zero in the directory's reference).
    """
    created, numbers = _numbered_new(after.people.filter(pl.col("person") < 0), by=["username_key"], taken=people_taken)
    first_group = -min(0, before.reference.course_groups.select(pl.col("course_group").min()).item() or 0)
    groups, group_numbers = _numbered_new(after.course_groups, by=["course", "name"], taken=first_group)
    first_group = -min(0, before.reference.groups.select(pl.col("people_group").min()).item() or 0)
    cohorts, cohort_numbers = _numbered_new(after.groups, by=["idnumber"], taken=first_group)
    memberships = _renumbered(_renumbered(after.memberships, numbers=numbers), numbers=cohort_numbers)
    frames = {
        "create_group": cohorts,
        "join_group": _added(memberships, have=before.memberships, verb="join_group"),
        **_removed(before, people=after.removed),
        "create_course_group": groups,
        "create": created.drop("version"),
        "update": _updated(before.people, after=after.people),
        **_turned(before.people, after=after.people),
        "enrol": _added(_renumbered(after.enrolments, numbers=numbers), have=before.enrolments, verb="enrol"),
        "change_enrolment": _changed_enrolments(before.enrolments, after=after.enrolments),
        "join": _added(
            _renumbered(_renumbered(after.members, numbers=numbers), numbers=group_numbers),
            have=before.members,
            verb="join",
        ),
    }
    kept = {
        verb: frames[verb].sort(VERBS[verb].key) for verb in VERBS if verb in frames and not frames[verb].is_empty()
    }
    return Net(frames=kept, numbers=numbers, nobody=after.removed.filter(after.removed < 0))


def _numbered_new(new: pl.DataFrame, *, by: list[str], taken: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is new under its numbers, in their order; and the numbers of the ids it had, in the order of those."""
    ordered = new.sort(by, descending=True)
    ids = ordered.to_series(0)
    number = pl.int_range(-taken - ordered.height, -taken, dtype=pl.Int64, eager=True)
    numbers = pl.DataFrame({ids.name: ids, "number": number}).sort(ids.name)
    return ordered.with_columns(number.alias(ids.name)), numbers


def _renumbered(frame: pl.DataFrame, *, numbers: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(_numbered(frame.get_column(numbers.columns[0]), numbers=numbers))


def _numbered(ids: pl.Series, *, numbers: pl.DataFrame) -> pl.Series:
    """New ids become their numbers, all others (nulls too) stay. By bisection: hashing every id takes thrice that."""
    if numbers.is_empty():
        return ids
    old, new = numbers.get_columns()
    at = old.search_sorted(ids).clip(upper_bound=old.len() - 1)
    return new.gather(at).zip_with((old.gather(at) == ids).fill_null(value=False), ids).alias(ids.name)


def _updated(people: pl.DataFrame, *, after: pl.DataFrame) -> pl.DataFrame:
    fields = [name for name in people.columns if name not in ("person", "version", "state")]
    olds = pl.col("person", "version"), *(pl.col(name).alias(BEFORE + name) for name in fields)
    news = pl.col("person"), *(pl.col(name).alias(AFTER + name) for name in fields)
    both = people.select(*olds).join(after.select(*news), on="person")
    differs = {name: pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name)) for name in fields}
    changed = both.filter(pl.any_horizontal(*differs.values()))
    shown = changed.select(expression.any().alias(name) for name, expression in differs.items())
    names = [name for name in fields if shown.get_column(name).item()]
    return changed.select("person", "version", *(mark + name for name in names for mark in (BEFORE, AFTER)))


def _turned(people: pl.DataFrame, *, after: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Who becomes inactive, and who active again."""
    both = people.select("person", "version", "state").join(after.select("person", now="state"), on="person")
    turned = both.filter(pl.col("state") != pl.col("now"))
    return {
        verb: turned.filter(pl.col("now") == state).select("person", "version")
        for verb, state in {"deactivate": "inactive", "reactivate": "active"}.items()
    }


def _changed_enrolments(before: pl.DataFrame, *, after: pl.DataFrame) -> pl.DataFrame:
    """Enrolments that are there, and whose status or dates change."""
    key, fields = list(VERBS["change_enrolment"].key), ("status", "start", "end")
    olds = before.select(*key, pl.col(fields).name.prefix(BEFORE))
    both = olds.join(after.select(*key, pl.col(fields).name.prefix(AFTER)), on=key)
    return both.filter(pl.any_horizontal(pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name)) for name in fields))


def _removed(before: Directory, *, people: pl.Series) -> dict[str, pl.DataFrame]:
    """Who is no longer there, and all they were in: an undo gives it back."""
    if people.is_empty():
        return {}
    among = pl.col("person").is_in(people.implode())
    return {
        "leave": before.members.filter(among),
        "leave_group": before.memberships.filter(among),
        "unenrol": before.enrolments.filter(among),
        "remove": before.people.filter(among),
    }


def _added(frame: pl.DataFrame, *, have: pl.DataFrame, verb: str) -> pl.DataFrame:
    return frame.join(have, on=VERBS[verb].key, how="anti")
