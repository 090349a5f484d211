"""The verbs of a plan: what its frames are called, in which order they happen, what undoes them.

Frames of a plan, one per verb. Ids below zero are new in the plan (−1, −2, …) and are mapped to real ids at apply.

create_course_group  course_group (<0; in an undo the id it had), course, name
create               person (<0), all columns of a Directory's people but version
update               person, version (before), then for each field that changes for one: before:<field>, after:<field>
                     (both alike where this person's cell stays); fields are those of Directory.people but state, keys
                     included
deactivate           person, version: the state of an active person becomes inactive; everything of theirs stays
reactivate           the same, the other way round
enrol                person, course, role, status, start, end
change_enrolment     person, course, role, before: and after: status, start, end
join                 person, course_group
create_group         people_group (<0; in an undo the id it had), idnumber, name, joinable
join_group           person, people_group, source
add_option           profile_field, option: values of people that are no option of their field yet; it stays in an undo
and what undo uses:
remove               person, version, all columns of a Directory's people (so that it can be restored)
restore              the same; version is that of the removed person, after:version the one from before the removal
unenrol, leave       as enrol, join
drop_course_group    as create_course_group
leave_group, drop_group  as join_group, create_group
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl


@dataclass(frozen=True)
class Verb:
    """A verb: its name, its inverse, the words for counts ("{n} people created"), the columns that order its frame."""

    name: str
    inverse: str
    sentence: str
    key: tuple[str, ...]


# The order of work at apply: what others refer to comes first; removals free keys before creations take them.
VERBS: Final = {
    verb.name: verb
    for verb in (
        Verb("leave_group", "join_group", "group memberships ended", ("person", "people_group")),
        Verb("leave", "join", "course group memberships ended", ("person", "course_group")),
        Verb("unenrol", "enrol", "enrolments ended", ("person", "course", "role")),
        Verb("remove", "restore", "people removed", ("person",)),
        Verb("drop_course_group", "create_course_group", "course groups removed", ("course_group",)),
        Verb("drop_group", "create_group", "groups removed", ("people_group",)),
        Verb("add_option", "add_option", "options added to profile fields", ("profile_field", "option")),
        Verb("create_group", "drop_group", "groups created", ("people_group",)),
        Verb("create_course_group", "drop_course_group", "course groups created", ("course_group",)),
        Verb("update", "update", "people updated", ("person",)),
        Verb("deactivate", "reactivate", "people deactivated", ("person",)),
        Verb("reactivate", "deactivate", "people reactivated", ("person",)),
        Verb("restore", "remove", "people restored", ("person",)),
        Verb("create", "remove", "people created", ("person",)),
        Verb("enrol", "unenrol", "enrolments", ("person", "course", "role")),
        Verb("change_enrolment", "change_enrolment", "enrolments changed", ("person", "course", "role")),
        Verb("join", "leave", "course group memberships", ("person", "course_group")),
        Verb("join_group", "leave_group", "group memberships", ("person", "people_group")),
    )
}
# What frees keys, over all parts of a plan, before what takes them.
_LAST_TO_FREE: Final = list(VERBS).index("drop_group")
FREEING: Final = tuple(VERBS)[: _LAST_TO_FREE + 1]
TAKING: Final = tuple(VERBS)[_LAST_TO_FREE + 1 :]
# The step of `Plan.steps` before all verbs: person, field (unique values that change are set to null).
RELEASE: Final = "release"

# Highest first: a row's fate is the first that applies (spec/policies.md, "Fates").
FATES: Final = (
    "failed", "deleted", "created", "renamed", "reactivated", "deactivated", "updated", "seated", "already seated",
    "enrolled", "grouped", "linked", "unchanged", "skipped",
)  # fmt: skip

BEFORE: Final = "before:"
AFTER: Final = "after:"
# The columns of change_enrolment.
CHANGES_SCHEMA: Final = {
    **{name: pl.Int64() for name in ("person", "course", "role")},
    **{mark + name: pl.String() for mark in (BEFORE, AFTER) for name in ("status", "start", "end")},
}
# In `seen` and `restore` of an undo: the version people get back; null, or no such column: a new one.
VERSION_AFTER: Final = AFTER + "version"
