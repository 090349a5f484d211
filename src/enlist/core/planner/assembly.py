"""One plan from rows held in memory."""

from __future__ import annotations

from dataclasses import replace

from enlist.core.changes import making_ids
from enlist.core.directory.directory import Directory, empty_directory, hidden_in
from enlist.core.flags.flags import flag
from enlist.core.plan import limits as plan_limits
from enlist.core.plan.people import touched
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.policy import ChangeLimits, Policy
from enlist.core.rows.rows import Rows

from .circumstances import USUAL, Circumstances
from .people.unlisted import active_in_scope
from .stop import bad_rows, stop_all, stopped
from .vectorised import plan_rows


def plan(
    rows: Rows,
    directory: Directory | None = None,
    *,
    policy: Policy,
    circumstances: Circumstances = USUAL,
    approved: bool = False,
) -> Plan:
    """The exact changes these rows would make to this directory (default: an empty one).

    The directory must hold everybody that the rows' keys identify, and with `unlisted = deactivate` all others too.
    A plan over the limits (`Policy.limits`, shares of the directory's active people) changes nothing: the flag
    `limit_exceeded` and `head.awaiting` describe what needs approval. approved: it has been approved.
    Raises PolicyError if settings of the policy contradict each other.
    """
    directory = empty_directory() if directory is None else directory
    directory = directory.showing(hidden_in([*directory.reference.hidden, *rows.frame.columns, *policy.defaults]))
    policy.check()
    circumstances = replace(circumstances, approved=approved or circumstances.approved)
    part = plan_rows(rows, directory, policy=policy, circumstances=circumstances)
    if policy.bad_rows == "stop_import" and (bad := bad_rows(part).len()):
        part = stop_all(part, why=stopped(bad))
    active = active_in_scope(directory, policy=policy).height
    head, part = (Head(), part) if circumstances.approved else _within(part, limits=policy.limits, active=active)
    made = {each.name: part.frames[each.begins.name].height for each in making_ids() if each.begins.name in part.frames}
    whole = replace(
        head,
        policy=policy.to_dict(),
        reference_version=directory.reference.version,
        rows=rows.frame.height + rows.left_out.height,
        new=made,
        hidden=directory.reference.hidden,
    )
    return assemble(whole, [part])


def _within(part: Part, *, limits: ChangeLimits, active: int) -> tuple[Head, Part]:
    """A head, and the part; over a limit the head counts what needs approval and the part changes nothing."""
    counts = plan_limits.measured([part])
    over = plan_limits.over(counts, limits=limits, active=active)
    if not over:
        return Head(), part
    why = "; ".join(plan_limits.reason(name, count=count, limits=limits, active=active) for name, count in over.items())
    head = Head(awaiting=dict(counts), awaiting_people=touched(part).height)
    return head, stop_all(part, why=flag("limit_exceeded", detail=why))
