"""Claims: the usernames that rows want if every row is a new person, and the ones they get.

The number that a row gets depends on which earlier rows fail, and some rows fail only because of their username. So
rows are named on the assumption that the likely ones fail, and planned; if others failed, this repeats. Names that
agree with their own failures are the ones that rows get one by one: the first row depends on no other, the second
only on the first, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import polars as pl

from enlist.core.clean import fold_key
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import PASSWORD
from enlist.core.flags.flags import collect, mark
from enlist.core.planner.lookups import makes_addresses_of_numbers, with_default_address
from enlist.core.policy import Policy
from enlist.core.rows.rows import Rows

from .match import asks_for_name, asks_to_delete, nameless, says_left
from .numbers import DIGITS, numbered

T = TypeVar("T")
# How often rows are renamed before the planner goes through them one by one.
ROUNDS: Final = 8

_CLAIMS_SCHEMA: Final = {
    "row": pl.Int64(),
    "username": pl.String(),
    "username_key": pl.String(),
    "email_key": pl.String(),
    "made": pl.Boolean(),
    "fails": pl.Boolean(),
}


@dataclass(frozen=True)
class Claims:
    """The usernames that rows want.

    frame: of `_CLAIMS_SCHEMA`, by row, for rows that get as far as creating a person: email_key is null where sharing
    it fails no row, `made` means that the address contains the final username, and `fails` is known before planning.
    existing: String, existing usernames.
    """

    frame: pl.DataFrame
    existing: pl.Series

    def likely(self) -> pl.Series:
        """The rows (Int64) that will probably fail; of rows that share an address the first gets it."""
        alive = self.frame.filter(~pl.col("fails"))
        late = alive.filter(pl.col("email_key").is_not_null() & ~pl.col("email_key").is_first_distinct())
        return pl.concat([self.frame.filter("fails").get_column("row"), late.get_column("row")])

    def following(self, failed: pl.Series) -> pl.Series:
        """The rows (Int64) that will fail like these, if those failed for an address made of their username.

        A failed row leaves its number to the next row of its stem, and with it the address that is already in use.
        """
        made = self.frame.filter("made").select("row", stem=pl.col("username_key").str.strip_chars_end(DIGITS))
        first = made.filter(pl.col("row").is_in(failed.implode())).group_by("stem").agg(first=pl.col("row").min())
        return made.join(first, on="stem").filter(pl.col("row") > pl.col("first")).get_column("row")

    def names(self, *, failed: pl.Series) -> pl.DataFrame:
        """The numbered usernames if these rows (Int64) fail: row Int64, name String."""
        stays = ~pl.col("row").is_in(failed.implode())
        numbers = numbered(self.frame.select("row", "username_key", stays=stays), taken=self.existing)
        named = numbers.join(self.frame.select("row", "username"), on="row")
        return named.select("row", name=pl.col("username").str.strip_chars_end(DIGITS) + pl.col("number"))


def claims_of(rows: Rows, *, directory: Directory, policy: Policy) -> Claims:
    """The usernames that these rows want; empty if a row can be an existing person."""
    frame = rows.frame
    if policy.existing_people != "counter" or "username_key" not in frame.columns:
        return Claims(pl.DataFrame(schema=_CLAIMS_SCHEMA), pl.Series("username_key", [], dtype=pl.String))
    stays = ~asks_to_delete(frame) & ~asks_for_name(frame) & ~says_left(frame)
    going = ~pl.col("failed") & stays & ~nameless(frame, policy=policy)
    frame = _with_address(frame.filter(going & (pl.col("username_key") != "")), policy=policy)
    address, names = pl.col("email_key"), [name for name in ("firstname", "lastname") if name in frame.columns]
    unnamed = pl.lit(len(names) < 2) | pl.any_horizontal(pl.lit(value=False), *(_blank(name) for name in names))
    known = directory.people.get_column("email_key").unique()
    apart = pl.lit(policy.same_email == "refuse" or not directory.reference.shared_email)
    lacking = _blank("email_key") & pl.lit(policy.missing_email == "refuse" and "email" not in policy.defaults)
    keyless = _blank(PASSWORD.slug) if PASSWORD.slug in frame.columns else pl.lit(value=False)
    fails = unnamed | lacking | keyless | (apart & address.is_in(known.implode()) & (address != ""))
    wanted = frame.select(
        "row",
        "username",
        "username_key",
        email_key=pl.when(apart & (address != "")).then(address),
        made=address.is_null() & pl.lit(makes_addresses_of_numbers(policy)),
        fails=fails.fill_null(value=False),
    )
    return Claims(wanted, directory.people.get_column("username_key"))


def combined(claims: Sequence[Claims]) -> Claims:
    """The claims of several batches, in the order of the file."""
    return Claims(pl.concat([each.frame for each in claims]), pl.concat([each.existing for each in claims]).unique())


def settle_names(claims: Claims, *, plan: Callable[[pl.DataFrame | None], tuple[T, pl.Series]]) -> T:
    """The result of `plan` for the rows under their final usernames.

    plan: takes names (as `Claims.names`) and returns its result and the rows (Int64) that failed; with null, it names
    the rows itself, one by one.
    """
    mine = claims.frame.get_column("row")
    failed = claims.likely().unique().sort()
    for turn in range(ROUNDS):
        made, found = plan(claims.names(failed=failed))
        found = found.filter(found.is_in(mine.implode())).unique().sort()
        if found.equals(failed):
            return made
        odd = found.filter(~found.is_in(failed.implode()))
        failed = found if turn else pl.concat([found, claims.following(odd)]).unique().sort()
    return plan(None)[0]


def renamed(rows: Rows, *, names: pl.DataFrame) -> Rows:
    """The rows with their final usernames, and flags about those. names: as `Claims.names`."""
    first, last = rows.frame.select(first=pl.col("row").min(), last=pl.col("row").max()).row(0)
    here = names.filter(pl.col("row").is_between(first, last)) if rows.frame.height else names.clear()
    if here.is_empty():
        return replace(rows, named=True)
    frame = rows.frame.join(here, on="row", how="left", maintain_order="left")
    renumbered = frame.filter(pl.col("name").is_not_null())
    flags = mark(renumbered, code="username_numbered", field="username", column=rows.headers.get("username"),
                 value=pl.col("username"), detail=pl.col("name"))  # fmt: skip
    frame = frame.with_columns(username=pl.coalesce("name", "username"))
    frame = frame.with_columns(fold_key(frame.get_column("username")).alias("username_key"))
    return replace(rows, frame=frame.select(rows.frame.columns), flags=collect(rows.flags, flags), named=True)


def _with_address(frame: pl.DataFrame, *, policy: Policy) -> pl.DataFrame:
    """Rows with the address they will have; null if it depends on their final username."""
    if not makes_addresses_of_numbers(policy):
        frame = with_default_address(frame, policy=policy)
    return frame if "email_key" in frame.columns else frame.with_columns(email_key=pl.lit(None, pl.String))


def _blank(column: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column) == "")
