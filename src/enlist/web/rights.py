"""What somebody may do, for pages that show no more than that; services ask again."""

from __future__ import annotations

from enlist.core.rights import Grant, Right, grant
from enlist.web.request import Request


def may(request: Request, *, right: Right) -> bool:
    """Whether who is signed in has a right."""
    return grant(request.scope.actor.site_role if request.scope.actor else "", right=right) is Grant.YES
