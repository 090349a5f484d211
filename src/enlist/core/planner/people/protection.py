"""Protection: whose username, address, password and status an import leaves alone, and why; nor does it delete them.

Source: spec/policies.md ("Nobody removed by accident").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.planner.circumstances import Circumstances

# Reason for protection → code of its flag, by what the row asks for.
DETAIL: Final = {
    "administrator": "administrator_detail", "above": "above_detail", "self": "own_detail", "team": "team_detail",
}  # fmt: skip
DELETE: Final = {
    "administrator": "delete_administrator", "above": "delete_above", "self": "delete_self", "team": "delete_team",
}  # fmt: skip
RENAME: Final = {
    "administrator": "rename_administrator", "above": "rename_above", "self": "rename_self", "team": "rename_team",
}  # fmt: skip


def shield(circumstances: Circumstances, *, role: str = "site_role") -> pl.Expr:
    """Why a person (columns person and `role`) is protected; "" if not."""
    return (
        pl.when(pl.col(role).is_in(ADMINISTRATORS)).then(pl.lit("administrator"))
        .when(pl.col(role).is_in(circumstances.above)).then(pl.lit("above"))
        .when(pl.col("person") == pl.lit(circumstances.actor, pl.Int64)).then(pl.lit("self"))
        .when(pl.col(role).is_in(circumstances.guarded)).then(pl.lit("team"))
        .otherwise(pl.lit(""))
    )  # fmt: skip


def shield_of(person: Mapping[str, Any], *, circumstances: Circumstances) -> str:
    """The same for one person."""
    if person["site_role"] in ADMINISTRATORS:
        return "administrator"
    if person["site_role"] in circumstances.above:
        return "above"
    if person["person"] == circumstances.actor:
        return "self"
    return "team" if person["site_role"] in circumstances.guarded else ""
