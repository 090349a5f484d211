"""Whether the person who requested a job may have it run: checked when it starts and before each commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from enlist.core.errors import NotAllowed
from enlist.services.access import Right, Scope, check_right, may_touch
from enlist.store.imports import records
from enlist.store.operations.models import Job
from enlist.store.scope import scope_by_now

# The right that each kind of job needs; None: the right to change its import.
RIGHTS: Final[Mapping[str, Right | None]] = {
    "imports.approve": Right.APPROVE,
    "imports.carry_out": None,
    "imports.make_plan": None,
    "imports.read_file": None,
    "imports.replace": None,
    "passwords.settle": None,
    "departures.carry_out": Right.CHANGE_ORGANIZATION,
    "keeping.expire": Right.CHANGE_ORGANIZATION,
}


def job_permit(scope: Scope, *, job: Job) -> Scope:
    """The scope with its person as they are now. Raises NotAllowed if they may no longer have this job run."""
    scope = scope_by_now(scope)
    if job.kind not in RIGHTS:
        raise NotAllowed("job_kind_forbidden", kind=job.kind)
    if right := RIGHTS[job.kind]:
        check_right(scope, right=right)
    else:
        number = job.import_number or job.arguments["import"]
        may_touch(scope, record=records.get(scope, number=number), others=Right.UNDO_IMPORTS)
    return scope
