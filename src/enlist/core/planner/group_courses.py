"""Courses of groups: who is enrolled because a group gives the course (NE-27).

After every plan, members of a group are in the courses that it and the groups above it give. People who are in such a
course for another reason get nothing. For others, an enrolment with the source “group” is active while they are members
and suspended afterwards: it doesn't end, so it keeps its progress. An undo, which restores an earlier directory, has
nothing to add.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from enlist.core.changes import ENROLMENTS_SCHEMA, RELATIONS, is_about
from enlist.core.directory.directory import Directory, Reference

from .conditions import reference_after, with_changes

if TYPE_CHECKING:
    from .net import After

_KEY: Final = list(RELATIONS["enrolment"].key)
_MADE: Final = pl.col("source") == "group"


def by_group_courses(before: Directory, *, after: After) -> After:
    """The directory after the changes, with the enrolments that follow from the courses of groups."""
    given = inherited(reference_after(before.reference, after=after))
    held = (before.enrolments, after.begun.get("enrolment", before.enrolments.clear()))
    if given.is_empty() and not any(frame.select(_MADE.any()).item() for frame in held):
        return after
    people = _looked_at(after)
    members = _after(before, after=after, name="group_membership", people=people)
    wanted = members.join(given, on="people_group").select(_KEY).unique()
    ended = after.ended.get("enrolment", wanted.clear()).select(_KEY)
    stay = replace(after, ended={**after.ended, "enrolment": ended.join(wanted, on=_KEY, how="anti")})
    there = _after(before, after=stay, name="enrolment", people=people)
    changed = pl.concat([_switched(there, wanted=wanted), _new(there, wanted=wanted)])
    begun = after.begun.get("enrolment", changed.clear()).select(list(ENROLMENTS_SCHEMA))
    begun = with_changes(begun, name="enrolment", begun=changed, ended=None)
    return replace(stay, begun={**after.begun, "enrolment": begun})


def inherited(reference: Reference) -> pl.DataFrame:
    """The courses that the members of each group have by it and the groups above it, of GROUP_COURSES_SCHEMA."""
    found = level = reference.frame("group_course")
    below = reference.tree.select("parent", below="people_group")
    while not level.is_empty():
        level = below.join(level, left_on="parent", right_on="people_group").drop("parent")
        level = level.rename({"below": "people_group"}).join(found, on=found.columns, how="anti").select(found.columns)
        found = pl.concat([found, level])
    return found.unique()


def _looked_at(after: After) -> pl.Series:
    """The people whose enrolments may follow from the changes."""
    frames = [kind[name] for kind in (after.begun, after.ended) for name in _HELD if name in kind]
    people = pl.concat([after.looked_at, *(frame.get_column("person") for frame in frames)]).unique()
    return people.filter(~people.is_in(after.removed.implode()))


_HELD: Final = ("group_membership", "enrolment")


def _after(before: Directory, *, after: After, name: str, people: pl.Series) -> pl.DataFrame:
    """The records of a relation of these people after the changes."""
    have = before.frame(name)
    whole = with_changes(have, name=name, begun=after.begun.get(name), ended=after.ended.get(name))
    return whole.filter(is_about(people, columns=["person"]))


def _switched(there: pl.DataFrame, *, wanted: pl.DataFrame) -> pl.DataFrame:
    """The enrolments by groups that become active or suspended."""
    both = there.filter(_MADE).join(wanted.with_columns(_has=pl.lit(value=True)), on=_KEY, how="left")
    status = pl.when("_has").then(pl.lit("active")).otherwise(pl.lit("suspended"))
    return both.filter(pl.col("status") != status).with_columns(status=status).select(there.columns)


def _new(there: pl.DataFrame, *, wanted: pl.DataFrame) -> pl.DataFrame:
    """The enrolments of people who aren't in a course that a group of theirs gives."""
    others = there.filter(~_MADE).select("person", "course")
    new = wanted.join(there, on=_KEY, how="anti").join(others, on=["person", "course"], how="anti")
    nothing = pl.lit(None, pl.String)
    made = {"status": pl.lit("active"), "start": nothing, "end": nothing, "source": pl.lit("group")}
    return new.with_columns(**made).select(list(ENROLMENTS_SCHEMA))
