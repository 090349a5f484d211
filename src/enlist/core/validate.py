"""Table → Rows: every cell cleaned and checked, column by column, before anybody asks who these people are.

What is bad is null in the Rows, and flagged with its line and column. Defaults, but for the username's pattern, and all
that depends on who exists are the planner's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, reduce
from operator import and_
from typing import Final

import polars as pl

from . import clean, patterns
from .clean import Cleaned, Spelling, note
from .directory import Reference
from .errors import PolicyError
from .fields import FIELDS, PROFILE_PREFIX, Kind
from .flag_catalogue import ERRORS, WARNINGS
from .flags import collect, flag, sentences
from .headers import HeaderMatch
from .policy import KnownPeople, Policy, SiteRole, UsernameAccents, UsernameCase
from .rows import Rows
from .sheet import Sheet
from .table import Table

Cleaner = Callable[[pl.Series], Cleaned]

# Characters of a profile field's text, and of the names in course columns (spec/moodle-upload.md §1.3, §1.4).
PROFILE_LENGTH: Final = 2048
COURSE_NAME_LENGTH: Final = 254

_CLEANERS: Final[dict[Kind, Cleaner]] = {
    Kind.EMAIL: clean.email,
    Kind.LONG_TEXT: clean.long_text,
    Kind.COUNTRY: clean.country,
    Kind.LANGUAGE: clean.language,
    Kind.TIMEZONE: clean.time_zone,
    Kind.SITE_ROLE: clean.site_role,
}
FROM_EMAIL: Final = "email"


def check(table: Table, headers: HeaderMatch, *, policy: Policy, reference: Reference) -> Rows:
    """The rows of a table as the policy reads them, with all flags about their cells (D3, D4, D6, D7).

    Flags about the whole file (the reader's, the headers') come with the table's first rows only: the Rows of a table's
    slices, put together, are the Rows of the table.

    Raises PolicyError where a fixed value of the policy is none its field can have.
    """
    sheet = Sheet(table=table, headers=headers.headers, policy=policy, flags=[table.flags])
    sheet.announce(headers.flags)
    for slug, header in headers.headers.items():
        if _is_applied(slug, sheet=sheet):
            cleaned = _cleaner(slug, policy=policy, reference=reference)(table.frame.get_column(header))
            sheet.put(slug, cleaned=cleaned)
    for slug, value in policy.fixed_values.items():
        fixed = _fixed(slug, value=value, cleaner=_cleaner(slug, policy=policy, reference=reference))
        sheet.values[slug] = pl.repeat(fixed, table.height, dtype=pl.String(), eager=True)
    _make_usernames(sheet)
    _require_keys(sheet)
    return sheet.rows()


def _is_applied(slug: str, *, sheet: Sheet) -> bool:
    """Whether the policy lets this column of the file count; if not, a flag says so."""
    header, policy = sheet.headers[slug], sheet.policy
    if header in policy.columns_left_out:
        sheet.announce(flag("column_left_out", value=header))
    elif slug in policy.fixed_values:
        sheet.announce(flag("column_overruled", value=header, detail=policy.fixed_values[slug]))
    elif slug == "site_role" and policy.site_role not in {SiteRole.COLUMN, SiteRole.TAB}:
        sheet.announce(flag("site_role_overruled", value=header, detail=policy.site_role))
    else:
        return True
    return False


def _fixed(slug: str, *, value: str, cleaner: Cleaner) -> str:
    cleaned = cleaner(pl.Series([value]))
    against = collect(cleaned.notes.drop("at")).filter(pl.col("code").is_in([*ERRORS, *WARNINGS]))
    if not against.is_empty():
        reason = sentences(against.with_columns(field=pl.lit(slug))).item(0)
        raise PolicyError(f"The setting fixed_values.{slug} cannot have this value. {reason}")
    return str(cleaned.values.item())


def _cleaner(slug: str, *, policy: Policy, reference: Reference) -> Cleaner:
    """How the cells of this field are cleaned, its greatest length included."""
    if slug.startswith(PROFILE_PREFIX):
        return _profile_cleaner(slug, policy=policy, reference=reference)
    if slug not in FIELDS:
        return lambda cells: clean.text(cells).within(COURSE_NAME_LENGTH)
    known = FIELDS[slug]
    if known.kind is Kind.USERNAME:
        return partial(_usernames, policy=policy)
    return lambda cells: _CLEANERS.get(known.kind, clean.text)(cells).within(known.max_length)


def _profile_cleaner(slug: str, *, policy: Policy, reference: Reference) -> Cleaner:
    found = next((each for each in reference.profile_fields if each.slug == slug), None)
    if found is None:
        raise PolicyError(f"There is no profile field {slug.removeprefix(PROFILE_PREFIX)}.")
    if found.kind == "choice":
        return partial(clean.choice, options=found.options, unknown=policy.unknown_choice)
    return lambda cells: clean.text(cells).within(PROFILE_LENGTH)


def _usernames(cells: pl.Series, *, policy: Policy) -> Cleaned:
    return clean.username(cells, spelling=_spelling(policy)).within(FIELDS["username"].max_length)


def _spelling(policy: Policy) -> Spelling:
    return Spelling(
        characters=policy.username_characters,
        lower=policy.username_case == UsernameCase.LOWER,
        transliterate=policy.username_accents == UsernameAccents.TRANSLITERATE,
        standardise=policy.standardise_usernames,
    )


def _name_sources(policy: Policy) -> tuple[str, ...] | None:
    """The fields a username is made of where the file has none; None: it is not made.

    Not while known people are updated: the name made could be somebody else's (spec/moodle-upload.md §5.1.3).
    """
    if not policy.username_from or policy.known_people == KnownPeople.UPDATE:
        return None
    if policy.username_from == FROM_EMAIL:
        return ("email",)
    letters = patterns.references(policy.username_from)
    return tuple(slug for letter, slug in patterns.LETTERS.items() if letter in letters and slug != "username")


def _make_usernames(sheet: Sheet) -> None:
    """Fill in the usernames that the file does not give (EC-14, EC-16)."""
    sources = _name_sources(sheet.policy)
    if sources is None:
        return
    wanting = sheet.column("username").is_null() & ~sheet.is_bad("username")
    at = reduce(and_, [sheet.has(slug) for slug in sources], wanting).arg_true()
    slugs = (*patterns.LETTERS.values(), "email")
    made = _made(pl.DataFrame({slug: sheet.column(slug).gather(at) for slug in slugs}), policy=sheet.policy)
    # Nobody typed what was made, so nobody needs to hear how it was spelt before.
    notes = made.notes.filter(pl.col("code") != "username_cleaned")
    sheet.fill("username", at=at, cleaned=replace(made, notes=notes))


def _made(people: pl.DataFrame, *, policy: Policy) -> Cleaned:
    if policy.username_from != FROM_EMAIL:
        return _usernames(people.select(patterns.expression(policy.username_from)).to_series(), policy=policy)
    # Only its case may change: without its + an address would be another person's.
    as_address = replace(_spelling(policy), characters="extended")
    addresses = clean.spell(people.get_column("email"), spelling=as_address)
    return _usernames(addresses, policy=policy.replace(standardise_usernames=False))


def _require_keys(sheet: Sheet) -> None:
    """Flag the rows that name nobody, saying what is missing."""
    keys = tuple(key.value for key in sheet.policy.match_by)
    nobody = reduce(and_, [sheet.lacks(key) for key in keys])
    unexplained = nobody
    for slug in (_name_sources(sheet.policy) or ()) if "username" in keys else ():
        sheet.tell(note(nobody & sheet.lacks(slug), code=f"{slug}_missing"), slug=slug)
        unexplained &= sheet.has(slug)
    if keys == ("username",):
        sheet.tell(note(unexplained, code="username_missing"), slug="username")
    else:
        labels = ", ".join(FIELDS[key].label for key in keys)
        sheet.tell(note(unexplained, code="key_missing", detail=labels), slug=keys[0])
