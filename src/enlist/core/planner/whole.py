"""One plan from rows held in memory."""

from __future__ import annotations

from dataclasses import replace

from enlist.core.circumstances import USUAL, Circumstances
from enlist.core.directory import Directory, empty_directory, hidden_in
from enlist.core.plan import Head, Plan, assemble
from enlist.core.policy import Policy
from enlist.core.rows import Rows

from .stop import stop_all
from .vectorised import plan_rows


def plan(
    rows: Rows,
    directory: Directory | None = None,
    *,
    policy: Policy,
    circumstances: Circumstances = USUAL,
    head: Head | None = None,
) -> Plan:
    """The exact changes these rows would make to this directory (default: one in which nobody is).

    The directory must hold everybody whom the rows' keys name, and with `unlisted = deactivate` all others too; `head`
    carries what is known of file and organisation.
    Raises PolicyError when the policy's settings cannot work together.
    """
    directory = empty_directory() if directory is None else directory
    directory = directory.showing(hidden_in([*directory.reference.hidden, *rows.frame.columns, *policy.defaults]))
    policy.check()
    part = plan_rows(rows, directory, policy=policy, circumstances=circumstances)
    failed = part.counts()["fates"]["failed"]
    if failed and policy.bad_rows == "stop_import":
        part = stop_all(part, failed=failed)
    counts = part.counts()["verbs"]
    whole = replace(
        head or Head(),
        policy=policy.to_dict(),
        reference_version=directory.reference.version,
        rows=rows.frame.height,
        new_people=counts["create"],
        new_course_groups=counts["create_course_group"],
        new_groups=counts["create_group"],
        hidden=directory.reference.hidden,
    )
    return assemble(whole, [part])
