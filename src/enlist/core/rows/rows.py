"""Rows: a Table in our words, cleaned and checked cell by cell, before anybody asks who these people are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Rows:
    """Cleaned rows, as `validate.check` makes them and the planners read them.

    frame, one line per row of the Table, in file order:
      row Int64 (number in the Table), line Int64 (in the file), failed Boolean (a row-level error stands against it);
      String columns named by our slugs, only for fields the file or the policy's patterns give: username, firstname, …,
      site_role, profile_field_<shortname>, hidden fields, sysroleN, and per course number N: courseN, roleN, typeN, …;
      password, "given" or null, where the policy takes passwords from the file alone;
      username_key, email_key (folded; "" or null as their field) whenever username or email is there.
    A null says "missing": the column is absent, the cell failed, or it is blank and the policy takes blanks as missing
    (D3). "" says "blank, and meant": only with `blank_cell = literal`. Country, language, time zone and choice cells
    hold the stored form (code, exact option). Values longer than their field, or bad, are null here and flagged.
    flags: of `flags.FLAG_SCHEMA`, those of the Table included.
    headers: our slug → their header, for flags made later.
    courses: the numbers N (as text, in file order) that have a courseN column.
    named: the usernames are those that rows have in the end, not those they ask for (`planner.claims`).
    """

    frame: pl.DataFrame
    flags: pl.DataFrame
    headers: dict[str, str]
    courses: tuple[str, ...] = ()
    named: bool = False
