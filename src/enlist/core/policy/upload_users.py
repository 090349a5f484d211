"""What both presets of the upload-users feature share: the settings they offer, columns, examples (EC)."""

from __future__ import annotations

from typing import Final

from .preset import Shortcut, Word

UPLOAD_TYPE: Final = Shortcut(
    name="upload_type",
    meaning="Which people the import creates and updates.",
    words={
        "add_new": Word(
            "new people are created, existing people skipped", {"new_people": "create", "existing_people": "skip"}
        ),
        "add_all": Word(
            "every row is a new person; a username that is in use gets a number",
            {"new_people": "create", "existing_people": "counter"},
        ),
        "add_and_update": Word(
            "new people are created, existing people updated", {"new_people": "create", "existing_people": "update"}
        ),
        "update": Word(
            "existing people are updated, new people skipped", {"new_people": "skip", "existing_people": "update"}
        ),
    },
)

OFFERED: Final = (
    "upload_type",
    "match_by",
    "update_details",
    "renames",
    "deletes",
    "suspensions",
    "standardise_usernames",
    "username_characters",
    "username_accents",
    "username_from",
    "number_made_usernames",
    "same_email",
    "missing_email",
    "malformed_email",
    "passwords",
    "existing_passwords",
    "force_password_change",
    "invite",
    "unknown_course_group",
    "unknown_group",
    "enrolment_dates",
    "type_roles",
    "unknown_choice",
    "date_order",
    "macros",
    "columns_left_out",
    "defaults",
    "note",
    "select_for_bulk",
)

UNUSED: Final = (
    "unlisted_scope",
    "grace_days",
    "leaving_dates",
    "unlisted_manual_people",
    "add_to_groups",
    "home_group",
    "product",
    "fixed_values",
    "message",
)

COLUMNS: Final = (
    "username",
    "firstname",
    "lastname",
    "email",
    "idnumber",
    "department",
    "city",
    "country",
    "course1",
    "role1",
    "group1",
)

EXAMPLES: Final = (
    (
        "mnovak",
        "Marie",
        "Nováková",
        "marie.novakova@example.org",
        "2041",
        "Biology",
        "Brno",
        "CZ",
        "BIO7",
        "student",
        "7a",
    ),
    (
        "tadesse",
        "Tadesse",
        "Bekele",
        "tadesse@example.org",
        "2042",
        "Biology",
        "Brno",
        "CZ",
        "BIO7",
        "student",
        "7b",
    ),
    ("eokafor", "Ebele", "Okafor", "e.okafor@example.org", "", "Biology", "Brno", "CZ", "BIO7", "teacher", ""),
)
