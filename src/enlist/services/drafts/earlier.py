"""The settings and columns of the last import of such a file: the same preset, and columns of the same names."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError
from enlist.core.policy import Policy
from enlist.core.presets import preset
from enlist.store import models
from enlist.store.imports import records

# In a draft's order: the number of the import whose settings and columns it has.
EARLIER: Final = "earlier"


def earlier_recall(record: models.Import) -> None:
    """Give a draft that was just read the choices of the last such import, unless its own settings were chosen.

    Its columns count as checked: they were imported like this.
    """
    found = records.last_like(record)
    own = Policy.from_dict(record.policy)
    if (
        found is None
        or _sheet(found) != _sheet(record)
        or own.replace(macros=Policy().macros) != preset(record.preset).policy
    ):
        return
    try:
        policy = Policy.from_dict(found.policy).replace(limits=own.limits, macros=own.macros, note=own.note).check()
    except EnlistError:
        # That version had other settings.
        return
    headers = [*record.order["headers"], *record.order["secrets"]]
    columns = {header: slug for header, slug in found.order["columns"].items() if header in headers}
    left_out = [header for header in policy.columns_left_out if header in headers]
    records.change(record, policy=policy.replace(columns_left_out=left_out).to_dict(), note=record.note)
    chosen = {"columns": {**columns, **record.order["columns"]}, records.CONFIRMED: headers, EARLIER: found.number}
    records.keep_order(record, order={**record.order, **chosen})


def _sheet(record: models.Import) -> str:
    return str(record.order["source"].get("sheet", ""))
