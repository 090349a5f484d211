"""Unlisted people: those that no row names, and which of them become inactive."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace

import polars as pl

from enlist.core.changes import DEPARTURES_SCHEMA, SEEN_SCHEMA, in_order
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import ADMINISTRATORS
from enlist.core.flags.flags import collect, flag
from enlist.core.plan.plan import Part
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.people.unlisted import NO_DAY
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
        self.dates = {person: (day, why) for person, day, why in directory.frame("departure").iter_rows()}
        self.groups = groups_in_scope(policy, reference=directory.reference)
        ids = set(() if self.groups is None else self.groups)
        self.members = {person for person, group, _ in directory.memberships.iter_rows() if group in ids}

    def add_to(self, part: Part) -> Part:
        """The part with unlisted people deactivated or marked to leave, and with listed people as seen."""
        listed = [person for person in self.people if self._is_listed(person)]
        active = [person for person in self.people if person["state"] == "active" and self._is_in_scope(person)]
        absent = [person for person in active if not self._is_listed(person)]
        kept = Counter(reason for person in absent if (reason := self._reason(person)))
        out = [person for person in absent if not self._reason(person)]
        leaving = [person for person in out if not (self.policy.grace_days and person["person"] in self.dates)]
        scope = scope_words(self.policy, reference=self.reference, active=len(active))
        flags = [flag("absence_scope", value=f"{len(absent):,}", detail=scope)] if absent else []
        flags += [self._kept_flag(kept)] if kept else []
        if waits := self._reasons(len(leaving)):
            flags, leaving = [*flags, *waits], []
        flags += self._said(leaving=len(leaving), marked=0 if waits else len(out) - len(leaving))
        back = self._back(part, listed=listed)
        flags += [flag("listed_stay", value=f"{len(back):,}")] if back else []
        lasting = out if self.policy.grace_days else leaving
        seen = {*part.seen.iter_rows(), *((each["person"], each["version"]) for each in (*listed, *lasting))}
        return replace(
            part,
            frames=self._with(part, leaving=leaving, back=back),
            flags=collect(*flags, part.flags),
            seen=pl.DataFrame(sorted(seen), schema=SEEN_SCHEMA, orient="row"),
        )

    def _said(self, *, leaving: int, marked: int) -> list[pl.DataFrame]:
        if not self.policy.grace_days:
            return [flag("absent_deactivated", value=f"{leaving:,}")] if leaving else []
        said = [flag("absent_marked", value=f"{leaving:,}", detail=self._day())] if leaving else []
        return [*said, flag("absent_leaving", value=f"{marked:,}")] if marked else said

    def _day(self) -> str:
        today = dt.date.fromisoformat(self.reference.today[:10])
        return str(today + dt.timedelta(days=self.policy.grace_days))

    def _back(self, part: Part, *, listed: list[Cells]) -> list[int]:
        """Listed people with a leaving date because an earlier file didn't name them."""
        settled = [part.frames[verb] for verb in ("change_leaving", "unmark_leaving") if verb in part.frames]
        done = {person for frame in settled for person in frame.get_column("person")}
        marked = [each["person"] for each in listed if self.dates.get(each["person"], ("", ""))[1] == "absence"]
        return [person for person in marked if person not in done]

    def _with(self, part: Part, *, leaving: list[Cells], back: list[int]) -> dict[str, pl.DataFrame]:
        """The frames of the part, with more lines."""
        more: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        for person in leaving:
            number = person["person"]
            if self.policy.grace_days:
                more["mark_leaving"].append((number, self._day(), "absence"))
                continue
            more["deactivate"].append((number, person["version"]))
            back = [*back, *([number] if number in self.dates else [])]
        more["unmark_leaving"] = [(person, *self.dates[person]) for person in back]
        frames = dict(part.frames)
        for verb, lines in more.items():
            schema = SEEN_SCHEMA if verb == "deactivate" else DEPARTURES_SCHEMA
            have = frames[verb].rows() if verb in frames else []
            frames[verb] = pl.DataFrame([*have, *lines], schema=schema, orient="row")
        return in_order(frames)

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
        if self.policy.grace_days and not self.reference.today:
            return [flag("absence_held", value=value, detail=NO_DAY)]
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
