"""The preset `easycampus`: user uploads as in the older article, with its strict usernames (EC-18, EC-24)."""

from __future__ import annotations

from typing import Final

from enlist.core.policy import (
    EnrolmentDates,
    ForcePasswordChange,
    Invite,
    OddEmail,
    PasswordSource,
    Permission,
    Policy,
    UsernameAccents,
    UsernameCharacters,
)
from enlist.core.policy.preset import Preset, Shortcut, Word
from enlist.core.policy.upload_users import COLUMNS, EXAMPLES, OFFERED, UNUSED, UPLOAD_TYPE

# The article's setting with this name, beside the upload type (EC-20, EC-21).
DUPLICATES: Final = Shortcut(
    name="new_username_duplicates",
    meaning="What happens to new people whose username is in use.",
    words={
        "skip": Word("the row is skipped", {"new_people": "create", "existing_people": "skip"}),
        "append_counter": Word(
            "the username gets a number: jdoe, jdoe2, jdoe3", {"new_people": "create", "existing_people": "counter"}
        ),
    },
)

PRESET: Final = Preset(
    name="easycampus",
    title="Upload users (EasyCampus)",
    description="Like “Upload users”, with stricter usernames (letters, digits, dash and dot)\n"
    "and optional e-mail addresses.",
    policy=Policy(
        suspensions=Permission.ALLOW,
        username_characters=UsernameCharacters.LETTERS_DIGITS_DASH_DOT,
        username_accents=UsernameAccents.REMOVE,
        missing_email=OddEmail.WARN,
        malformed_email=OddEmail.WARN,
        passwords=(PasswordSource.COLUMN, PasswordSource.ACTIVATION_LINK),
        force_password_change=ForcePasswordChange.WEAK,
        invite=Invite.WHEN_NO_PASSWORD,
        enrolment_dates=EnrolmentDates.FROM_FILE,
    ),
    offered=(OFFERED[0], DUPLICATES.name, *OFFERED[1:]),
    unused=UNUSED,
    shortcuts=(UPLOAD_TYPE, DUPLICATES),
    columns=COLUMNS,
    examples=EXAMPLES,
    aliases={"city/town": "city"},
)
