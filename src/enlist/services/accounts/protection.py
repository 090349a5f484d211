"""Refuse changes to protected people: the last owner, oneself, superiors and team members."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.errors import NotAllowed, StalePlan
from enlist.core.plan import limits
from enlist.core.plan.plan import Part, Plan
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.people.passwords import KNOWN
from enlist.core.rights import ranks_above
from enlist.services.access import Scope
from enlist.store import models
from enlist.store.people import people

_HARMFUL = ("deactivate", "delete", "rename")
_OF_STATE = ("deactivate", "reactivate", "remove")
# Verbs about people who aren't in the directory yet.
_OF_ABSENT = ("restore", "create")
_OF_ACCOUNT = ("username", "email")


def guarded_roles(scope: Scope) -> tuple[str, ...]:
    """The roles whose accounts the acting person may not change."""
    return () if scope.actor is None else Circumstances(role=scope.actor.site_role).guarded


def rank_of(record: models.Import) -> str:
    """The role that applies to an import: the importer's at planning or now, whichever is lower."""
    planned, now = str(record.plan_head.get("rank", "owner")), people.role_of(record.started_by_id)
    return now if now and ranks_above(planned, other=now) else planned


def check_undo(scope: Scope, *, plan: Plan) -> None:
    """Raise NotAllowed if an undo would touch a protected person.

    An undo doesn't remove, deactivate or rename oneself, the last owner or a superior, and changes accounts of the team
    only for people who may change the team.
    """
    owners = people.owners(scope.organization)
    untouched = {owners[0]: "undo_hits_last_owner"} if len(owners) == 1 else {}
    if scope.actor is not None:
        above = Circumstances(role=scope.actor.site_role).above
        untouched |= {found.pk: "undo_hits_superior" for found in people.with_roles(scope.organization, roles=above)}
        untouched[scope.actor.pk] = "undo_hits_yourself"
    for part in plan.parts if untouched and limits.at_most(plan.head.verbs) else ():
        touched = limits.touched(part)
        for verb in _HARMFUL:
            for person in set(touched.get(verb, ())) & untouched.keys():
                raise NotAllowed(untouched[person], verb=verb)
    if names := _accounts_of(scope, plan=plan):
        raise NotAllowed("undo_changes_team", username=names[0])


def check_accounts(scope: Scope, *, plan: Plan) -> None:
    """Raise StalePlan if a plan made with more rights changes accounts that the acting person may not change."""
    if set(guarded_roles(scope)) <= {*Circumstances(role=plan.head.rank).guarded}:
        return
    if names := _accounts_of(scope, plan=plan):
        raise StalePlan("plan_changes_team", username=names[0])


def _accounts_of(scope: Scope, *, plan: Plan) -> list[str]:
    """Usernames of accounts that a plan changes but the acting person may not: those of the first part with any."""
    roles = guarded_roles(scope)
    if not roles or not ({*_OF_STATE, *_OF_ABSENT, "update"} & plan.head.verbs.keys() or plan.head.passwords):
        return []
    team = {found.pk: found.username for found in people.with_roles(scope.organization, roles=roles)}
    found = (_accounts(part, roles=roles, among=team.keys()) for part in plan.parts)
    return next(([*(team[person] for person in changed), *new] for changed, new in found if changed or new), [])


def _accounts(part: Part, *, roles: Collection[str], among: Collection[int]) -> tuple[list[int], list[str]]:
    """The people among these whose username, address, password or status changes; new usernames of these roles."""
    touched = [part.frames[verb].get_column("person") for verb in _OF_STATE if verb in part.frames]
    touched.append(part.passwords.filter(pl.col("source") == KNOWN).get_column("person"))
    if (update := part.frames.get("update")) is not None:
        cells = [name for name in _OF_ACCOUNT if AFTER + name in update.columns]
        changes = (pl.col(BEFORE + name) != pl.col(AFTER + name) for name in cells)
        touched.append(update.filter(pl.any_horizontal(pl.lit(value=False), *changes)).get_column("person"))
    changed = pl.concat(touched).unique().sort()
    arriving = [part.frames[verb].select("username", "site_role") for verb in _OF_ABSENT if verb in part.frames]
    new = pl.concat([pl.DataFrame(schema={"username": pl.String, "site_role": pl.String}), *arriving])
    new = new.filter(pl.col("site_role").is_in(roles))
    return changed.filter(changed.is_in([*among])).to_list(), new.get_column("username").to_list()
