"""A table planned completely, as services plan an import."""

from dataclasses import replace

from enlist.core.plan.plan import Head, Plan
from enlist.services.imports.planning import Task, plan_prepared, prepare


def plan_table(task: Task, *, head: Head) -> Plan:
    return plan_prepared(task, prepared=prepare(task), head=replace(head, rows=task.table.height))
