"""A row on its way through the planner: whom it named, what became of it, what is to be said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from enlist.core.changes.statuses import STATUSES
from enlist.core.flags.catalogue import ROW_ERRORS


@dataclass
class Visit:
    """One row.

    cells: the line of `Rows.frame`. headers: as in `Rows`. person: who was found or made.
    events: statuses that apply, of which the highest is the row's. flags: lines of `FLAG_SCHEMA`.
    """

    cells: Mapping[str, Any]
    headers: Mapping[str, str]
    person: int | None = None
    events: set[str] = field(default_factory=set)
    flags: list[dict[str, Any]] = field(default_factory=list)

    def text(self, slug: str) -> str:
        """The cell of a column, "" where there is none."""
        return self.cells.get(slug) or ""

    def flag(self, code: str, *, slug: str | None = None, value: str | None = None, detail: str | None = None) -> None:
        """Say something about this row, or about one cell of it; a row-level error fails the row."""
        where = {"row": self.cells["row"], "line": self.cells["line"], "column": self.headers.get(slug or "")}
        self.flags.append({**where, "field": slug, "code": code, "value": value, "detail": detail})
        if code in ROW_ERRORS:
            self.events.add("failed")

    @property
    def has_failed(self) -> bool:
        """Whether an error stands against the whole row."""
        return "failed" in self.events

    @property
    def row_status(self) -> str:
        """What became of the row."""
        return next((row_status for row_status in STATUSES if row_status in self.events), "unchanged")

    def told(self) -> dict[str, Any]:
        """The row's line of `STATUSES_SCHEMA`."""
        return {
            "row": self.cells["row"],
            "line": self.cells["line"],
            "person": self.person,
            "row_status": self.row_status,
        }
