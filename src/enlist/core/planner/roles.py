"""Roles that rows add to existing people: a file adds common roles and takes none away (TM-26)."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import PERSON_ROLES_SCHEMA
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import COMMON_ROLES
from enlist.core.policy import Policy


def addable(policy: Policy) -> tuple[str, ...]:
    """The roles that a file's column can add to existing people. Roles of the team are given on the page Team only."""
    return COMMON_ROLES if policy.site_role == "column" else ()


def added_roles(rows: pl.DataFrame, *, state: Directory, policy: Policy) -> pl.DataFrame:
    """The roles that existing people get, of PERSON_ROLES_SCHEMA, and row. rows: row, person and perhaps site_role."""
    if "site_role" not in rows.columns:
        return pl.DataFrame(schema={"row": pl.Int64, **PERSON_ROLES_SCHEMA})
    key = ["person", "site_role"]
    wanted = rows.filter(pl.col("site_role").is_in(addable(policy))).select("row", *key, source=pl.lit("import"))
    held = pl.concat([state.people.select(key), state.frame("person_role").select(key)])
    return wanted.join(held, on=key, how="anti", maintain_order="left")
