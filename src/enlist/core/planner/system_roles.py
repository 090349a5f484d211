"""System roles: sysroleN adds one, or removes it with a minus in front (§1.3)."""

from __future__ import annotations

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.flags.flags import collect, mark
from enlist.core.headers.words import numbered
from enlist.core.planner.courses.requested import DIGITS

from .context import Context


def system_roles(
    rows: pl.DataFrame, *, held: str, reference: Reference, context: Context
) -> tuple[pl.Expr, pl.DataFrame]:
    """The roles of people after their rows, given those in the column `held` (null: none); "" for none.

    rows: row, line, `held` and the sysroleN columns. Cells without a role that can be assigned are flagged.
    """
    after = pl.col(held).fill_null("").str.split(",")
    flags = []
    for slug in numbered(rows.columns, family="sysrole"):
        text = pl.col(slug)
        name = _named(text.str.strip_prefix("-"), reference=reference)
        strange = rows.filter((text != "") & name.is_null())
        flags.append(
            mark(strange, code="system_role_unknown", field=slug, column=context.headers.get(slug), value=text)
        )
        one = pl.concat_list(name)
        moved = (
            pl.when(text.str.starts_with("-")).then(after.list.set_difference(one)).otherwise(after.list.set_union(one))
        )
        after = pl.when(name.is_not_null()).then(moved).otherwise(after)
    filled = after.list.eval(pl.element().filter(pl.element() != ""))
    return filled.list.sort().list.join(","), collect(*flags)


def _named(text: pl.Expr, *, reference: Reference) -> pl.Expr:
    """The short names of the roles that cells name: by id if they consist of digits, else by short name."""
    roles = dict(reference.roles.filter("on_site").select("role", "shortname").iter_rows())
    if not roles:
        return pl.lit(None, pl.String)
    names = {name: name for name in roles.values()}
    by_id = text.cast(pl.Int64, strict=False).replace_strict(roles, default=None, return_dtype=pl.String)
    by_name = text.replace_strict(names, default=None, return_dtype=pl.String)
    return pl.when(text.str.contains(DIGITS)).then(by_id).otherwise(by_name)
