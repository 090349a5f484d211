"""One plan from rows held in memory, and a plan that was stopped."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from enlist.core.directory import Directory, empty_directory
from enlist.core.flags import collect, flag
from enlist.core.plan import Head, Part, Plan, assemble
from enlist.core.policy import Policy
from enlist.core.rows import Rows

from .stop import stop
from .vectorised import plan_rows


def plan(rows: Rows, directory: Directory | None = None, *, policy: Policy, head: Head | None = None) -> Plan:
    """The exact changes these rows would make to this directory (default: one in which nobody is).

    The directory must hold everybody whom the rows' keys name; `head` carries what is known of file and organisation.
    Raises PolicyError when the policy's settings cannot work together.
    """
    directory = empty_directory() if directory is None else directory
    policy.check()
    part = plan_rows(rows, directory, policy=policy)
    failed = part.fates.filter(pl.col("fate") == "failed").height
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
    )
    return assemble(whole, [part])


def stop_all(part: Part, *, failed: int | None) -> Part:
    """The part with nothing to do (`bad_rows = stop_import`): rows that had not failed are skipped.

    failed: how many rows of the whole file failed, for the flag that says so (null: another part says it).
    """
    said = [flag("import_stopped", value=str(failed))] if failed is not None else []
    stopped = stop(part)
    return replace(stopped, flags=collect(*said, stopped.flags), seen=part.seen.clear())
