"""What every step of the planner is told, and what it passes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from enlist.core.changes import (
    COURSE_GROUPS_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
)
from enlist.core.circumstances import USUAL, Circumstances
from enlist.core.cleaners import Cleaner
from enlist.core.directory import Directory
from enlist.core.flags import collect, no_flags
from enlist.core.plan import FATES_SCHEMA
from enlist.core.policy import Policy


@dataclass(frozen=True)
class Context:
    """The same for every wave: the policy, our slug → their header, and the course numbers of the file.

    cleaners: how what a default makes is cleaned, by slug. checked: the flags of validation.
    """

    policy: Policy
    headers: dict[str, str]
    courses: tuple[str, ...]
    cleaners: Mapping[str, Cleaner]
    checked: pl.DataFrame
    circumstances: Circumstances = USUAL


@dataclass(frozen=True)
class Step:
    """What one wave, or one run of the reference planner, makes of its rows.

    people: every person created or changed, as afterwards (`directory.people_schema`); the new have negative ids.
    enrolments, members, groups: those that come to be (groups with negative ids); memberships, cohorts: the same across
    courses.
    removed: Int64, ids of those who are deleted, new ones included; nothing of theirs is among the others.
    fates: of FATES_SCHEMA. flags: of FLAG_SCHEMA. seen: Int64, ids of the known people that rows matched.
    """

    people: pl.DataFrame
    enrolments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ENROLMENTS_SCHEMA))
    members: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERS_SCHEMA))
    groups: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSE_GROUPS_SCHEMA))
    fates: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FATES_SCHEMA))
    flags: pl.DataFrame = field(default_factory=no_flags)
    memberships: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERSHIPS_SCHEMA))
    cohorts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUPS_SCHEMA))
    removed: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))
    seen: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))


def onto(state: Directory, *, step: Step) -> Directory:
    """The directory as a step leaves it."""
    changed = pl.concat([step.people.get_column("person"), step.removed]).implode()
    stays = ~pl.col("person").is_in(step.removed.implode())
    groups = pl.concat([state.reference.course_groups, step.groups])
    return replace(
        state,
        people=pl.concat([state.people.filter(~pl.col("person").is_in(changed)), step.people]),
        enrolments=_latest(pl.concat([state.enrolments, step.enrolments])).filter(stays),
        members=pl.concat([state.members, step.members]).filter(stays),
        memberships=pl.concat([state.memberships, step.memberships]).filter(stays),
        reference=replace(
            state.reference, course_groups=groups, groups=pl.concat([state.reference.groups, step.cohorts])
        ),
    )


def _latest(enrolments: pl.DataFrame) -> pl.DataFrame:
    return enrolments.unique(["person", "course", "role"], keep="last", maintain_order=True)


def together(first: Step, *later: Step) -> Step:
    """Steps one after the other as one: a person's last state wins, all else adds up."""
    steps = (first, *later)
    people = pl.concat([s.people for s in steps])
    removed = pl.concat([s.removed for s in steps])
    stays = ~pl.col("person").is_in(removed.implode())
    return Step(
        people=people if not later else people.unique("person", keep="last", maintain_order=True).filter(stays),
        enrolments=_latest(pl.concat([s.enrolments for s in steps])).filter(stays) if later else first.enrolments,
        members=pl.concat([s.members for s in steps]).filter(stays),
        removed=removed,
        memberships=pl.concat([s.memberships for s in steps]).filter(stays),
        groups=pl.concat([s.groups for s in steps]),
        cohorts=pl.concat([s.cohorts for s in steps]),
        fates=pl.concat([s.fates for s in steps]).sort("row"),
        flags=collect(*(s.flags for s in steps)),
        seen=pl.concat([s.seen for s in steps]).unique().sort(),
    )
