"""Whether the person who requested a job may have it run: checked when it starts and before each commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from enlist.core.errors import NotAllowed
from enlist.services.access import Right, Scope, check_right, may_touch
from enlist.store.imports import records
from enlist.store.operations.models import Job
from enlist.store.scope import scope_by_now


class Permit(Protocol):
    """Raises NotAllowed or NotFound if the person of a scope may not have a job run."""

    def __call__(self, scope: Scope, *, job: Job) -> None:
        """Check that."""


def job_permit(scope: Scope, *, job: Job) -> Scope:
    """The scope with its person as they are now. Raises NotAllowed if they may no longer have this job run."""
    scope = scope_by_now(scope)
    permit = _PERMITS.get(job.kind)
    # A new kind of job is forbidden until _PERMITS has it.
    if permit is None:
        raise NotAllowed("job_kind_forbidden", kind=job.kind)
    permit(scope, job=job)
    return scope


def _of_import(scope: Scope, *, job: Job) -> None:
    _touch(scope, number=job.import_number)


def _of_passwords(scope: Scope, *, job: Job) -> None:
    _touch(scope, number=job.arguments.get("import"))


def _of_organization(scope: Scope, *, job: Job) -> None:
    del job
    check_right(scope, right=Right.CHANGE_ORGANIZATION)


def _of_approval(scope: Scope, *, job: Job) -> None:
    del job
    check_right(scope, right=Right.APPROVE)


def _touch(scope: Scope, *, number: int | None) -> None:
    may_touch(scope, record=records.get(scope, number=number or 0), others=Right.UNDO_IMPORTS)


_PERMITS: Final[Mapping[str, Permit]] = {
    "imports.approve": _of_approval,
    "imports.carry_out": _of_import,
    "imports.make_plan": _of_import,
    "imports.read_file": _of_import,
    "imports.replace": _of_import,
    "passwords.settle": _of_passwords,
    "keeping.expire": _of_organization,
}
