"""Shielding: an undo that would touch whoever it must not is refused, with a sentence."""

from __future__ import annotations

from enlist.core import brake
from enlist.core.circumstances import Circumstances
from enlist.core.errors import NotAllowed
from enlist.core.plan import Plan
from enlist.services.access import Scope
from enlist.store import people

_HURTING = ("deactivate", "delete", "rename")


def check_undo(scope: Scope, *, plan: Plan) -> None:
    """Raise NotAllowed where an undo would remove, turn off or rename oneself, the last owner, or who ranks above."""
    owners = people.owners(scope.organization)
    guarded = {owners[0]: "the last owner"} if len(owners) == 1 else {}
    if scope.actor is not None:
        above = Circumstances(role=scope.actor.site_role).above
        guarded |= {
            found.pk: "somebody who ranks above you" for found in people.with_roles(scope.organization, roles=above)
        }
        guarded[scope.actor.pk] = "yourself"
    if not guarded or not brake.at_most(plan.head.verbs):
        return
    for part in plan.parts:
        touched = brake.touched(part)
        for verb in _HURTING:
            for person in set(touched.get(verb, ())) & guarded.keys():
                raise NotAllowed(
                    f"This undo would {verb} {guarded[person]}; nothing was done.",
                    hint="Ask somebody of higher rank, or change that person by hand first.",
                )
