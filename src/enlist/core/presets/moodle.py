"""The preset `moodle`: the files and settings of Moodle's “Upload users” (EC)."""

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
)
from enlist.core.policy.preset import Preset
from enlist.core.policy.upload_users import COLUMNS, EXAMPLES, OFFERED, UNUSED, UPLOAD_TYPE

PRESET: Final = Preset(
    name="moodle",
    title="Upload users",
    description="Creates and updates people and enrols them into courses, with roles and groups.\n"
    "Reads files for Moodle's “Upload users” without changes.",
    policy=Policy(
        suspensions=Permission.ALLOW,
        # New user password: “required in file” is (column,), “create if needed” (column, generate). Existing user
        # password is existing_passwords, and force password change has the same three words (§2.3–2.5).
        passwords=(PasswordSource.COLUMN, PasswordSource.ACTIVATION_LINK),
        force_password_change=ForcePasswordChange.WEAK,
        invite=Invite.WHEN_NO_PASSWORD,
        enrolment_dates=EnrolmentDates.FROM_FILE,
        malformed_email=OddEmail.WARN,
    ),
    offered=OFFERED,
    unused=UNUSED,
    shortcuts=(UPLOAD_TYPE,),
    columns=COLUMNS,
    examples=EXAMPLES,
    aliases={"city/town": "city"},
)
