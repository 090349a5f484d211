"""The keys that a planner must look up in the directory before it can plan rows."""

from __future__ import annotations

import polars as pl

from enlist.core.clean import email, fold_key
from enlist.core.directory.directory import Directory, Reference
from enlist.core.policy import Policy, patterns
from enlist.core.rows.listing import COLUMNS
from enlist.core.rows.rows import MADE


def with_default_address(frame: pl.DataFrame, *, policy: Policy) -> pl.DataFrame:
    """Rows with the email_key they could end with: rows without an address may get the default one."""
    pattern = policy.defaults.get("email")
    if pattern is None:
        return frame
    wanted = ("firstname", "lastname", "username", "email")
    whole = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in wanted if name not in frame.columns)
    made = whole.select("email", made=patterns.expression(pattern)).get_column("made")
    addresses = whole.select(pl.coalesce("email", email(made).values)).to_series()
    return frame.with_columns(fold_key(addresses).alias("email_key"))


def makes_addresses_of_numbers(policy: Policy) -> bool:
    """Whether new addresses contain usernames that are only known once all rows are named."""
    return policy.existing_people == "counter" and "u" in patterns.references(policy.defaults.get("email", ""))


def key_columns(policy: Policy, *, reference: Reference) -> list[str]:
    """The key columns: username, address (unless it may be shared), match keys, unique profile fields."""
    addresses = [] if policy.same_email == "allow" and reference.shared_email else ["email_key"]
    match_by = (COLUMNS[key] for key in policy.match_by)
    return list(dict.fromkeys(["username_key", *addresses, *match_by, *reference.unique_slugs]))


def lookups(frame: pl.DataFrame, *, policy: Policy, reference: Reference) -> pl.DataFrame:
    """The keys to look up: String columns of `key_columns`, one line per row, blanks as null.

    frame: a `Rows.frame`.
    """
    frame = with_default_address(frame, policy=policy)
    columns = [name for name in key_columns(policy, reference=reference) if name in frame.columns]
    keys = frame.select(pl.when(pl.col(name) != "").then(name).alias(name) for name in columns)
    is_numbered = policy.existing_people == "counter" or MADE in frame.columns
    if is_numbered and "username_key" in keys.columns:
        keys = keys.with_columns(stem_of("username_key"))
    if "oldusername_key" not in frame.columns:
        return keys
    old = frame.select(username_key="oldusername_key").filter(pl.col("username_key") != "")
    return pl.concat([keys, old], how="diagonal")


def stem_of(username_key: str) -> pl.Expr:
    """A username without its number, as a column stem: everybody with this stem may be in the way."""
    return pl.col(username_key).str.replace("[0-9]+$", "").alias("stem")


def reachable(frame: pl.DataFrame, *, directory: Directory, policy: Policy) -> Directory:
    """The part of a directory that these rows (a `Rows.frame`) can change."""
    if makes_addresses_of_numbers(policy):
        # The address of a generated username may belong to anybody in the directory.
        return directory
    keys = lookups(frame, policy=policy, reference=directory.reference)
    people = directory.people.with_columns(stem_of("username_key"))
    found = [people.join(keys.select(name).unique(), on=name, how="semi").get_column("person") for name in keys.columns]
    return directory.of(pl.concat([people.get_column("person").clear(), *found]))
