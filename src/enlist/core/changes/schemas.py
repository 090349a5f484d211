"""Columns of the frames of each relation, and of what rows can refer to."""

from __future__ import annotations

from typing import Final

import polars as pl

# duration: the default length of an enrolment in days, 0 for no end. open: files can enrol people in it.
COURSES_SCHEMA: Final = {
    "course": pl.Int64(),
    "shortname": pl.String(),
    "default_role": pl.Int64(),
    "duration": pl.Int64(),
    "open": pl.Boolean(),
}
# assignable: files can assign it in courses. on_site: files can assign it as a system role.
ROLES_SCHEMA: Final = {
    "role": pl.Int64(),
    "shortname": pl.String(),
    "name": pl.String(),
    "archetype": pl.String(),
    "assignable": pl.Boolean(),
    "on_site": pl.Boolean(),
}
COURSE_GROUPS_SCHEMA: Final = {"course_group": pl.Int64(), "course": pl.Int64(), "name": pl.String()}
# start and end: UTC ("2027-01-31 00:00:00"); a null start means at once, a null end means never.
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
# The place of each group in the tree (a null parent means the top level), and whether an import made it.
GROUP_TREE_SCHEMA: Final = {"people_group": pl.Int64(), "parent": pl.Int64(), "made": pl.Boolean()}
# Named conditions of groups: match is all or any of its clauses (JSON of [field, operator, value]); removal: people who
# no longer meet it are removed from its groups.
CONDITIONS_SCHEMA: Final = {
    "condition": pl.Int64(),
    "name": pl.String(),
    "match": pl.String(),
    "removal": pl.Boolean(),
    "clauses": pl.String(),
}
GROUP_CONDITIONS_SCHEMA: Final = {"people_group": pl.Int64(), "condition": pl.Int64()}
# The courses that groups give their members, and those of the groups below them.
GROUP_COURSES_SCHEMA: Final = {"people_group": pl.Int64(), "course": pl.Int64(), "role": pl.Int64()}
MEMBERSHIPS_SCHEMA: Final = {"person": pl.Int64(), "people_group": pl.Int64(), "source": pl.String()}
MEMBERS_SCHEMA: Final = {"person": pl.Int64(), "course_group": pl.Int64()}
# Common roles that people have besides `site_role` of their own row.
PERSON_ROLES_SCHEMA: Final = {"person": pl.Int64(), "site_role": pl.String(), "source": pl.String()}
# other: the learner's parent or instructor, by kind (`fields.LINK_KINDS`).
LINKS_SCHEMA: Final = {"person": pl.Int64(), "other": pl.Int64(), "kind": pl.String(), "source": pl.String()}
# The day (YYYY-MM-DD) from which people are inactive. source: why; “absence” means that a file didn't name them.
DEPARTURES_SCHEMA: Final = {"person": pl.Int64(), "leaves_on": pl.String(), "source": pl.String()}
# A merged person, and the person they were merged into.
MERGES_SCHEMA: Final = {"person": pl.Int64(), "merged_into": pl.Int64()}
# The fields of people whose value somebody entered manually, and no file has replaced since.
MANUAL_EDITS_SCHEMA: Final = {"person": pl.Int64(), "field": pl.String()}
# People with the version they were seen in.
SEEN_SCHEMA: Final = {"person": pl.Int64(), "version": pl.Int64()}

# Prefixes for the two columns of each field that a verb changes.
BEFORE: Final = "before:"
AFTER: Final = "after:"
# In `seen` and `restore` of an undo: the version that people get back; null or missing means a new one.
VERSION_AFTER: Final = AFTER + "version"
