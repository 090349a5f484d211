"""Ranking: the role on the site that stands for a plan, as it is by now."""

from __future__ import annotations

from enlist.core.errors import StalePlan
from enlist.core.plan import Head
from enlist.core.rights import Right, ranks_above
from enlist.services.access import Scope, check_right
from enlist.store.people import people


def check_rank(scope: Scope, *, head: Head, approved: bool) -> None:
    """Raise StalePlan for a plan that was made with a higher role than stands for it by now.

    approved: whose plan it is need not be who commits it, who must be one who approves (NotAllowed).
    """
    if approved:
        check_right(scope, right=Right.APPROVE)
    now = rank_by_now(scope, head=head) if approved else scope.role
    if ranks_above(head.rank, other=now):
        raise StalePlan(
            f"This plan was made by somebody with the role {_told(head.rank)}; {_told(now)} is what it has to be made"
            " with now. Nothing was applied.",
            hint="Make the plan anew.",
        )


def rank_by_now(scope: Scope, *, head: Head) -> str:
    """The role with which a plan that waits is made and applied: of whoever made it, as far as they still have it.

    Where they are gone or not active any more, that of whoever approves it, if it is lower.
    """
    if head.actor is None:
        return head.rank
    maker = people.active(scope.organization, person=head.actor)
    now = maker.site_role if maker else scope.role
    return head.rank if ranks_above(now, other=head.rank) else now


def _told(role: str) -> str:
    return role.replace("_", " ")
