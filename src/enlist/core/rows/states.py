"""The state of each row's account, from all columns that say something about it."""

from __future__ import annotations

from functools import reduce
from typing import Final

import polars as pl

from enlist.core import clean
from enlist.core.clean import note
from enlist.core.fields.account_states import ACTIVE, INACTIVE, LEFT
from enlist.core.fields.fields import LEAVES_ON, STATE
from enlist.core.flags.flags import flag
from enlist.core.headers.account_states import SUSPENDED, SUSPENSIONS, UNREAD, Reading, read_states
from enlist.core.headers.match import HeaderMatch

from .sheet import Sheet

ACCOUNT: Final = (SUSPENSIONS, STATE.slug)
# Of several columns the one that says “off” counts; one that can't be read is stronger than “on”.
_STRONGEST: Final = (LEFT, INACTIVE, UNREAD, ACTIVE)


def add_states(sheet: Sheet, *, headers: HeaderMatch) -> None:
    """Add the column `state`: active, inactive, left, or `UNREAD` and the cell; and the column `suspended`.

    A column `suspended` alone keeps its own rules (EC-06); beside others it is one of those about the state.
    """
    suspended = sheet.headers.get(SUSPENSIONS)
    mapped = {header: how for header, how in headers.states.items() if _applies(header, sheet=sheet)}
    if suspended is not None and _applies(suspended, sheet=sheet):
        if not mapped:
            cells = sheet.table.frame.get_column(suspended)
            sheet.add(SUSPENSIONS, cleaned=clean.boolean(cells, unknown="action_unclear"))
        else:
            mapped[suspended] = SUSPENDED
    read = [_read(sheet, header=header, how=how) for header, how in mapped.items()]
    if read:
        sheet.headers[STATE.slug] = next(iter(mapped))
        sheet.values[STATE.slug] = _strongest(read).replace("", None)
        off = reduce(lambda a, b: a | b, [states.is_in([LEFT, INACTIVE]) for states in read])
        on = reduce(lambda a, b: a | b, [states == ACTIVE for states in read])
        sheet.add_notes(note(off & on, code="state_differs", value=sheet.values[STATE.slug]), slug=STATE.slug)


def leave(sheet: Sheet, *, today: str) -> None:
    """People whose leaving date has come have left, whatever other columns say."""
    dates = sheet.values.get(LEAVES_ON.slug)
    if dates is None or not today:
        return
    is_over = ((dates != "") & (dates.str.head(10) <= today)).fill_null(value=False)
    if is_over.any():
        sheet.headers.setdefault(STATE.slug, sheet.headers[LEAVES_ON.slug])
        sheet.values[STATE.slug] = sheet.column(STATE.slug).set(is_over, LEFT)
    sheet.values[LEAVES_ON.slug] = dates.str.head(10).set(is_over, None)


def _applies(header: str, *, sheet: Sheet) -> bool:
    if header not in sheet.policy.columns_left_out:
        return True
    sheet.add_file_flags(flag("column_left_out", value=header))
    return False


def _read(sheet: Sheet, *, header: str, how: Reading) -> pl.Series:
    """The states of a column; cells that can't be read are flagged."""
    cells = sheet.table.frame.get_column(header)
    states = read_states(cells, how=how)
    sheet.headers[STATE.slug] = header
    sheet.add_notes(note(states.str.starts_with(UNREAD), code="state_unread", value=cells), slug=STATE.slug)
    return states


def _strongest(read: list[pl.Series]) -> pl.Series:
    """The strongest state of each row."""
    frame = pl.DataFrame({str(number): states for number, states in enumerate(read)})
    found: pl.Expr = pl.lit("")
    for state in reversed(_STRONGEST):
        for name in frame.columns:
            found = pl.when(pl.col(name).str.starts_with(state)).then(name).otherwise(found)
    return frame.select(found.alias(STATE.slug)).to_series()
