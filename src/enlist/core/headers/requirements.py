"""What a file must have before its rows are read (spec/moodle-upload.md §2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from enlist.core.errors import FileError, HeaderError
from enlist.core.fields.fields import FULL_NAMES, PASSWORD
from enlist.core.policy import ExistingPeople, NewPeople, OddEmail, PasswordSource, Policy, Unlisted
from enlist.core.table.table import Table

from .match import HeaderMatch

# The name that readers give a column without a header.
_NAMELESS: Final = re.compile(r"Column \d+")
# How many columns a message lists.
_MOST_NAMED: Final = 20
_WITHOUT_DETAILS: Final = frozenset({ExistingPeople.ENROL_ONLY, ExistingPeople.GROUPS_ONLY})


def require(table: Table, *, headers: HeaderMatch, policy: Policy) -> None:
    """Refuse a file that identifies nobody or lacks a column that the settings need (EC-02, R8, §2.2).

    Raises FileError if it has no rows, HeaderError for missing columns, all at once.
    """
    name = table.source.name
    if not table.height:
        raise FileError("file_without_rows", file=name)
    is_nameless = all(map(_NAMELESS.fullmatch, table.headers))
    if is_nameless and not set(headers.headers):
        raise HeaderError("header_not_found", file=name)
    applied = {slug for slug, header in headers.headers.items() if header not in policy.columns_left_out}
    found = applied | ({"username"} if policy.username_from else set())
    if found & {field.slug for field in FULL_NAMES}:
        found |= {"firstname", "lastname"}
    if not found & set(policy.match_by):
        wanted = " or ".join(policy.match_by)
        unused = [headers.headers[key] for key in policy.match_by if key in headers.headers]
        code = "unnamed" if is_nameless else "left_out" if unused else "missing"
        raise HeaderError(
            f"key_column_{code}",
            file=name,
            wanted=wanted,
            field=policy.match_by[0],
            left_out=", ".join(unused),
            columns=_named(table.headers),
        )
    if lacking := [*_for_new_people(found | set(policy.defaults), policy=policy), *_passwords(table, policy=policy)]:
        raise HeaderError("columns_missing", file=name, missing=" ".join(lacking), columns=_named(table.headers))


def _named(headers: Sequence[str]) -> str:
    more = len(headers) - _MOST_NAMED
    return ", ".join([*headers[:_MOST_NAMED], *([f"and {more:,} more"] if more > 0 else [])])


def _for_new_people(found: set[str], *, policy: Policy) -> Iterator[str]:
    # A roster may only say who is present, without details.
    is_roster = policy.unlisted == Unlisted.DEACTIVATE or policy.existing_people in _WITHOUT_DETAILS
    if policy.new_people != NewPeople.CREATE or is_roster:
        return
    lacks_addresses = {"email"} if policy.missing_email == OddEmail.WARN else set()
    given = found | set(policy.fixed_values) | lacks_addresses
    if lacking := [slug for slug in ("firstname", "lastname", "email") if slug not in given]:
        them = "it" if len(lacking) == 1 else "them"
        way = ", set defaults.email" if "email" in lacking else ""
        yield (
            f"New people need {', '.join(lacking)}, and no column has {them}: add {them}{way}, "
            "or set new_people = skip if nobody is to be created."
        )


def _passwords(table: Table, *, policy: Policy) -> Iterator[str]:
    if table.secrets:
        return
    if policy.new_people == NewPeople.CREATE and policy.passwords == (PasswordSource.COLUMN,):
        yield f"passwords = column needs a column for {PASSWORD.label}: add it, or let passwords come from elsewhere."
    if policy.existing_passwords == "from_file":
        yield (
            f"existing_passwords = from_file needs a column for {PASSWORD.label}:"
            " add it, or set existing_passwords = keep."
        )
