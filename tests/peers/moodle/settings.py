"""Moodle's options and configuration as a Policy of the preset `moodle`, so set that it does what Moodle does.

Where a policy field can reproduce Moodle it does (spec/moodle-upload.md, the right column of the table of differences).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_PREFIX
from enlist.core.policy import NOT_YET, Policy
from enlist.core.presets import preset
from enlist.formats import ReadOptions

from .case import Case

T = TypeVar("T")

UPLOAD_TYPES: Final = ("add_new", "add_all", "add_and_update", "update")
DETAILS: Final = ("none", "from_file", "from_file_and_defaults", "fill_missing")
FORCE: Final = ("none", "weak", "all")
BULK: Final = ("none", "new", "updated", "all")
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "colon": ":", "tab": "\t"}
# Defaults of the second form, §2.9; all but the username are ours by the same name.
DEFAULTS: Final = (
    "email", "auth", "maildisplay", "emailstop", "mailformat", "maildigest", "autosubscribe", "city", "country",
    "timezone", "lang", "institution", "department", "description", "idnumber", "phone1", "phone2", "address",
)  # fmt: skip
SITE_DEFAULTS: Final = {"country": "country", "defaultcity": "city"}
# Ids of roles that the settings for types 1, 2 and 3 may name.
ROLE_NAMES: Final = {"1": "manager", "3": "editingteacher", "4": "teacher", "5": "student"}
# Moodle's values of settings that Enlist doesn't have.
REPRODUCED: Final = {
    "blank_cell": "literal",
    "unknown_columns": "refuse",
    "username_accents": "remove",
    "enrolment_dates": "reset",
    "unknown_course_group": "create",
    "unknown_group": "create",
}
TYPE_ROLES: Final = ("student", "editingteacher", "teacher")


def policy_of(case: Case) -> Policy:
    """The policy that says what the case's options say. Raises PolicyError where they cannot work together."""
    options, config = case.options, case.config
    kind = _offered(options, "uutype", among=UPLOAD_TYPES)
    is_updating = kind in UPLOAD_TYPES[2:]
    changes: dict[str, Any] = {
        **{name: value for name, value in REPRODUCED.items() if value not in NOT_YET.get(name, ())},
        "match_by": "email" if is_updating and _is_on(options, "uumatchemail") else "username",
        "update_details": _offered(options, "uuupdatetype", among=DETAILS),
        "type_roles": [_role(options, number=number, usual=usual) for number, usual in enumerate(TYPE_ROLES, start=1)],
        "standardise_usernames": _is_on(options, "uustandardusernames", usual="1"),
        "username_characters": "extended" if _is_on(config, "extendedusernamechars") else "moodle",
        "same_email": "warn" if _may_share(case) else "refuse",
        "force_password_change": _offered(
            options, "uuforcepasswordchange", among=FORCE, usual=0 if config.get("passwordpolicy") == "0" else 1
        ),
        "select_for_bulk": _offered(options, "uubulk", among=BULK),
        "passwords": _offered(options, "uupasswordnew", among=(("column",), ("column", "activation_link")), usual=1),
    }
    for setting, option, usual in (
        ("renames", "uuallowrenames", "0"),
        ("deletes", "uuallowdeletes", "0"),
        ("suspensions", "uuallowsuspends", "1"),
    ):
        changes[setting] = "allow" if is_updating and _is_on(options, option, usual=usual) else "refuse"
    if is_updating and changes["update_details"].startswith("from_file") and _is_on(options, "uupasswordold"):
        changes["existing_passwords"] = "from_file"
    if not is_updating:
        changes["username_from"] = options.get("username", "")
    changes["defaults"] = {**_site_defaults(case), **_defaults(options)}
    start = preset("moodle")
    upload_type = next(each for each in start.shortcuts if each.name == "upload_type")
    policy = upload_type.apply(start.policy, word=kind).replace(**changes)
    return policy.check()


def reading_of(case: Case) -> ReadOptions:
    """How the case's file is read: Moodle does not find the delimiter out; an encoding is one's own matter."""
    name = case.options.get("delimiter_name", "comma")
    return ReadOptions(encoding=case.options.get("encoding"), delimiter=DELIMITERS.get(name, ","))


def _defaults(options: Mapping[str, str]) -> dict[str, str]:
    names = (name for name in options if name in DEFAULTS or name.startswith(PROFILE_PREFIX))
    return {name: options[name] for name in names if options[name]}


def _site_defaults(case: Case) -> dict[str, str]:
    """What the second form's inputs begin with by the site: its town and country, and the fields' own defaults."""
    fields = case.base.get("profile_fields", [])
    own = {
        PROFILE_PREFIX + each["shortname"]: each.get("defaultdata") for each in fields if not each.get("forceunique")
    }
    site = {name: case.config.get(setting) for setting, name in SITE_DEFAULTS.items()}
    return {name: value for name, value in {**own, **site}.items() if value not in (None, "", "0")}


def _may_share(case: Case) -> bool:
    return _is_on(case.config, "allowaccountssameemail") and not _is_on(case.options, "uunoemailduplicates", usual="1")


def _offered(options: Mapping[str, str], name: str, *, among: Sequence[T], usual: int = 0) -> T:
    """What an option's number stands for; PolicyError for one that is not offered (§2.2)."""
    number = options.get(name, str(usual))
    if number not in map(str, range(len(among))):
        raise PolicyError("setting_refused", name=name, reason=f"it has no {number}.")
    return among[int(number)]


def _role(options: Mapping[str, str], *, number: int, usual: str) -> str:
    told = options.get(f"uulegacy{number}", usual)
    return ROLE_NAMES.get(told, told)


def _is_on(options: Mapping[str, str], name: str, *, usual: str = "0") -> bool:
    return options.get(name, usual) == "1"
