"""The column of groups: memberships that rows add, and those that a whole file takes away; the home group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from enlist.core.clean.groups import SEPARATOR
from enlist.core.fields.fields import GROUPS
from enlist.core.planner.reference.ledger import Ledger
from enlist.core.planner.reference.visit import Visit
from enlist.core.policy import MemberColumn, Policy
from enlist.core.rows.home_group import home_group


class Groups:
    """The rules about the column of groups (NE-16 … NE-18, NE-20) and about the home group (NE-21)."""

    def __init__(self, ledger: Ledger, *, policy: Policy) -> None:
        self.ledger = ledger
        self.policy = policy
        self.home = home_group(policy, reference=ledger.reference)
        made = ledger.reference.made_groups.get_column("people_group").to_list()
        others = ledger.reference.groups.select("people_group", "name", "idnumber").iter_rows()
        self.others = {name for number, name, _ in others if number > 0 and number not in made}

    def names(self, row: Visit) -> list[str]:
        """The groups that a row names; names that no import has made yet and another group has are flagged."""
        names = _names(row) if self.policy.group_column != MemberColumn.OFF else []
        for name in names:
            if name in self.others and not self.ledger.is_made(name):
                row.flag("groups_twin", slug=GROUPS.slug, value=name)
        return names

    def join(self, row: Visit, *, person: int, names: Iterable[str], is_new: bool) -> None:
        """Put a row's person into these groups, and a new person into the home group."""
        for name in names:
            if self.ledger.join_made(person, name=name):
                row.events.add("grouped")
        if is_new and self.home is not None:
            self.ledger.join_group(person, number=self.home)

    def leave(self, visits: Iterable[Visit]) -> None:
        """End the memberships that imports made and that none of a person's rows names. The last row counts as grouped.

        Only rows that count take somebody out, and only active people.
        """
        if self.policy.group_column != MemberColumn.MIRROR:
            return
        rows_of = defaultdict[int, list[Visit]](list)
        for row in visits:
            if row.person is not None and row.person > 0 and _counts(row):
                rows_of[row.person].append(row)
        for person, rows in rows_of.items():
            named = {name for row in rows for name in _names(row)}
            if not self.ledger.is_active(person):
                continue
            if left := self.ledger.leave_made(person, but=named, home=self.home):
                rows[-1].events.add("grouped")
                if not named:
                    rows[-1].flag("groups_left", slug=GROUPS.slug, value=", ".join(left))


def _names(row: Visit) -> list[str]:
    return [name for name in row.text(GROUPS.slug).split(SEPARATOR) if name]


def _counts(row: Visit) -> bool:
    return row.cells.get(GROUPS.slug) is not None and not row.events & {"failed", "skipped", "deleted"}
