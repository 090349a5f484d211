"""Ranking: the role on the site that stands for a plan that waits for an approval, as it is by now."""

from __future__ import annotations

from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Head
from enlist.core.rights import Right, ranks_above
from enlist.services.access import Scope, check_right
from enlist.store.people import people


def check_role(scope: Scope, *, before: str) -> None:
    """Raise StalePlan where who acts has a lower role than when their plan was looked through."""
    if ranks_above(before, other=scope.role):
        raise StalePlan("role_changed")


def check_approval(scope: Scope, *, head: Head) -> None:
    """Raise NotAllowed where who approves a plan may not, StalePlan where it takes a higher role than stands for it."""
    check_right(scope, right=Right.APPROVE)
    if ranks_above(head.rank, other=rank_by_now(scope, head=head)):
        raise StalePlan("importer_lost_role")


def rank_by_now(scope: Scope, *, head: Head) -> str:
    """The role with which a plan that waits is made and applied: of whoever made it, as far as they still have it.

    Where they are gone or not active any more, that of whoever approves it, if it is lower.
    """
    if head.actor is None:
        return head.rank
    maker = people.active(scope.organization, person=head.actor)
    now = maker.site_role if maker else scope.role
    return head.rank if ranks_above(now, other=head.rank) else now
