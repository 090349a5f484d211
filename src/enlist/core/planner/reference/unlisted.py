"""Unlisted people: those that no row names, and which of them become inactive."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import polars as pl

from enlist.core.changes import SEEN_SCHEMA, in_order
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.reference.ledger import KEYS, Cells
from enlist.core.policy import Policy
from enlist.core.rows.home_group import groups_in_scope, scope_words
from enlist.core.rows.rows import Rows
from enlist.core.table.printable import lines_text

_GARBLED = {"row_long", "quote_runs_on", "nul_byte", "undecodable"}


class Absence:
    """The rules about people that the file does not name."""

    def __init__(self, rows: Rows, *, directory: Directory, policy: Policy, circumstances: Circumstances) -> None:
        self.policy = policy
        self.circumstances = circumstances
        self.columns = [KEYS[key] for key in policy.match_by]
        lines = list(rows.frame.iter_rows(named=True))
        self.rows = len(lines)
        self.named = {(column, cells.get(column)) for cells in lines for column in self.columns if cells.get(column)}
        self.named |= {("username_key", cells["oldusername_key"]) for cells in lines if cells.get("oldusername_key")}
        self.unreadable = [cells["line"] for cells in lines if self._may_mean_anybody(cells, flags=rows.flags)]
        self.people = list(directory.people.iter_rows(named=True))
        self.reference = directory.reference
        self.groups = groups_in_scope(policy, reference=directory.reference)
        ids = set(() if self.groups is None else self.groups)
        self.members = {person for person, group, _ in directory.memberships.iter_rows() if group in ids}

    def add_to(self, part: Part) -> Part:
        """The part with unlisted people deactivated, and with listed people as seen."""
        listed = [person for person in self.people if self._is_listed(person)]
        active = [person for person in self.people if person["state"] == "active" and self._is_in_scope(person)]
        absent = [person for person in active if not self._is_listed(person)]
        kept = Counter(reason for person in absent if (reason := self._reason(person)))
        leaving = [(person["person"], person["version"]) for person in absent if not self._reason(person)]
        scope = scope_words(self.policy, reference=self.reference, active=len(active))
        flags = [flag("absence_scope", value=f"{len(absent):,}", detail=scope)] if absent else []
        flags += [self._kept_flag(kept)] if kept else []
        if waits := self._reasons(len(leaving)):
            flags, leaving = [*flags, *waits], []
        if leaving:
            flags.append(flag("absent_deactivated", value=f"{len(leaving):,}"))
        seen = {*part.seen.iter_rows(), *((person["person"], person["version"]) for person in listed), *leaving}
        return replace(
            part,
            frames=_with(part, leaving=leaving),
            flags=collect(*flags, part.flags),
            seen=pl.DataFrame(sorted(seen), schema=SEEN_SCHEMA, orient="row"),
        )

    def _may_mean_anybody(self, cells: Cells, *, flags: pl.DataFrame) -> bool:
        codes = set(flags.filter(pl.col("row") == cells["row"]).get_column("code"))
        is_nameless = not any(cells.get(column) for column in self.columns)
        return bool(codes & _GARBLED) or (cells["failed"] and is_nameless)

    def _is_listed(self, person: Cells) -> bool:
        return any((column, person[column]) in self.named for column in {*self.columns, "username_key"})

    def _is_in_scope(self, person: Cells) -> bool:
        return self.groups is None or person["person"] in self.members

    def _reason(self, person: Cells) -> str:
        if person["site_role"] in ADMINISTRATORS:
            return "administrators"
        if person["site_role"] in self.circumstances.above:
            return "of a higher rank than yours"
        if person["person"] == self.circumstances.actor:
            return "yourself"
        if person["site_role"] in self.circumstances.guarded:
            return "of the team"
        if person["source"] == "manual" and self.policy.unlisted_manual_people == "protect":
            return "created manually"
        return ""

    def _kept_flag(self, kept: Counter[str]) -> pl.DataFrame:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in sorted(kept.items()))
        return flag("absent_kept", value=f"{kept.total():,}", detail=reasons)

    def _reasons(self, leaving: int) -> list[pl.DataFrame]:
        if not leaving:
            return []
        found, value = [], f"{leaving:,}"
        if not self.rows:
            return [flag("absence_empty", value=value)]
        if self.circumstances.approved:
            return []
        if self.circumstances.stay:
            return [flag("absence_held", value=value, detail=self.circumstances.stay)]
        if self.unreadable:
            lines = lines_text(sorted(self.unreadable), count=len(self.unreadable))
            found.append(flag("absence_waits", value=value, detail=lines))
        if 2 * self.rows < self.circumstances.last_rows:
            shrunk = f"{self.rows:,} of {self.circumstances.last_rows:,}"
            found.append(flag("absence_shrunk", value=value, detail=shrunk))
        return found


def _with(part: Part, *, leaving: list[tuple[int, int]]) -> dict[str, pl.DataFrame]:
    if not leaving:
        return dict(part.frames)
    gone = [*part.frames["deactivate"].iter_rows()] if "deactivate" in part.frames else []
    frame = pl.DataFrame(sorted([*gone, *leaving]), schema=SEEN_SCHEMA, orient="row")
    frames = {**part.frames, "deactivate": frame}
    return in_order(frames)
