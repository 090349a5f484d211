"""The registry of changes: every relation a plan can change, with its verbs. CONTRIBUTING.md: "A new kind of record".

Relations only refer to those above them, so this is also the order of work. Everything that loops over relations or
verbs takes them from here.
"""

from __future__ import annotations

from typing import Final

from .relation import By, Does, KeptIn, Kind, Relation, Stays, Verb
from .schemas import (
    AFTER,
    BEFORE,
    CONDITIONS_SCHEMA,
    COURSE_GROUPS_SCHEMA,
    DEPARTURES_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUP_CONDITIONS_SCHEMA,
    GROUP_COURSES_SCHEMA,
    GROUPS_SCHEMA,
    LINKS_SCHEMA,
    MANUAL_EDITS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    MERGES_SCHEMA,
    OPTIONS_SCHEMA,
    PERSON_ROLES_SCHEMA,
    SEEN_SCHEMA,
)

_GIVES: Final = "it gives, and takes nothing away"
_NOBODY: Final = "nobody is in it any more"
_COUNTED: Final = "the limits count the people who leave groups by it"
_SUSPENDED: Final = "the limits count the people whose enrolments are suspended by it"
_HERE_AGAIN: Final = "it gives back what was taken away"


def _by_group(*, before: str, after: str) -> dict[str, str]:
    return {"source": "group", BEFORE + "status": before, AFTER + "status": after}


OPTION: Final = Relation(
    "option",
    Kind.SPECIAL,
    KeptIn.REFERENCE,
    schema=OPTIONS_SCHEMA,
    key=("profile_field", "option"),
    refs={"profile_field": "profile_field"},
    noun="option",
    shown=("option",),
    verbs=(Verb("add_option", Does.BEGIN, Stays("options_stay"), "options added to profile fields", unlimited=_GIVES),),
)
GROUP: Final = Relation(
    "group",
    Kind.MADE,
    KeptIn.REFERENCE,
    schema=GROUPS_SCHEMA,
    key=("people_group",),
    named=("idnumber",),
    noun="group",
    shown=("name",),
    verbs=(
        Verb("create_group", Does.BEGIN, By("drop_group"), "groups created", unlimited=_GIVES),
        Verb("drop_group", Does.END, By("create_group"), "groups removed", unlimited=_NOBODY),
    ),
)
CONDITION: Final = Relation(
    "condition",
    Kind.MADE,
    KeptIn.REFERENCE,
    schema=CONDITIONS_SCHEMA,
    key=("condition",),
    named=("name",),
    noun="condition",
    shown=("name",),
    verbs=(
        Verb("create_condition", Does.BEGIN, By("drop_condition"), "conditions added", unlimited=_GIVES),
        Verb(
            "change_condition", Does.CHANGE, By("change_condition"), "conditions changed",
            unlimited=_COUNTED, changes=("name", "match", "removal", "clauses"),
        ),
        Verb("drop_condition", Does.END, By("create_condition"), "conditions removed", unlimited=_COUNTED),
    ),
)  # fmt: skip
GROUP_CONDITION: Final = Relation(
    "group_condition",
    Kind.PLAIN,
    KeptIn.REFERENCE,
    schema=GROUP_CONDITIONS_SCHEMA,
    key=("people_group", "condition"),
    refs={"people_group": "group", "condition": "condition"},
    noun="condition of a group",
    shown=("people_group", "condition"),
    verbs=(
        Verb("use_condition", Does.BEGIN, By("stop_condition"), "conditions given to groups", unlimited=_GIVES),
        Verb("stop_condition", Does.END, By("use_condition"), "conditions taken from groups", unlimited=_COUNTED),
    ),
)
GROUP_COURSE: Final = Relation(
    "group_course",
    Kind.PLAIN,
    KeptIn.REFERENCE,
    schema=GROUP_COURSES_SCHEMA,
    key=("people_group", "course", "role"),
    refs={"people_group": "group", "course": "course", "role": "role"},
    noun="course of a group",
    shown=("people_group", "course", "role"),
    verbs=(
        Verb("give_course", Does.BEGIN, By("take_course"), "courses given to groups", unlimited=_GIVES),
        Verb("take_course", Does.END, By("give_course"), "courses taken from groups", unlimited=_SUSPENDED),
    ),
)
COURSE_GROUP: Final = Relation(
    "course_group",
    Kind.MADE,
    KeptIn.REFERENCE,
    schema=COURSE_GROUPS_SCHEMA,
    key=("course_group",),
    refs={"course": "course"},
    named=("course", "name"),
    noun="course group",
    shown=("course", "name"),
    verbs=(
        Verb("create_course_group", Does.BEGIN, By("drop_course_group"), "course groups created", unlimited=_GIVES),
        Verb("drop_course_group", Does.END, By("create_course_group"), "course groups removed", unlimited=_NOBODY),
    ),
)
# Columns of people depend on the profile fields; `schema` has those that every frame of people has.
PERSON: Final = Relation(
    "person",
    Kind.SPECIAL,
    KeptIn.PEOPLE,
    schema=SEEN_SCHEMA,
    key=("person",),
    noun="person",
    shown=("username",),
    verbs=(
        Verb(
            "update", Does.CHANGE, By("update"), "people updated",
            limit="update", rank=50, tile="update", writes_person=True,
        ),
        Verb(
            "deactivate", Does.CHANGE, By("reactivate"), "people deactivated",
            limit="deactivate", rank=10, tile="deactivate", writes_person=True,
        ),
        Verb(
            "reactivate", Does.CHANGE, By("deactivate"), "people reactivated",
            unlimited=_HERE_AGAIN, rank=60, tile="reactivate", writes_person=True,
        ),
        Verb(
            "restore", Does.BEGIN, By("remove"), "people restored",
            unlimited=_HERE_AGAIN, rank=70, tile="restore", writes_person=True,
        ),
        Verb("create", Does.BEGIN, By("remove"), "people created", unlimited=_GIVES, tile="create"),
        Verb(
            "remove", Does.END, By("restore"), "people removed",
            limit="delete", rank=0, tile="remove", writes_person=True,
        ),
    ),
)  # fmt: skip
ENROLMENT: Final = Relation(
    "enrolment",
    Kind.SPECIAL,
    KeptIn.PEOPLE,
    schema=ENROLMENTS_SCHEMA,
    key=("person", "course", "role"),
    refs={"person": "person", "course": "course", "role": "role"},
    sources=("manual", "import", "condition", "seat", "group"),
    noun="enrolment",
    shown=("course", "role", "status"),
    verbs=(
        Verb(
            "enrol", Does.BEGIN, By("unenrol"), "enrolments",
            says="enrolled in {name} as {role}{when}", unlimited=_GIVES, tile="enrol",
        ),
        Verb(
            "change_enrolment", Does.CHANGE, By("change_enrolment"), "enrolments changed",
            says="{status} in {name} as {role}{when}", unlimited="the person stays enrolled", tile="enrol",
            changes=("status", "start", "end"),
        ),
        # A group gives the course: whether members have it follows from their groups alone.
        Verb(
            "suspend_enrolment", Does.CHANGE, By("resume_enrolment"), "enrolments suspended, their progress kept",
            says="loses {name} as {role}, progress kept", limit="unenrol", rank=25, tile="suspend",
            changes=("status", "start", "end"), only=_by_group(before="active", after="suspended"),
        ),
        Verb(
            "resume_enrolment", Does.CHANGE, By("suspend_enrolment"), "enrolments active again",
            says="has {name} as {role} again, with its progress", unlimited=_HERE_AGAIN, tile="enrol",
            changes=("status", "start", "end"), only=_by_group(before="suspended", after="active"),
        ),
        Verb(
            "unenrol", Does.END, By("enrol"), "enrolments ended",
            says="no longer enrolled in {name} as {role}", limit="unenrol", rank=20, tile="unenrol",
        ),
    ),
)  # fmt: skip
COURSE_GROUP_MEMBERSHIP: Final = Relation(
    "course_group_membership",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=MEMBERS_SCHEMA,
    key=("person", "course_group"),
    refs={"person": "person", "course_group": "course_group"},
    noun="course group",
    shown=("course_group",),
    verbs=(
        Verb(
            "join", Does.BEGIN, By("leave"), "course group memberships",
            says="joins {name}", unlimited=_GIVES, tile="join",
        ),
        Verb(
            "leave", Does.END, By("join"), "course group memberships ended",
            says="leaves {name}", limit="leave_group", rank=30, tile="leave",
        ),
    ),
)  # fmt: skip
GROUP_MEMBERSHIP: Final = Relation(
    "group_membership",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=MEMBERSHIPS_SCHEMA,
    key=("person", "people_group"),
    refs={"person": "person", "people_group": "group"},
    sources=("manual", "import", "condition"),
    noun="group",
    shown=("people_group",),
    verbs=(
        Verb(
            "join_group", Does.BEGIN, By("leave_group"), "group memberships",
            says="joins {name}", unlimited=_GIVES, tile="join",
        ),
        Verb(
            "leave_group", Does.END, By("join_group"), "group memberships ended",
            says="leaves {name}", limit="leave_group", rank=40, tile="leave",
        ),
    ),
)  # fmt: skip
PERSON_ROLE: Final = Relation(
    "person_role",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=PERSON_ROLES_SCHEMA,
    key=("person", "site_role"),
    refs={"person": "person"},
    sources=("manual", "import"),
    noun="role",
    shown=("site_role",),
    verbs=(
        Verb(
            "give_role", Does.BEGIN, By("take_role"), "roles added",
            says="gets the role {name}", unlimited=_GIVES, tile="give_role",
        ),
        Verb(
            "take_role", Does.END, By("give_role"), "roles removed",
            says="loses the role {name}", limit="update", rank=55, tile="take_role",
        ),
    ),
)  # fmt: skip
LINK: Final = Relation(
    "link",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=LINKS_SCHEMA,
    key=("person", "other", "kind"),
    refs={"person": "person", "other": "person"},
    sources=("manual", "import"),
    noun="link",
    shown=("other", "kind"),
    verbs=(
        Verb(
            "link", Does.BEGIN, By("unlink"), "links added",
            says="linked to {name}", unlimited=_GIVES, tile="link",
        ),
        Verb(
            "unlink", Does.END, By("link"), "links removed",
            says="no longer linked to {name}", limit="remove_link", rank=45, tile="unlink",
        ),
    ),
)  # fmt: skip
# The state that people will have: they are active until the day comes.
DEPARTURE: Final = Relation(
    "departure",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=DEPARTURES_SCHEMA,
    key=("person",),
    refs={"person": "person"},
    sources=("manual", "import", "absence"),
    noun="leaving date",
    of_account=True,
    shown=("leaves_on",),
    verbs=(
        Verb(
            "mark_leaving", Does.BEGIN, By("unmark_leaving"), "people who will leave",
            says="leaves on {name}", limit="deactivate", rank=15, tile="mark_leaving",
        ),
        Verb(
            "change_leaving", Does.CHANGE, By("change_leaving"), "leaving dates changed",
            says="leaves on {name}", limit="deactivate", rank=16, tile="mark_leaving",
            changes=("leaves_on", "source"),
        ),
        Verb(
            "unmark_leaving", Does.END, By("mark_leaving"), "leaving dates removed",
            says="no longer leaves on {name}", unlimited="the person stays, or the limits count another verb",
            rank=61, tile="unmark_leaving",
        ),
    ),
)  # fmt: skip
MERGE: Final = Relation(
    "merge",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=MERGES_SCHEMA,
    key=("person", "merged_into"),
    refs={"person": "person", "merged_into": "person"},
    noun="merge",
    shown=("merged_into",),
    verbs=(
        Verb(
            "merge", Does.BEGIN, By("unmerge"), "people merged",
            says="merged with {name}", unlimited="the merged person is deactivated, which is counted", tile="merge",
        ),
        Verb(
            "unmerge", Does.END, By("merge"), "merges undone",
            says="no longer merged with {name}", limit="update", rank=56, tile="unmerge",
        ),
    ),
)  # fmt: skip
# A value itself belongs to its person; this only says that it was entered manually.
MANUAL_EDIT: Final = Relation(
    "manual_edit",
    Kind.PLAIN,
    KeptIn.PEOPLE,
    schema=MANUAL_EDITS_SCHEMA,
    key=("person", "field"),
    refs={"person": "person"},
    noun="manual edit",
    of_account=True,
    shown=("field",),
    verbs=(
        Verb(
            "note_edit", Does.BEGIN, By("drop_edit"), "manual edits noted",
            says="{name} was edited manually", unlimited=_GIVES, tile="note_edit",
        ),
        Verb(
            "drop_edit", Does.END, By("note_edit"), "manual edits overwritten",
            says="overwrites the manual edit of {name}", unlimited="the limits count the update", tile="drop_edit",
        ),
    ),
)  # fmt: skip

RELATIONS: Final = {
    relation.name: relation
    for relation in (
        OPTION, GROUP, CONDITION, GROUP_CONDITION, GROUP_COURSE, COURSE_GROUP, PERSON, ENROLMENT,
        COURSE_GROUP_MEMBERSHIP, GROUP_MEMBERSHIP, PERSON_ROLE, LINK, DEPARTURE, MERGE, MANUAL_EDIT,
    )
}  # fmt: skip
