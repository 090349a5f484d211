"""The preset `sync`: the file is the truth about who has access, and in which groups (NE)."""

from __future__ import annotations

from typing import Final

from enlist.core.policy import (
    ALL_GROUPS,
    Administrators,
    ExistingPeople,
    InactiveListed,
    Invite,
    LeavingDates,
    MemberColumn,
    OddEmail,
    Permission,
    Policy,
    SameEmail,
    UnknownChoice,
    UpdateDetails,
    UsernameCase,
    UsernameCharacters,
)
from enlist.core.policy.preset import Preset

PRESET: Final = Preset(
    name="sync",
    title="Update from a complete list",
    description="Creates, updates and reactivates the people of a list, found by username, and keeps their groups.\n"
    "Can deactivate people who aren't in the list.",
    policy=Policy(
        existing_people=ExistingPeople.UPDATE,
        update_details=UpdateDetails.FROM_FILE,
        suspensions=Permission.ALLOW,
        leaving_dates=LeavingDates.APPLY,
        inactive_listed=InactiveListed.REACTIVATE,
        administrators=Administrators.DETAILS_ONLY,
        # Usernames are those of another system, so they stay as they are there.
        standardise_usernames=False,
        username_case=UsernameCase.KEEP,
        username_characters=UsernameCharacters.EXTENDED,
        missing_email=OddEmail.WARN,
        malformed_email=OddEmail.WARN,
        same_email=SameEmail.WARN,
        invite=Invite.ASK,
        group_column=MemberColumn.MIRROR,
        home_group=ALL_GROUPS,
        unknown_choice=UnknownChoice.FIRST_OPTION,
    ),
    offered=(
        "unlisted",
        "unlisted_scope",
        "grace_days",
        "home_group",
        "unknown_choice",
        "manual_edits",
        "columns_left_out",
        "defaults",
        "note",
    ),
    unused=(
        "username_accents",
        "username_from",
        "number_made_usernames",
        "force_password_change",
        "weak_passwords",
        "unknown_course",
        "unknown_course_group",
        "unknown_group",
        "enrolment_dates",
        "type_roles",
        "add_to_groups",
        "product",
        "fixed_values",
        "message",
        "select_for_bulk",
    ),
    counts_people=True,
    columns=("username", "firstname", "lastname", "email", "groups", "status"),
    examples=(
        ("mnovak", "Marie", "Nováková", "marie.novakova@example.org", "7a; Choir", "active"),
        ("tadesse", "Tadesse", "Bekele", "tadesse@example.org", "7a", "active"),
        ("eokafor", "Ebele", "Okafor", "e.okafor@example.org", "", "inactive"),
    ),
)
