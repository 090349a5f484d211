"""Rights: what people may do, by their role on the site.

Source: spec/policies.md ("Who may do what").
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from enlist.core.fields.fields import SITE_ROLES


class Right(StrEnum):
    """Something that only some people may do; the value completes “may not …”."""

    IMPORT = "import files"
    SEE_IMPORTS = "see the imports of others"
    UNDO_IMPORTS = "undo the imports of others"
    APPROVE = "approve imports, change limits or delete permanently"
    CHANGE_GROUPS = "change groups and recipes"
    CHANGE_SETUP = "change fields, roles, products and presets"
    SEE_SETUP = "see fields, roles, groups, products, recipes and presets"
    SEE_PEOPLE = "see people"
    CHANGE_PEOPLE = "edit people"
    CHANGE_LINKS = "link people, change their roles or how they were created"
    GIVE_LINKS = "give people links or passwords to sign in"
    CHANGE_CONDITIONS = "change conditions"
    CHANGE_TEAM = "change the team"
    CHANGE_ORGANIZATION = "change the organisation's settings"


class Grant(StrEnum):
    """How far a right goes; rights to an own vendor's people don't apply as long as there are no vendors."""

    YES = "yes"
    OWN_VENDOR = "own vendor's"
    NO = "no"


Y, V, N = Grant.YES, Grant.OWN_VENDOR, Grant.NO
TEAM: Final = ("owner", "admin", "manager", "vendor_manager", "viewer")

# One line per right, one column per role of TEAM. Admins may change team members who rank below them: `may_give`.
_TABLE: Final[Mapping[Right, tuple[Grant, ...]]] = {
    Right.IMPORT: (Y, Y, Y, V, N),
    Right.SEE_IMPORTS: (Y, Y, Y, V, Y),
    Right.UNDO_IMPORTS: (Y, Y, N, V, N),
    Right.APPROVE: (Y, Y, N, N, N),
    Right.CHANGE_GROUPS: (Y, Y, Y, N, N),
    Right.CHANGE_SETUP: (Y, Y, N, N, N),
    Right.SEE_SETUP: (Y, Y, Y, N, Y),
    Right.SEE_PEOPLE: (Y, Y, Y, V, Y),
    Right.CHANGE_PEOPLE: (Y, Y, Y, V, N),
    Right.CHANGE_LINKS: (Y, Y, N, N, N),
    Right.GIVE_LINKS: (Y, Y, N, N, N),
    Right.CHANGE_CONDITIONS: (Y, Y, N, N, N),
    Right.CHANGE_TEAM: (Y, Y, N, N, N),
    Right.CHANGE_ORGANIZATION: (Y, N, N, N, N),
}


def grant(role: str, *, right: Right) -> Grant:
    """How far a right of people with this role on the site goes."""
    return _TABLE[right][TEAM.index(role)] if role in TEAM else Grant.NO


def ranks_above(role: str, *, other: str) -> bool:
    """Whether a role on the site ranks above another."""
    return SITE_ROLES.index(role) > SITE_ROLES.index(other)


def may_change_account(role: str, *, by: str) -> bool:
    """Whether people may change username, address, password and status of accounts with this role on the site.

    For the team's accounts they need the right to change the team. Source: spec/policies.md ("Nobody removed by
    accident").
    """
    if role not in TEAM:
        return not ranks_above(role, other=by)
    return grant(by, right=Right.CHANGE_TEAM) is Grant.YES and may_give(role, by=by)


def may_give(role: str, *, by: str) -> bool:
    """Whether people may assign or remove a role on the site: owners any, others those below their own."""
    return by == "owner" or ranks_above(by, other=role)
