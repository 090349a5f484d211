"""What a Policy cannot ask for: values that nothing carries out yet, and values that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enlist.core.policy.policy import Policy

# Stands for every value but the default.
ANYTHING: Final = "…"

# Build a value, take it out here: nothing else says that it is missing.
NOT_YET: Final[dict[str, tuple[str, ...]]] = {
    "known_people": ("groups_only",),
    "unlisted_scope": ("group",),
    "bad_rows": ("resolve_first",),
    "site_role": ("tab",),
    "active_limit": ("refuse",),
    "username_from": ("email",),
    "invite": ("ask", "always"),
    "group_column": ("add", "mirror"),
    "add_to_groups": (ANYTHING,),
    "home_group": (ANYTHING,),
    "seat_reference": ("required",),
    "product": ("from_seat",),
    "links": ("add", "mirror"),
    "unknown_choice": ("add_option",),
    "message": (ANYTHING,),
    "select_for_bulk": ("new", "updated", "all"),
}


def not_yet(policy: Policy) -> Iterator[str]:
    """A sentence for every value that nothing carries out yet."""
    for name, waiting in NOT_YET.items():
        value, default = getattr(policy, name), type(policy).__dataclass_fields__[name].default
        if ANYTHING in waiting:
            if value != default:
                yield f"The setting {name} is not available yet."
            continue
        words = value if isinstance(value, tuple) else (value,)
        yield from (f"{name} = {word} is not available yet." for word in words if word in waiting)


def contradictions(policy: Policy) -> Iterator[str]:
    """A sentence for every pair of values that cannot work together."""
    if policy.new_people == "skip" and policy.known_people == "skip":
        yield "new_people = skip and known_people = skip would skip every row; let one of them do something."
    if policy.new_people == "skip" and policy.known_people == "counter":
        yield "known_people = counter makes new people, so new_people must be create."
    if policy.update_details != "none" and policy.known_people != "update":
        yield (
            f"update_details = {policy.update_details} changes known people, but known_people = {policy.known_people}; "
            "set known_people = update, or update_details = none."
        )
    if "idnumber" in policy.match_by and "idnumber" in policy.defaults:
        yield (
            "defaults.idnumber makes ID numbers that no row has, but match_by finds people by those of the rows; "
            "take one of them out."
        )
    for name in sorted(policy.defaults.keys() & policy.fixed_values.keys()):
        yield f"{name} has both a default and a fixed value; the default could never apply. Take one of them out."


def idle(policy: Policy) -> Iterator[str]:
    """A sentence for every value that is accepted and has no effect."""
    if policy.known_people == "update" and policy.username_from:
        yield f"username_from = {policy.username_from} is not used while known people are updated."
    if policy.new_people == "create" and policy.invite != "never":
        yield "Nobody is invited yet: new people stay “not yet activated” and can be invited later."
