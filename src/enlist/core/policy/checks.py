"""Values that a Policy cannot have: not available yet, or contradicting each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from enlist.core.fields.fields import SIGN_INS

if TYPE_CHECKING:
    from enlist.core.policy.policy import Policy

# The name of the root of all groups, which nobody is in.
ALL_GROUPS: Final = "All groups"
# Means every value except the default.
ANYTHING: Final = "…"

# Remove a value here once it works: nothing else marks it as missing.
NOT_YET: Final[dict[str, tuple[str, ...]]] = {
    "existing_people": ("groups_only",),
    "bad_rows": ("resolve_first",),
    "site_role": ("tab",),
    "username_from": ("email",),
    "add_to_groups": (ANYTHING,),
    "seat_reference": ("required",),
    "product": ("from_seat",),
    "links": ("add", "mirror"),
}


def not_yet(policy: Policy) -> Iterator[str]:
    """A sentence for every value that is not available yet."""
    for name, waiting in NOT_YET.items():
        value, default = getattr(policy, name), type(policy).__dataclass_fields__[name].default
        if ANYTHING in waiting:
            if value != default:
                yield f"The setting {name} is not available yet."
            continue
        words = value if isinstance(value, tuple) else (value,)
        yield from (f"{name} = {word} is not available yet." for word in words if word in waiting)


def contradictions(policy: Policy) -> Iterator[str]:
    """A sentence for every pair of values that cannot work together: which, why, and what to do."""
    yield from _of_nobody(policy)
    yield from _of_existing_people(policy)
    yield from _of_keys(policy)
    yield from _of_scope(policy)
    yield from _of_names(policy)
    yield from _of_sign_ins(policy)
    for name in sorted(policy.defaults.keys() & policy.fixed_values.keys()):
        yield f"{name} has both a default and a fixed value; the default could never apply. Remove one of them."


def _of_nobody(policy: Policy) -> Iterator[str]:
    """Settings under which no row does anything or matches anybody."""
    if policy.new_people == "skip" and policy.existing_people == "skip":
        yield "new_people = skip and existing_people = skip would skip every row; change one of them."
    if policy.existing_people != "counter":
        return
    if policy.new_people == "skip":
        yield "existing_people = counter creates new people, so new_people must be create."
    if policy.match_by != ("username",):
        yield (
            f"match_by = {', '.join(policy.match_by)} matches existing people, but with"
            " existing_people = counter every row is a new person; set match_by = username."
        )
    if policy.unlisted != "keep":
        yield (
            f"unlisted = {policy.unlisted} looks for existing people in the file, but with"
            " existing_people = counter every row is a new person; set unlisted = keep, or another existing_people."
        )


def _of_existing_people(policy: Policy) -> Iterator[str]:
    """Settings that change existing people, who are not updated."""
    known = policy.existing_people
    requested = {
        "update_details": (policy.update_details, "none", "changes"),
        "renames": (policy.renames, "refuse", "lets rows rename"),
        "deletes": (policy.deletes, "refuse", "lets rows delete"),
        "existing_passwords": (policy.existing_passwords, "keep", "changes"),
    }
    if policy.group_column == "mirror" and known != "update":
        yield (
            f"group_column = mirror takes existing people out of groups, but existing_people = {known}; "
            "set existing_people = update, or group_column = add."
        )
    if policy.leaving_dates == "apply" and known != "update":
        yield (
            f"leaving_dates = apply marks existing people to leave, but existing_people = {known}; "
            "set existing_people = update, or leaving_dates = ignore."
        )
    for name, (value, usual, does) in requested.items():
        if value != usual and known != "update":
            yield (
                f"{name} = {value} {does} existing people, but existing_people = {known}; "
                f"set existing_people = update, or {name} = {usual}."
            )
    if policy.inactive_listed == "reactivate" and known in ("skip", "counter"):
        yield (
            f"inactive_listed = reactivate changes existing people, but existing_people = {known}; "
            "set existing_people = update, or inactive_listed = leave."
        )
    how = policy.update_details
    if known == "update" and policy.existing_passwords == "from_file" and how in ("none", "fill_missing"):
        yield (
            f"existing_passwords = from_file replaces what is stored, but update_details = {how} replaces nothing; "
            "set update_details = from_file, or existing_passwords = keep."
        )


def _of_scope(policy: Policy) -> Iterator[str]:
    """A scope without its group."""
    if policy.unlisted == "deactivate" and policy.unlisted_scope == "group" and not has_home_group(policy):
        yield (
            "unlisted_scope = group needs a group whose members the file lists; "
            "set home_group to it, or unlisted_scope = platform."
        )


def has_home_group(policy: Policy) -> bool:
    """Whether home_group names a group: “All groups” is everybody, so it isn't one (NE-21)."""
    return policy.home_group.strip().casefold() not in ("", ALL_GROUPS.casefold())


def _of_keys(policy: Policy) -> Iterator[str]:
    """Values generated for fields that match people."""
    if "idnumber" in policy.match_by and "idnumber" in policy.defaults:
        yield (
            "defaults.idnumber creates ID numbers that no row has, but match_by matches people by those of the rows; "
            "remove one of them."
        )
    if policy.match_by == ("email",) and "email" in policy.defaults:
        yield (
            "defaults.email is for rows without an address, but with match_by = email such rows match nobody; "
            "add username to match_by, or remove the default."
        )
    for name in sorted(policy.fixed_values.keys() & set(policy.match_by)):
        yield (
            f"fixed_values.{name} is the same for every row, but match_by matches people by it, so all rows would be "
            "about one person; remove one of them."
        )
    if "email" in policy.fixed_values and policy.same_email == "refuse" and policy.new_people == "create":
        yield (
            "fixed_values.email gives everybody one address, but with same_email = refuse nobody can share one; "
            "set same_email = warn, or remove the fixed value."
        )


def _of_names(policy: Policy) -> Iterator[str]:
    """Usernames and passwords that cannot work."""
    made, known = policy.username_from, policy.existing_people
    if made and made != "email" and not _contains_names(made):
        if "%u" in made.replace("%%", ""):
            yield f"username_from = {made} uses %u, the username, which doesn't exist yet; use %f and %l."
        elif known != "counter":
            yield (
                f"username_from = {made} gives everybody the same username; use %f and %l, "
                "or set existing_people = counter."
            )
    for place, source in enumerate(policy.passwords[:-1], start=1):
        if source != "column":
            later = ", ".join(policy.passwords[place:])
            yield (
                f"passwords = {', '.join(policy.passwords)}: {source} always works, so {later} is never used; "
                f"put {source} last."
            )
            return


def _contains_names(pattern: str) -> bool:
    # Imported here: reading settings must not load Polars, which patterns use.
    from .patterns import references

    return bool(references(pattern) & {"f", "l"})


def _of_sign_ins(policy: Policy) -> Iterator[str]:
    given = [entries.get("auth", "") for entries in (policy.defaults, policy.fixed_values)]
    for auth in (each for each in given if each and each.lower() not in SIGN_INS):
        yield f"“{auth}” isn't a sign-in method that Enlist knows. Use one of: {', '.join(SIGN_INS)}."


def idle(policy: Policy) -> Iterator[str]:
    """A sentence for every value that is accepted and has no effect."""
    if policy.unlisted == "keep" and policy.unlisted_manual_people != "protect":
        yield f"unlisted_manual_people = {policy.unlisted_manual_people} is not used while unlisted = keep."
    if policy.unlisted == "keep" and policy.unlisted_scope != "platform":
        yield f"unlisted_scope = {policy.unlisted_scope} is not used while unlisted = keep."
    if policy.unlisted == "keep" and policy.grace_days:
        yield f"grace_days = {policy.grace_days} is not used while unlisted = keep."
    if policy.administrators == "details_only" and policy.existing_people in ("skip", "counter"):
        yield f"administrators = details_only is not used while existing_people = {policy.existing_people}."
    accents = policy.username_accents
    if accents != "transliterate" and policy.username_characters == "extended":
        yield f"username_accents = {accents} is not used while username_characters = extended: every letter stays."
    if policy.number_made_usernames and not policy.username_from:
        yield "number_made_usernames = yes is not used without username_from: no usernames are generated."
    if policy.missing_email == "warn" and policy.match_by == ("email",):
        yield "missing_email = warn is not used while match_by = email: a row without an address matches nobody."
    yield from _idle_passwords(policy)
    yield from _idle_for_new_people(policy)


def _idle_passwords(policy: Policy) -> Iterator[str]:
    force = policy.force_password_change
    if force != "none" and "column" not in policy.passwords and policy.existing_passwords == "keep":
        yield f"force_password_change = {force} is not used while no password comes from the file."
    elif force == "weak" and policy.weak_passwords == "refuse":
        yield "force_password_change = weak is not used while weak_passwords = refuse: nobody gets a weak one."


def _idle_for_new_people(policy: Policy) -> Iterator[str]:
    """Settings for new people, while nobody is created."""
    if policy.new_people != "skip":
        return
    if policy.site_role not in ("learner", "column"):
        yield f"site_role = {policy.site_role} is not used while new_people = skip."
    if policy.defaults and policy.update_details in ("none", "from_file"):
        yield (
            f"defaults are not used while new_people = skip and update_details = {policy.update_details}: "
            "they are for new people, and for existing ones with from_file_and_defaults or fill_missing."
        )
    elif "email" in policy.defaults:
        yield "defaults.email is not used while new_people = skip: it only gives addresses to new people."
