"""Shields: whom an import does not delete, rename, turn off or readdress, and why.

Source: spec/policies.md ("Nobody removed by accident").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from enlist.core.circumstances import Circumstances
from enlist.core.fields import ADMINISTRATORS

# Why somebody is shielded → the code of the flag that says so, by what the row asks for.
DETAIL: Final = {"administrator": "administrator_detail", "above": "above_detail", "self": "own_detail"}
DELETE: Final = {"administrator": "delete_administrator", "above": "delete_above", "self": "delete_self"}
RENAME: Final = {"administrator": "rename_administrator", "above": "rename_above", "self": "rename_self"}
# One may change one's own address.
ADDRESS: Final = {why: code for why, code in DETAIL.items() if why != "self"}


def shield(circumstances: Circumstances, *, role: str = "site_role") -> pl.Expr:
    """Why somebody (columns person and `role`) is shielded; "" for whom nothing shields."""
    return (
        pl.when(pl.col(role).is_in(ADMINISTRATORS)).then(pl.lit("administrator"))
        .when(pl.col(role).is_in(circumstances.above)).then(pl.lit("above"))
        .when(pl.col("person") == pl.lit(circumstances.actor, pl.Int64)).then(pl.lit("self"))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def shield_of(person: Mapping[str, Any], *, circumstances: Circumstances) -> str:
    """The same of one person."""
    if person["site_role"] in ADMINISTRATORS:
        return "administrator"
    if person["site_role"] in circumstances.above:
        return "above"
    return "self" if person["person"] == circumstances.actor else ""
