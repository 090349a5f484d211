"""A row on its way through the planner: its person, status and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import ROW_ERRORS


@dataclass
class Visit:
    """One row.

    cells: the line of `Rows.frame`. headers: as in `Rows`. person: the one found or created.
    events: statuses that apply; the highest is the row's. flags: lines of `FLAG_SCHEMA`.
    borrows: whether it may give its person a unique value before the owner gives it up. borrowed: those values, as a
    key of the ledger and a text.
    """

    cells: Mapping[str, Any]
    headers: Mapping[str, str]
    person: int | None = None
    events: set[str] = field(default_factory=set)
    flags: list[dict[str, Any]] = field(default_factory=list)
    borrows: bool = False
    borrowed: list[tuple[str, str]] = field(default_factory=list)

    def text(self, slug: str) -> str:
        """The cell of a column, "" if there is none."""
        return self.cells.get(slug) or ""

    @property
    def names(self) -> dict[str, str]:
        """First and last name, "" where there is none."""
        return {slug: self.text(slug) for slug in ("firstname", "lastname")}

    def flag(self, code: str, *, slug: str | None = None, value: str | None = None, detail: str | None = None) -> None:
        """Flag this row, or one cell of it; an error at row level fails the row."""
        where = {"row": self.cells["row"], "line": self.cells["line"], "column": self.headers.get(slug or "")}
        self.flags.append({**where, "field": slug, "code": code, "value": value, "detail": detail})
        if code in ROW_ERRORS:
            self.events.add("failed")

    @property
    def has_failed(self) -> bool:
        """Whether the row has an error at row level."""
        return "failed" in self.events

    @property
    def row_status(self) -> str:
        """The row's status."""
        return next((row_status for row_status in STATUSES if row_status in self.events), "unchanged")

    def status_line(self) -> dict[str, Any]:
        """The row's line of `STATUSES_SCHEMA`."""
        return {
            "row": self.cells["row"],
            "line": self.cells["line"],
            "person": self.person,
            "row_status": self.row_status,
        }
