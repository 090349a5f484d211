"""Match: which person of the directory each row means.

A row means the one person that all its non-blank keys with an owner have in common; none or several fail it.
"""

from __future__ import annotations

import polars as pl

from enlist.core.fields.account_states import LEFT
from enlist.core.fields.fields import STATE
from enlist.core.flags.flags import collect, failing_rows, mark
from enlist.core.planner.context import Context
from enlist.core.policy import Policy
from enlist.core.rows.listing import COLUMNS
from enlist.core.rows.rows import MADE, TWIN

from .made import with_made

# The key of rows that rename: the old username instead of the new one.
_FORMER = "former"
_SHOWN = 3


def asks_for_name(rows: pl.DataFrame) -> pl.Expr:
    """Whether rows rename by an old username; rows that delete match by the usual keys."""
    if "oldusername_key" not in rows.columns:
        return pl.lit(value=False)
    named = pl.col("oldusername_key").is_not_null() & (pl.col("oldusername_key") != "")
    return named & ~asks_to_delete(rows)


def decided(rows: pl.DataFrame) -> pl.Expr:
    """Whether somebody decided that rows rename a twin."""
    return (pl.col(TWIN) != "").fill_null(value=False) if TWIN in rows.columns else pl.lit(value=False)


def asks_to_delete(rows: pl.DataFrame) -> pl.Expr:
    """Whether rows delete their person."""
    return (pl.col("deleted") == "1").fill_null(value=False) if "deleted" in rows.columns else pl.lit(value=False)


def says_left(rows: pl.DataFrame) -> pl.Expr:
    """Whether rows say that their person has left: nobody is created for them."""
    return (pl.col(STATE.slug) == LEFT).fill_null(value=False) if STATE.slug in rows.columns else pl.lit(value=False)


def nameless(rows: pl.DataFrame, *, policy: Policy) -> pl.Expr:
    """Whether rows have no key to match people by."""
    return pl.all_horizontal(_blank(rows, column=COLUMNS[key]) for key in policy.match_by)


def match(rows: pl.DataFrame, *, people: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add a column person (Int64; null: nobody, or a failed row), and return flags for rows with unusable keys.

    rows: a `Rows.frame`; rows that failed before are not matched. If every row is a new person, nobody is matched.
    """
    if context.policy.existing_people == "counter":
        keyless = ~pl.col("failed") & ~asks_for_name(rows) & nameless(rows, policy=context.policy)
        return rows.with_columns(person=pl.lit(None, pl.Int64)), _keyless(rows.filter(keyless), context=context)
    keys = [str(key) for key in context.policy.match_by if COLUMNS[key] in rows.columns]
    renames = asks_for_name(rows)
    columns = dict(COLUMNS)
    usual = pl.col("username_key") if "username_key" in rows.columns else pl.lit(None, pl.String)
    if MADE in rows.columns:
        columns |= {"username": "_text_username"}
        usual = pl.when(pl.col(MADE).fill_null("") == "").then(usual)
        rows = rows.with_columns(_text_username=usual)
    if "oldusername_key" in rows.columns:
        keys = [_FORMER, *keys]
        columns |= {_FORMER: "_text_former", "username": "_text_username"}
        rows = rows.with_columns(
            _text_former=pl.when(renames).then("oldusername_key"), _text_username=pl.when(~renames).then(usual)
        )
    for key in keys:
        owners = _owners(people, key=key, among=rows.get_column(columns[key]))
        rows = rows.join(owners, left_on=columns[key], right_on=owners.columns[0], how="left", nulls_equal=False)
    ones = [pl.col(f"_{key}") for key in keys]
    several = pl.any_horizontal(pl.lit(value=False), *(pl.col(f"_{key}_many").is_not_null() for key in keys))
    disagree = pl.any_horizontal(pl.lit(value=False), *(one != pl.coalesce(*ones) for one in ones)).fill_null(
        value=False
    )
    tried = ~pl.col("failed")
    keyless = tried & ~renames & nameless(rows, policy=context.policy)
    odd = tried & (several | disagree)
    settled, flags = _settled(rows.filter(odd), keys=keys, people=people, context=context)
    flags = collect(flags, _keyless(rows.filter(keyless), context=context))
    person = pl.when(tried & ~odd).then(pl.coalesce(*ones, pl.lit(None, pl.Int64)))
    rows = rows.with_columns(person=person)
    if settled.height:
        rows = rows.join(settled, on="row", how="left").with_columns(pl.coalesce("person", "_settled").alias("person"))
    own = [name for name in rows.columns if name.startswith("_")]
    among = ~renames & ~pl.col("row").is_in(failing_rows(flags).implode())
    rows, made_flags = with_made(rows.drop(own), among=among, people=people, context=context)
    return rows, collect(flags, made_flags)


def _blank(rows: pl.DataFrame, *, column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column) == "") if column in rows.columns else pl.lit(value=True)


def _owners(people: pl.DataFrame, *, key: str, among: pl.Series) -> pl.DataFrame:
    """key column → _key: its only owner (null if several), _key_many: all owners if several."""
    column, many = COLUMNS.get(key, "username_key"), pl.lit(None, pl.List(pl.Int64)).alias(f"_{key}_many")
    owned = people.select(column, pl.col("person").alias(f"_{key}")).filter(pl.col(column) != "")
    if column == "username_key":
        # Unique by the database's own constraint.
        return owned.with_columns(many)
    owned = owned.join(among.drop_nulls().unique().alias(column).to_frame(), on=column, how="semi")
    shared = owned.filter(pl.col(column).is_duplicated())
    lists = shared.group_by(column).agg(
        pl.lit(None, pl.Int64).alias(f"_{key}"), pl.col(f"_{key}").alias(f"_{key}_many")
    )
    return pl.concat([owned.filter(~pl.col(column).is_duplicated()).with_columns(many), lists])


def _settled(
    rows: pl.DataFrame, *, keys: list[str], people: pl.DataFrame, context: Context
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose keys have several owners: row, _settled (the one they have in common), and flags if there is none.

    Only few rows come here, but it still loops over keys, not over rows.
    """
    empty = pl.lit([], pl.List(pl.Int64))
    none = pl.DataFrame(schema={"row": pl.Int64, "_settled": pl.Int64})
    if rows.is_empty():
        return none, collect()
    rows = rows.with_columns(_found=empty, _first=pl.lit(None, pl.String), _apart=pl.lit(value=False))
    flags = []
    for key in keys:
        one, many = pl.col(f"_{key}"), pl.col(f"_{key}_many")
        owners = pl.coalesce(many, pl.when(one.is_not_null()).then(pl.concat_list(one)), empty)
        rows = rows.with_columns(_owners=owners).with_columns(_common=pl.col("_found").list.set_intersection("_owners"))
        has_found, has_owners = pl.col("_found").list.len() > 0, pl.col("_owners").list.len() > 0
        apart = has_found & has_owners & (pl.col("_common").list.len() == 0) & ~pl.col("_apart")
        two = rows.filter(apart)
        flags.append(_match_flags(two, code="two_people", key=key, context=context,
                           value=_names(two, column="_found", people=people),
                           detail=_names(two, column="_owners", people=people)))  # fmt: skip
        common = pl.when(has_found & has_owners).then("_common").when(has_owners).then("_owners").otherwise("_found")
        first = pl.when(pl.col("_first").is_null() & has_owners).then(pl.lit(key)).otherwise("_first")
        rows = rows.with_columns(_apart=pl.col("_apart") | apart, _found=common, _first=first)
    rows = rows.filter(~pl.col("_apart"))
    for key in (key for key in keys if key != _FORMER):
        many_left = rows.filter((pl.col("_found").list.len() > 1) & (pl.col("_first") == key))
        value, detail = many_left.get_column(key), _names(many_left, column="_found", people=people)
        flags.append(
            _match_flags(many_left, code="ambiguous_key", key=key, context=context, value=value, detail=detail)
        )
    alone = rows.filter(pl.col("_found").list.len() == 1)
    return alone.select("row", _settled=pl.col("_found").list.first()), collect(*flags)


def _match_flags(rows: pl.DataFrame, *, code: str, key: str, context: Context, **texts: pl.Series) -> pl.DataFrame:
    flags = mark(rows, code=code, field=key, column=context.headers.get(key))
    return flags.with_columns(**texts)


def _names(rows: pl.DataFrame, *, column: str, people: pl.DataFrame) -> pl.Series:
    """Usernames of the people in a list column, in their order, three at most."""
    lines = rows.select(n=pl.int_range(pl.len()), person=column).explode("person")
    named = lines.join(people.select("person", "username", "username_key"), on="person", how="left")
    return names_by(named, by="n").sort("n").get_column("names")


def names_by(frame: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """For each `by`: names, the usernames in order, three at most (a shared address may have thousands of owners)."""
    listed = frame.sort("username_key").group_by(by, maintain_order=True).agg("username")
    shown = pl.col("username").list.head(_SHOWN).list.join(", ")
    more = pl.when(pl.col("username").list.len() > _SHOWN).then(pl.lit(", …")).otherwise(pl.lit(""))
    return listed.select(by, names=shown + more)


def _keyless(rows: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    policy: Policy = context.policy
    first = str(policy.match_by[0])
    return mark(rows, code="key_missing", field=first, column=context.headers.get(first),
                detail=" and ".join(policy.match_by))  # fmt: skip
