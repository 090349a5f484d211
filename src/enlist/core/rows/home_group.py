"""The group that the setting home_group names, and the groups whose members a file lists (NE-21, NE-22)."""

from __future__ import annotations

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import PolicyError
from enlist.core.policy import Policy, Unlisted, UnlistedScope, has_home_group


def home_group(policy: Policy, *, reference: Reference) -> int | None:
    """The id of the group that new people join; None for “All groups”.

    It is named by its ID number, else its name, else "#" and its id. Raises PolicyError if there is no such group, if
    several have the name, or if conditions decide who is in it.
    """
    if not has_home_group(policy):
        return None
    name = policy.home_group.strip()
    for by in (pl.col("idnumber"), pl.col("name"), pl.lit("#") + pl.col("people_group").cast(pl.String)):
        found = reference.groups.filter((by == name) & (pl.col("people_group") > 0))
        if found.height > 1:
            raise PolicyError("home_group_ambiguous", name=name, number=found.get_column("people_group").min())
        if found.height and not found.item(0, "joinable"):
            raise PolicyError("home_group_closed", name=name)
        if found.height:
            return int(found.item(0, "people_group"))
    raise PolicyError("home_group_unknown", name=name)


def groups_in_scope(policy: Policy, *, reference: Reference) -> pl.Series | None:
    """The groups (Int64 ids) whose members the file lists; None if absence means everybody on the platform.

    Raises PolicyError as `home_group`.
    """
    if policy.unlisted != Unlisted.DEACTIVATE or policy.unlisted_scope != UnlistedScope.GROUP:
        return None
    group = home_group(policy, reference=reference)
    return None if group is None else reference.groups_below(group)


def scope_words(policy: Policy, *, reference: Reference, active: int) -> str:
    """Who is looked for in the file, and how many active people that are (NE-22)."""
    groups = groups_in_scope(policy, reference=reference)
    if groups is None:
        return f"all {active:,} active people on the platform"
    below = len(groups) - 1
    deeper = f" and {below:,} {'group' if below == 1 else 'groups'} below it" if below else ""
    name = reference.groups.filter(pl.col("people_group") == groups.item(0)).item(0, "name")
    return f"the {active:,} active members of “{name}”{deeper}"
