"""Shielding: what would touch whoever it must not is refused, with a sentence."""

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

_HURTING = ("deactivate", "delete", "rename")
_TURNING = ("deactivate", "reactivate", "remove")
# Verbs with people who are not there yet.
_ARRIVING = ("restore", "create")
_OF_ACCOUNT = ("username", "email")


def guarded_roles(scope: Scope) -> tuple[str, ...]:
    """The roles whose accounts whoever acts may not change."""
    return () if scope.actor is None else Circumstances(role=scope.actor.site_role).guarded


def rank_of(record: models.Import) -> str:
    """The role that counts for an import: its importer's now, where it is lower than when the plan was made."""
    planned, now = str(record.plan_head.get("rank", "owner")), people.role_of(record.started_by_id)
    return now if now and ranks_above(planned, other=now) else planned


def check_undo(scope: Scope, *, plan: Plan) -> None:
    """Raise NotAllowed where an undo would touch whom it must not.

    It does not remove, deactivate or rename oneself, the last owner, or who ranks above, and changes no account of the
    team for whoever may not change the team.
    """
    owners = people.owners(scope.organization)
    untouched = {owners[0]: "undo_hits_last_owner"} if len(owners) == 1 else {}
    if scope.actor is not None:
        above = Circumstances(role=scope.actor.site_role).above
        untouched |= {found.pk: "undo_hits_superior" for found in people.with_roles(scope.organization, roles=above)}
        untouched[scope.actor.pk] = "undo_hits_yourself"
    for part in plan.parts if untouched and limits.at_most(plan.head.verbs) else ():
        touched = limits.touched(part)
        for verb in _HURTING:
            for person in set(touched.get(verb, ())) & untouched.keys():
                raise NotAllowed(untouched[person], verb=verb)
    if names := _accounts_of(scope, plan=plan):
        raise NotAllowed("undo_changes_team", username=names[0])


def check_accounts(scope: Scope, *, plan: Plan) -> None:
    """Raise StalePlan where a plan made with more rights changes accounts that whoever applies it may not change."""
    if set(guarded_roles(scope)) <= {*Circumstances(role=plan.head.rank).guarded}:
        return
    if names := _accounts_of(scope, plan=plan):
        raise StalePlan("plan_changes_team", username=names[0])


def _accounts_of(scope: Scope, *, plan: Plan) -> list[str]:
    """Usernames of accounts that a plan changes and whoever acts may not; those of the first part that has some."""
    roles = guarded_roles(scope)
    if not roles or not ({*_TURNING, *_ARRIVING, "update"} & plan.head.verbs.keys() or plan.head.passwords):
        return []
    team = {found.pk: found.username for found in people.with_roles(scope.organization, roles=roles)}
    found = (_accounts(part, roles=roles, among=team.keys()) for part in plan.parts)
    return next(([*(team[person] for person in known), *new] for known, new in found if known or new), [])


def _accounts(part: Part, *, roles: Collection[str], among: Collection[int]) -> tuple[list[int], list[str]]:
    """Who of these people has username, address, password or status changed; usernames of these roles that arrive."""
    touched = [part.frames[verb].get_column("person") for verb in _TURNING if verb in part.frames]
    touched.append(part.passwords.filter(pl.col("source") == KNOWN).get_column("person"))
    if (update := part.frames.get("update")) is not None:
        cells = [name for name in _OF_ACCOUNT if AFTER + name in update.columns]
        changes = (pl.col(BEFORE + name) != pl.col(AFTER + name) for name in cells)
        touched.append(update.filter(pl.any_horizontal(pl.lit(value=False), *changes)).get_column("person"))
    changed = pl.concat(touched).unique().sort()
    arriving = [part.frames[verb].select("username", "site_role") for verb in _ARRIVING if verb in part.frames]
    new = pl.concat([pl.DataFrame(schema={"username": pl.String, "site_role": pl.String}), *arriving])
    new = new.filter(pl.col("site_role").is_in(roles))
    return changed.filter(changed.is_in([*among])).to_list(), new.get_column("username").to_list()
