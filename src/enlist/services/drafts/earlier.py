"""The settings and columns of an earlier import: the last one of such a file, or the one that a person chose.

Such a file has the same preset, and columns of the same names.
"""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError
from enlist.core.policy import Policy
from enlist.core.presets import preset
from enlist.store import models
from enlist.store.imports import records

# In a draft's order: the number of the import whose settings and columns it has.
EARLIER: Final = "earlier"
# The same, if a person chose that import, until the file is read.
AGAIN: Final = "again"


def earlier_recall(record: models.Import) -> None:
    """Give a draft that was just read the choices of an earlier import.

    That is the one that a person chose; otherwise the last such import, unless the draft's own settings were chosen.
    The columns they share count as checked: they were imported like this.
    """
    if chosen := record.order.get(AGAIN):
        _recall(record, found=records.of_number(record, number=chosen))
        rest = {name: value for name, value in record.order.items() if name != AGAIN}
        records.keep_order(record, order=rest)
        return
    found, own = records.last_like(record), Policy.from_dict(record.policy)
    is_own = own.replace(macros=Policy().macros) != preset(record.preset).policy
    if found is not None and _sheet(found) == _sheet(record) and not is_own:
        _recall(record, found=found)


def _recall(record: models.Import, *, found: models.Import) -> None:
    own = Policy.from_dict(record.policy)
    try:
        policy = Policy.from_dict(found.policy).replace(limits=own.limits, macros=own.macros, note=own.note).check()
    except EnlistError:
        # That version had other settings.
        return
    headers = [header for header in _headers(record) if header in _headers(found)]
    columns = {header: slug for header, slug in found.order.get("columns", {}).items() if header in headers}
    left_out = [header for header in policy.columns_left_out if header in headers]
    records.change(record, policy=policy.replace(columns_left_out=left_out).to_dict(), note=record.note)
    chosen = {"columns": {**columns, **record.order["columns"]}, records.CONFIRMED: headers, EARLIER: found.number}
    records.keep_order(record, order={**record.order, **chosen})


def _headers(record: models.Import) -> list[str]:
    return [*record.order.get("headers", ()), *record.order.get("secrets", ())]


def _sheet(record: models.Import) -> str:
    return str(record.order["source"].get("sheet", ""))
