"""Columns of the frames of each relation, and of what rows can refer to."""

from __future__ import annotations

from typing import Final

import polars as pl

# duration: days an enrolment lasts where nothing else is said, 0 for no end. open: files can enrol people in it.
COURSES_SCHEMA: Final = {
    "course": pl.Int64(),
    "shortname": pl.String(),
    "default_role": pl.Int64(),
    "duration": pl.Int64(),
    "open": pl.Boolean(),
}
# assignable: files can give it in courses; on_site: as a system role.
ROLES_SCHEMA: Final = {
    "role": pl.Int64(),
    "shortname": pl.String(),
    "name": pl.String(),
    "archetype": pl.String(),
    "assignable": pl.Boolean(),
    "on_site": pl.Boolean(),
}
COURSE_GROUPS_SCHEMA: Final = {"course_group": pl.Int64(), "course": pl.Int64(), "name": pl.String()}
# start and end are moments in UTC ("2027-01-31 00:00:00"), null for at once and for never.
ENROLMENTS_SCHEMA: Final = {
    "person": pl.Int64(),
    "course": pl.Int64(),
    "role": pl.Int64(),
    "status": pl.String(),
    "start": pl.String(),
    "end": pl.String(),
    "source": pl.String(),
}
OPTIONS_SCHEMA: Final = {"profile_field": pl.Int64(), "option": pl.String()}
# Groups of people across courses; joinable: rows of a file can put people into it. ID numbers are unique, "" for none.
GROUPS_SCHEMA: Final = {
    "people_group": pl.Int64(),
    "idnumber": pl.String(),
    "name": pl.String(),
    "joinable": pl.Boolean(),
}
MEMBERSHIPS_SCHEMA: Final = {"person": pl.Int64(), "people_group": pl.Int64(), "source": pl.String()}
MEMBERS_SCHEMA: Final = {"person": pl.Int64(), "course_group": pl.Int64()}
# People with the version they were seen in.
SEEN_SCHEMA: Final = {"person": pl.Int64(), "version": pl.Int64()}

# The two images of a column that a verb changes.
BEFORE: Final = "before:"
AFTER: Final = "after:"
# In `seen` and `restore` of an undo: the version people get back; null, or no such column: a new one.
VERSION_AFTER: Final = AFTER + "version"
