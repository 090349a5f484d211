"""Rows: a Table with slugs as columns, cleaned and checked cell by cell, before it is matched to people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import polars as pl

# The column that marks generated usernames.
MADE: Final = "username_made"
# The column of what somebody decided about rows whose new username may be that of an existing person.
TWIN: Final = "twin"


@dataclass(frozen=True)
class Rows:
    """Cleaned rows, as `check.check` makes them and the planners read them.

    frame, one line per row of the Table, in file order:
      row Int64 (number in the Table), line Int64 (in the file), failed Boolean (it has an error at row level);
      String columns named by slug, only for fields that the file or the policy's patterns give: username, firstname, …,
      site_role, profile_field_<shortname>, hidden fields, sysroleN, and per course number N: courseN, roleN, typeN, …;
      username_made, "1" or null, if usernames are generated: those are for new people, and no key of existing ones;
      twin, if somebody decided about twins: the username that the row replaces, whatever the policy says about renames;
      "" if it is about another person; else null;
      password, "given" or null, if the policy takes passwords from the file alone;
      username_key, email_key (folded; "" or null like their field) if username or email is there.
    Null means missing: the column is missing, the cell failed, or it is blank and the policy treats blanks as missing
    (D3). "" means intentionally blank: only with `blank_cell = literal`. Country, language, time zone and choice cells
    have the stored form (code, exact option). Bad and too long values are null here and flagged.
    flags: of `flags.FLAG_SCHEMA`, including those of the Table.
    headers: slug → header, for later flags.
    courses: the numbers N (as text, in file order) with a courseN column.
    named: the usernames are the final ones, not those in the file (`planner.claims`).
    groups: names separated by line feeds (`clean.groups`); "" means no group, whatever the policy says about blanks.
    leaves_on: days after today; "" means no leaving date.
    left_out: rows of guardians and bots, with `row`, `line` and keys; they aren't in the frame, but count as listed.
    """

    frame: pl.DataFrame
    flags: pl.DataFrame
    headers: dict[str, str]
    courses: tuple[str, ...] = ()
    named: bool = False
    left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"row": pl.Int64, "line": pl.Int64}))

    def skipped(self) -> pl.DataFrame:
        """The statuses of the rows that are left out."""
        return self.left_out.select("row", "line", person=pl.lit(None, pl.Int64), row_status=pl.lit("skipped"))
