"""The column of groups: memberships that rows add, and those that a whole file takes away; the home group.

Source: spec/policies.md (`group_column`, `home_group`); NE-16 … NE-18, NE-20, NE-21.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from enlist.core.clean.groups import SEPARATOR
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import GROUPS
from enlist.core.flags.flags import collect, mark
from enlist.core.policy import MemberColumn, Policy
from enlist.core.rows.home_group import home_group

from .context import Context, Step
from .groups import CohortJoins, new_groups

_COUNTED_OUT = ("failed", "skipped", "deleted")


def twin_flags(rows: pl.DataFrame, *, state: Directory, context: Context) -> pl.DataFrame:
    """Flags for names of groups that no import has made yet and that another group has (NE-18)."""
    if not _applies(rows, policy=context.policy):
        return collect()
    made = state.reference.made_groups
    others = state.reference.groups.filter(pl.col("people_group") > 0).join(made, on="people_group", how="anti")
    known = made.filter(pl.col("people_group") > 0)
    twins = others.select("name").unique().join(known, on="name", how="anti")
    named = _named(rows, beside="line").join(twins, on="name", how="semi", maintain_order="left")
    column = context.headers.get(GROUPS.slug)
    return mark(named, code="groups_twin", field=GROUPS.slug, column=column, value=pl.col("name"))


def group_joins(rows: pl.DataFrame, *, joined: CohortJoins, state: Directory, policy: Policy) -> CohortJoins:
    """The memberships of `joined`, and those that rows name in the column of groups or have as new people.

    rows: row, route, person, and the column of groups.
    """
    groups, members = joined.groups, joined.memberships
    if _applies(rows, policy=policy):
        wanted = _named(rows, beside="person")
        made = state.reference.made_groups.select("people_group", "name")
        fresh = wanted.join(made, on="name", how="anti").select("row", idnumber=pl.lit(""), name="name")
        new = new_groups(fresh, known=pl.concat([state.reference.groups, groups]))
        held = state.memberships.join(made, on="people_group").select("person", "name")
        wanted = wanted.join(held, on=["person", "name"], how="anti", maintain_order="left")
        by_name = pl.concat([made, new.select("people_group", "name")]).unique(
            "name", keep="first", maintain_order=True
        )
        wanted = wanted.join(by_name, on="name", how="inner", maintain_order="left")
        groups = pl.concat([groups, new])
        members = _with(members, more=wanted.select("row", "person", "people_group"))
    home = home_group(policy, reference=state.reference)
    if home is not None:
        created = rows.filter(pl.col("route") == "create").select("row", "person", people_group=pl.lit(home, pl.Int64))
        members = _with(members, more=created)
    return CohortJoins(memberships=members, groups=groups)


def mirrored(step: Step, *, rows: pl.DataFrame, directory: Directory, context: Context) -> Step:
    """The step, without the memberships that imports made and that none of a person's rows names.

    rows: all that the step planned. Only rows that count take somebody out, and only active people.
    """
    policy = context.policy
    if policy.group_column != MemberColumn.MIRROR or GROUPS.slug not in rows.columns:
        return step
    counted = step.statuses.filter(~pl.col("row_status").is_in(_COUNTED_OUT)).select("row", "line", "person")
    cells = rows.select("row", GROUPS.slug).drop_nulls().join(counted, on="row").sort("row")
    states = pl.concat([directory.people.select("person", "state"), step.people.select("person", "state")])
    active = states.unique("person", keep="last").filter(pl.col("state") == "active")
    cells = cells.filter(pl.col("person") > 0).join(active, on="person", how="semi", maintain_order="left")
    named = _named(cells, beside="person")
    made = directory.reference.made_groups.select("people_group", "name")
    home = home_group(policy, reference=directory.reference)
    held = directory.memberships.filter((pl.col("source") == "import") & (pl.col("people_group") != (home or 0)))
    ended = held.join(cells, on="person", how="semi").join(made, on="people_group")
    ended = ended.join(named, on=["person", "name"], how="anti")
    if ended.is_empty():
        return step
    last = cells.unique("person", keep="last", maintain_order=True).join(ended, on="person", how="semi")
    return replace(
        step,
        ended={**step.ended, "group_membership": ended.select("person", "people_group")},
        statuses=_as_grouped(step.statuses, rows=last.get_column("row")),
        flags=collect(step.flags, _left_flags(last, named=named, ended=ended, context=context)),
    )


def _left_flags(last: pl.DataFrame, *, named: pl.DataFrame, ended: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Flags for people whose rows name no group at all."""
    names = ended.select("person", "name").unique().sort("name")
    names = names.group_by("person", maintain_order=True).agg(pl.col("name").str.join(", "))
    blank = last.join(named, on="person", how="anti", maintain_order="left").join(names, on="person")
    column = context.headers.get(GROUPS.slug)
    return mark(blank, code="groups_left", field=GROUPS.slug, column=column, value=pl.col("name"))


def _as_grouped(statuses: pl.DataFrame, *, rows: pl.Series) -> pl.DataFrame:
    """Nothing else happened to these rows, or something that ranks higher."""
    is_lower = pl.col("row").is_in(rows.implode()) & pl.col("row_status").is_in(["linked", "unchanged"])
    return statuses.with_columns(row_status=pl.when(is_lower).then(pl.lit("grouped")).otherwise("row_status"))


def _applies(rows: pl.DataFrame, *, policy: Policy) -> bool:
    return policy.group_column != MemberColumn.OFF and GROUPS.slug in rows.columns


def _named(rows: pl.DataFrame, *, beside: str) -> pl.DataFrame:
    """One line per row and group that it names: row, the column beside, name."""
    filled = rows.filter(pl.col(GROUPS.slug) != "")
    return filled.select("row", beside, name=pl.col(GROUPS.slug).str.split(SEPARATOR)).explode("name")


def _with(members: pl.DataFrame, *, more: pl.DataFrame) -> pl.DataFrame:
    """The memberships with more of them; each once."""
    lines = more.select("row", "person", "people_group", source=pl.lit("import"))
    whole = pl.concat([members, lines.select(members.columns)])
    return whole.unique(["person", "people_group"], keep="first", maintain_order=True)
