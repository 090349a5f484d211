"""The people that an applied import selects for bulk actions."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.errors import PlanError
from enlist.core.policy import Policy, SelectForBulk
from enlist.core.report.selection import selected
from enlist.services.access import Right, Scope, may_touch
from enlist.store.imports import artifacts, records
from enlist.store.people import people


@dataclass(frozen=True)
class Selection:
    """The selection of an import. choice: its `select_for_bulk`. usernames: in order, without removed people."""

    choice: str
    usernames: tuple[str, ...]


def import_selected(scope: Scope, *, number: int) -> Selection:
    """The people that an applied import selects (EC: “Select for bulk user actions”).

    Raises NotFound; PlanError if it isn't applied or its plan has expired.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.SEE_IMPORTS)
    choice: SelectForBulk = Policy.from_dict(record.policy).select_for_bulk if record.policy else SelectForBulk.NONE
    if choice is SelectForBulk.NONE:
        return Selection(choice=choice.value, usernames=())
    if record.state != "applied":
        raise PlanError("import_selects_nobody", number=number, state=record.state.replace("_", " "))
    if record.plan_removed_at:
        raise PlanError("selection_expired", number=number)
    ids = records.ids_of(record)
    found = [ids.realise(selected(part, choice=choice).to_frame("person")) for part in artifacts.plan_of(record).parts]
    meant = pl.concat([pl.DataFrame(schema={"person": pl.Int64()}), *found]).get_column("person").unique()
    return Selection(choice=choice.value, usernames=tuple(people.usernames_of(scope.organization, ids=meant)))
