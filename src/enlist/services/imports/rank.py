"""The role that limits what an import that needs approval may change."""

from __future__ import annotations

from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Head
from enlist.core.rights import Right, ranks_above
from enlist.services.access import Scope, check_right
from enlist.store.people import people


def check_role(scope: Scope, *, before: str) -> None:
    """Raise StalePlan if the acting person's role is lower than when their plan was checked."""
    if ranks_above(before, other=scope.role):
        raise StalePlan("role_changed")


def check_approval(scope: Scope, *, head: Head) -> None:
    """Raise NotAllowed if the person may not approve, StalePlan if the plan needs a higher role than it has now."""
    check_right(scope, right=Right.APPROVE)
    if ranks_above(head.rank, other=rank_by_now(scope, head=head)):
        raise StalePlan("importer_lost_role")


def rank_by_now(scope: Scope, *, head: Head) -> str:
    """The role with which the plan is made and applied: its maker's at planning or now, whichever is lower.

    If the maker isn't active any more, the approver's role counts instead of the maker's role now.
    """
    if head.actor is None:
        return head.rank
    maker = people.active(scope.organization, person=head.actor)
    now = maker.site_role if maker else scope.role
    return head.rank if ranks_above(now, other=head.rank) else now
