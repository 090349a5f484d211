"""The logical directory: what a directory says, whatever ids and versions a database gave."""

from __future__ import annotations

import polars as pl

from enlist.core.directory import Directory

from . import models
from .snapshot import reference, snapshot


def dump(organization: models.Organization) -> dict[str, pl.DataFrame]:
    """The whole logical directory (everything in memory: for tests and small organisations), as `logical` says it."""
    return logical(snapshot(organization, reference=reference(organization)))


def logical(directory: Directory) -> dict[str, pl.DataFrame]:
    """What a directory says, without ids, versions and times: equal on every database that says the same.

    people (all fields), enrolments (username_key, course, role, status), members (username_key, course, course_group),
    course_groups (course, name); by shortnames and names, each sorted by all its columns.
    """
    known = directory.reference
    people = directory.people.select("person", "username_key")
    courses = known.courses.select("course", pl.col("shortname").alias("in_course"))
    roles = known.roles.select("role", pl.col("shortname").alias("as_role"))
    groups = known.course_groups.join(courses, on="course")
    enrolments = directory.enrolments.join(people, on="person").join(courses, on="course").join(roles, on="role")
    members = directory.members.join(people, on="person").join(groups, on="course_group")
    return {
        "people": _sorted(directory.people.drop("person", "version")),
        "enrolments": _sorted(enrolments.select("username_key", course="in_course", role="as_role", status="status")),
        "members": _sorted(members.select("username_key", course="in_course", course_group="name")),
        "course_groups": _sorted(groups.select(course="in_course", name="name")),
    }


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(frame.columns)
