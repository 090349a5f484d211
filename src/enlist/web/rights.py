"""Rights, so that pages show only what somebody may do; services check them again."""

from __future__ import annotations

from enlist.core.rights import Grant, Right, grant
from enlist.services.access import Scope


def may(scope: Scope, *, right: Right) -> bool:
    """Whether the signed-in person has a right."""
    return grant(scope.actor.site_role if scope.actor else "", right=right) is Grant.YES
