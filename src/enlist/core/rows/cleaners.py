"""Cleaners: how a policy cleans the cells of each field, and the policy's own values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from enlist.core import clean
from enlist.core.clean import Cleaned, Spelling, enrolment, fold, profile
from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.errors import PolicyError
from enlist.core.fields.fields import FIELDS, PROFILE_PREFIX, Kind
from enlist.core.flags.catalogue import ERRORS, WARNINGS
from enlist.core.flags.flags import collect, sentences
from enlist.core.headers.words import NUMBERED
from enlist.core.policy import (
    OddEmail,
    Policy,
    SameEmail,
    SiteRole,
    UnknownChoice,
    UsernameAccents,
    UsernameCase,
    patterns,
)

from .home_group import home_group

Cleaner = Callable[[pl.Series], Cleaned]

# Lengths of profile field texts and of names in course columns (spec/moodle-upload.md §1.3, §1.4).
PROFILE_LENGTH: Final = 2048
COURSE_NAME_LENGTH: Final = 254

# Fields without mark-up (spec/moodle-upload.md §1.2).
_TAGLESS: Final = frozenset({
    "firstname", "lastname", "institution", "department", "city", "address", "phone1", "phone2", "middlename",
    "alternatename", "firstnamephonetic", "lastnamephonetic",
})  # fmt: skip

_CLEANERS: Final[dict[Kind, Cleaner]] = {
    Kind.EMAIL: clean.email,
    Kind.LONG_TEXT: clean.long_text,
    Kind.COUNTRY: clean.country,
    Kind.LANGUAGE: clean.language,
    Kind.TIMEZONE: clean.time_zone,
    Kind.PHONE: clean.phone,
    Kind.WEB_ADDRESS: clean.web_address,
    Kind.BOOLEAN: clean.boolean,
    Kind.SIGN_IN: lambda cells: clean.text(cells.str.to_lowercase()),
    Kind.TAGS: clean.tags,
}

# Kinds of profile fields that are cleaned like a person's own fields.
_OF_PROFILE: Final[dict[str, Cleaner]] = {
    "email": clean.email,
    "phone": clean.phone,
    "url": clean.web_address,
    "country": clean.country,
    "language": clean.language,
    "time_zone": clean.time_zone,
    "boolean": clean.boolean,
    "number": profile.number,
    "region": lambda cells: clean.region(cells, countries=cells.clear().extend_constant("", len(cells))),
}

# Names such as 't Hooft keep their apostrophe.
_MARKED: Final = r"^'[0-9+=-]"

# Warnings about values that are stored unchanged.
_KEPT: Final = {"phone_odd"}

_OF_FAMILY: Final[dict[str, Cleaner]] = {
    "enrolperiod": enrolment.period,
    "enroltimestart": enrolment.start,
    "enrolstatus": enrolment.status,
}


def cleaner(slug: str, *, policy: Policy, reference: Reference) -> Cleaner:
    """The cleaner of this field, including its greatest length, for cells without a spreadsheet's mark of text.

    Raises PolicyError if the organisation has no such profile field.
    """
    by = _cleaner(slug, policy=policy, reference=reference)
    return lambda cells: _without_mark(cells, by=by)


def _without_mark(cells: pl.Series, *, by: Cleaner) -> Cleaned:
    """'0031 as 0031: spreadsheets keep zeros by an apostrophe, which some write into the file."""
    # Most columns have no such sign, and a pattern takes four times as long.
    if not cells.str.starts_with("'").any():
        return by(cells)
    marked = cells.str.contains(_MARKED).fill_null(value=False)
    if not marked.any():
        return by(cells)
    plain = cells.zip_with(~marked, cells.str.strip_prefix("'"))
    return by(plain).noting(marked, code="apostrophe_removed", value=cells, detail=plain)


def _cleaner(slug: str, *, policy: Policy, reference: Reference) -> Cleaner:
    if slug.startswith(PROFILE_PREFIX):
        return _profile_cleaner(_profile_field(slug, reference=reference), policy=policy)
    if slug not in FIELDS and (family := NUMBERED.fullmatch(slug)) and family[1] in _OF_FAMILY:
        return _OF_FAMILY[family[1]]
    if slug not in FIELDS:
        return lambda cells: _without_zero(clean.text(cells)).within(COURSE_NAME_LENGTH)
    known = FIELDS[slug]
    if known.kind is Kind.GROUPS:
        return _group_names(reference)
    if known.kind is Kind.DATE:
        return partial(clean.date, order=policy.date_order)
    if known.kind is Kind.USERNAME:
        return partial(usernames, spelling=spelling(policy))
    if known.kind is Kind.ACTION:
        return partial(clean.boolean, unknown="action_unclear")
    if known.kind is Kind.OPTION:
        # These lists are fixed, so options cannot be added.
        unknown = "error" if policy.unknown_choice == UnknownChoice.ADD_OPTION else str(policy.unknown_choice)
        return partial(clean.choice, options=known.options, unknown=unknown)
    if known.kind is Kind.SITE_ROLE:
        return partial(_site_roles, policy=policy)
    if known.kind is Kind.EMAIL and policy.malformed_email == OddEmail.WARN:
        return lambda cells: _addresses(cells).within(known.max_length)
    if slug in _TAGLESS:
        as_kind = _CLEANERS.get(known.kind, clean.text)
        return lambda cells: _without_tags(as_kind(cells)).within(known.max_length)
    return lambda cells: _CLEANERS.get(known.kind, clean.text)(cells).within(known.max_length)


def _group_names(reference: Reference) -> Cleaner:
    names = reference.made_groups.get_column("name").unique().sort(descending=True)
    return partial(clean.group_names, known={fold(name): name for name in names}, longest=COURSE_NAME_LENGTH)


def _without_tags(cleaned: Cleaned) -> Cleaned:
    """Text without mark-up; most columns have none, which one search shows."""
    cells = cleaned.values
    if not cells.str.contains("<", literal=True).any():
        return cleaned
    values = cells.str.replace_all(r"</?[A-Za-z!?][^>]*>", "").str.strip_chars(" ")
    changed = (values != cells).fill_null(value=False)
    return Cleaned(values, cleaned.notes).noting(changed, code="tags_removed", value=cells, detail=values)


def _without_zero(cleaned: Cleaned) -> Cleaned:
    """References, where 0 means none (§1.1.4)."""
    is_zero = (cleaned.values == "0").fill_null(value=False)
    kept = Cleaned(cleaned.values.replace("0", ""), cleaned.notes)
    return kept.noting(is_zero, code="zero_is_blank", value=cleaned.values)


def _addresses(cells: pl.Series) -> Cleaned:
    """Addresses; invalid ones stay as they are, with a warning."""
    cleaned = clean.email(cells)
    codes = pl.col("code").replace({"email_bad": "email_odd", "email_bad_like": "email_odd_like"})
    values = cleaned.values.zip_with(cleaned.values.is_not_null(), clean.text(cells).values)
    return Cleaned(values, cleaned.notes.with_columns(codes))


def usernames(cells: pl.Series, *, spelling: Spelling) -> Cleaned:
    """Usernames as they should be spelled, within their greatest length; 0 means blank (§1.1.4)."""
    return clean.username(cells.replace("0", ""), spelling=spelling).within(FIELDS["username"].max_length)


def spelling(policy: Policy) -> Spelling:
    """How this policy spells usernames."""
    by_language = policy.username_accents == UsernameAccents.BY_LANGUAGE
    return Spelling(
        characters=policy.username_characters,
        lower=policy.username_case == UsernameCase.LOWER,
        transliterate=policy.username_accents != UsernameAccents.REMOVE,
        language=policy.defaults.get("lang", "") if by_language else None,
        standardise=policy.standardise_usernames,
    )


def settle(policy: Policy, *, reference: Reference) -> Policy:
    """The policy with its defaults and fixed values as stored: country Germany becomes DE.

    Patterns stay as they are. Raises PolicyError for values that are invalid or unique to a person, for an unknown
    home_group, and for what the organisation doesn't allow.
    """
    if policy.same_email == SameEmail.ALLOW and not reference.shared_email:
        raise PolicyError("addresses_not_shared", value=policy.same_email)
    if not reference.shared_email:
        policy = policy.replace(same_email=SameEmail.REFUSE)
    for slug in [slug for slug in (*policy.fixed_values, *policy.defaults) if slug in reference.unique_slugs]:
        raise PolicyError("unique_field_for_everybody", field=slug.removeprefix(PROFILE_PREFIX), slug=slug)
    fixed = {
        slug: _stored(value, setting=f"fixed_values.{slug}", by=cleaner(slug, policy=policy, reference=reference))
        for slug, value in policy.fixed_values.items()
    }
    home_group(policy, reference=reference)
    defaults = {
        slug: _default(value, setting=f"defaults.{slug}", by=cleaner(slug, policy=policy, reference=reference))
        for slug, value in policy.defaults.items()
    }
    return policy.replace(fixed_values=fixed, defaults=defaults)


def _default(pattern: str, *, setting: str, by: Cleaner) -> str:
    if patterns.references(pattern):
        return pattern
    constant = patterns.expand(pattern, first="", last="", user="")
    return _stored(constant, setting=setting, by=by).replace("%", "%%")


def _stored(value: str, *, setting: str, by: Cleaner) -> str:
    return stored(value, what=f"The setting {setting}", field=setting.partition(".")[2], by=by)


def stored(value: str, *, what: str, field: str, by: Cleaner) -> str:
    """One value as stored. Raises PolicyError if it is invalid for this field; `what` begins the sentence."""
    cleaned = by(pl.Series([value]))
    against = collect(cleaned.notes.drop("at")).filter(pl.col("code").is_in({*ERRORS, *WARNINGS} - _KEPT))
    if not against.is_empty():
        reason = sentences(against.with_columns(field=pl.lit(field))).item(0)
        raise PolicyError("value_refused", what=what, reason=reason)
    return str(cleaned.values.item())


def _site_roles(cells: pl.Series, *, policy: Policy) -> Cleaned:
    """Roles in the file; if the policy sets the role itself, an unknown role fails no row."""
    cleaned = clean.site_role(cells)
    if policy.site_role in {SiteRole.COLUMN, SiteRole.TAB}:
        return cleaned
    codes = pl.col("code").replace("site_role_unknown", "not_allowed")
    return replace(cleaned, notes=cleaned.notes.with_columns(codes))


def _profile_cleaner(known: ProfileField, *, policy: Policy) -> Cleaner:
    if known.kind == "choice":
        return partial(clean.choice, options=known.options, unknown=policy.unknown_choice)
    if known.kind == "date":
        return partial(clean.date, order=policy.date_order)
    if known.kind == "choices":
        return partial(profile.choices, options=known.options, unknown=policy.unknown_choice)
    return lambda cells: _OF_PROFILE.get(known.kind, clean.text)(cells).within(PROFILE_LENGTH)


def _profile_field(slug: str, *, reference: Reference) -> ProfileField:
    found = next((each for each in reference.profile_fields if each.slug == slug), None)
    if found is None:
        raise PolicyError("profile_field_unknown", name=slug.removeprefix(PROFILE_PREFIX))
    return found
