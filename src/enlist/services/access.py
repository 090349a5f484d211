"""Access: which organisation a person works in, and what they may do there.

Every use case checks this first: with the decorator `needs`, or with `may_touch` if it depends on whose import it is.
Anyone who can run commands on the machine acts as its owner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from enlist.core.clean import fold
from enlist.core.errors import DatabaseProblem, NotAllowed, NotFound
from enlist.core.rights import Grant, Right, grant
from enlist.store import database_errors
from enlist.store.models import Account, Import, Person
from enlist.store.people import people
from enlist.store.scope import MACHINE, Scope, organization_of, organizations
from enlist.store.setup.organization import check_site
from enlist.store.transactions import wait_at_most

__all__ = [
    "MACHINE",
    "Right",
    "Scope",
    "are_several",
    "check_right",
    "database_problem",
    "may_touch",
    "needs",
    "person_asking",
    "scope_of",
    "scope_of_account",
    "wait_at_most",
]

P = ParamSpec("P")
T = TypeVar("T")


def scope_of(organization: str | None, *, acting: str | None = None) -> Scope:
    """The scope of a command: an organisation by its slug, or the only one.

    acting: the username of a person of the organisation whose rights apply. Raises NotFound, KeyMissing; OlderTables
    or NewerTables if the database is of another version.
    """
    check_site()
    here = organization_of(organization)
    if acting is None:
        return Scope(here, MACHINE)
    actor = people.by_username(here, key=fold(acting))
    if actor is None or actor.state != "active":
        raise NotFound("actor_unknown", username=acting)
    return Scope(here, actor)


def needs(right: Right) -> Callable[[Callable[Concatenate[Scope, P], T]], Callable[Concatenate[Scope, P], T]]:
    """Decorate a use case: it raises NotAllowed or NotFound for people without the right."""

    def guarded(use_case: Callable[Concatenate[Scope, P], T]) -> Callable[Concatenate[Scope, P], T]:
        def asked(scope: Scope, /, *arguments: P.args, **named: P.kwargs) -> T:
            check_right(scope, right=right)
            return use_case(scope, *arguments, **named)

        return update_wrapper(asked, use_case)

    return guarded


def check_right(scope: Scope, *, right: Right) -> None:
    """Raise NotAllowed if the person doesn't have this right, NotFound if they are of another organisation."""
    if scope.asks is MACHINE:
        return
    role = person_asking(scope).site_role
    if grant(role, right=right) is not Grant.YES:
        raise NotAllowed("right_missing", role=role.replace("_", " "), right=right)


def person_asking(scope: Scope) -> Person:
    """The person who asks, for what everybody may do with their own data.

    Raises NotFound for MACHINE, inactive people, and people of another organisation.
    """
    if scope.actor is None:
        raise NotFound("account_without_person")
    if scope.actor.organization_id != scope.organization.pk or scope.actor.state != "active":
        raise NotFound("organization_hidden")
    return scope.actor


def may_touch(scope: Scope, *, record: Import, others: Right) -> None:
    """Raise NotAllowed if the import is somebody else's and the person doesn't have the right `others`.

    The same holds for the import that an undo reverses.
    """
    is_own = scope.actor is not None and record.started_by_id == scope.actor.pk
    check_right(scope, right=Right.IMPORT if is_own else others)
    if record.undoes is not None:
        may_touch(scope, record=record.undoes, others=others)


def scope_of_account(account: Account) -> Scope:
    """The scope of a person who is signed in. Raises NotFound for an account without a person."""
    if account.person is None:
        raise NotFound("account_without_person")
    return Scope(account.organization, account.person)


def are_several() -> bool:
    """Whether there is more than one organisation, so that people must name theirs to sign in."""
    return len(organizations()) > 1


def database_problem(error: Exception) -> DatabaseProblem | None:
    """The problem of the database behind an error; None for other errors."""
    return database_errors.problem_of(error)
