"""Rows that an import leaves out because of the role they name: bots, and guardians unless it imports parents."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.fields.row_roles import BOT, LABELS
from enlist.core.flags.flags import flag
from enlist.core.headers.match import HeaderMatch
from enlist.core.policy import Policy, SiteRole

from .sheet import Sheet

# With these settings parents are people like others.
_WITH_PARENTS: Final = (SiteRole.COLUMN, SiteRole.TAB, SiteRole.PARENT)


def roles_left_out(headers: HeaderMatch, *, policy: Policy) -> pl.DataFrame:
    """The rows to leave out (`row_roles.ROLES_SCHEMA`)."""
    left_out = headers.row_roles.filter(~pl.col("column").is_in(policy.columns_left_out))
    return left_out.filter(pl.col("kind") == BOT) if policy.site_role in _WITH_PARENTS else left_out


def leave_out(sheet: Sheet, *, headers: HeaderMatch) -> None:
    """Leave out the rows of guardians and bots: one warning counts them, and each is flagged."""
    found = roles_left_out(headers, policy=sheet.policy)
    if found.is_empty():
        return
    counts = found.group_by("kind").len().sort("kind")
    detail = ", ".join(f"{LABELS[kind]}: {count:,}" for kind, count in counts.iter_rows())
    sheet.add_file_flags(flag("roles_left_out", value=f"{found.height:,}", detail=detail))
    sheet.leave_out(found)
