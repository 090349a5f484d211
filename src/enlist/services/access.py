"""Access: whose data somebody works with, and what stands in the way."""

from __future__ import annotations

from enlist.core.errors import DatabaseProblem
from enlist.store import problems, queries
from enlist.store.queries import Scope

__all__ = ["Scope", "database_problem", "scope_of"]


def scope_of(organization: str | None) -> Scope:
    """The scope of somebody who may type commands: an organisation by its slug, or the only one. Raises NotFound."""
    return Scope(organization=queries.organization_of(organization))


def database_problem(error: Exception) -> DatabaseProblem | None:
    """What is wrong with the database, where that is what an error says."""
    return problems.problem_of(error)
