"""Access: whose data somebody works with, and what stands in the way."""

from __future__ import annotations

from typing import Final

from django.contrib.auth import authenticate

from enlist.core.errors import DatabaseProblem, NotFound
from enlist.store import people, problems, queries
from enlist.store.models import Account
from enlist.store.queries import Scope

__all__ = ["Scope", "account_of", "are_several", "database_problem", "scope_of", "scope_of_account"]

# Who may look at the administration at all.
OFFICE: Final = ("viewer", "manager", "admin", "owner")


def scope_of(organization: str | None) -> Scope:
    """The scope of somebody who may type commands: an organisation by its slug, or the only one. Raises NotFound."""
    return Scope(organization=queries.organization_of(organization))


def scope_of_account(account: Account) -> Scope:
    """The scope of somebody signed in: their organisation and no other."""
    return Scope(organization=account.organization, actor=account.person)


def are_several() -> bool:
    """Whether there is more than one organisation, so that signing in has to name one."""
    return len(queries.organizations()) > 1


def account_of(*, organization: str, name: str, password: str) -> Account | None:
    """Who signs in by this username, or by an e-mail address that nobody shares; None whatever was wrong.

    organization: its slug; may be blank where there is one only. Takes as long for names that nobody has.
    """
    try:
        here = queries.organization_of(organization or None)
    except NotFound:
        return None
    key = people.key_of_login(here, name=name)
    account = authenticate(login_key=f"{here.pk}:{key}", password=password)
    if account is None or account.person is None or account.person.site_role not in OFFICE:
        return None
    return account


def database_problem(error: Exception) -> DatabaseProblem | None:
    """What is wrong with the database, where that is what an error says."""
    return problems.problem_of(error)
