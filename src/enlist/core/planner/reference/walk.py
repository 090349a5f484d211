"""The walk over the rows; each row sees the directory as the last one left it."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.clean import fold
from enlist.core.directory.directory import Directory
from enlist.core.fields.account_states import LEFT
from enlist.core.fields.fields import ADMINISTRATORS, ALWAYS_FOLLOW, STATE
from enlist.core.flags.flags import FLAG_SCHEMA, collect
from enlist.core.plan.plan import STATUSES_SCHEMA, Part
from enlist.core.planner.circumstances import USUAL, Circumstances
from enlist.core.planner.courses.by_groups import decided_by_groups
from enlist.core.planner.departures import with_departures
from enlist.core.planner.leaving import Leaving, Planned, leaving
from enlist.core.planner.net import After, net, seen_by
from enlist.core.planner.people.cleaned import cleaned_into_others
from enlist.core.planner.people.close import close_usernames, looks_for_close, namesakes_among
from enlist.core.planner.people.made import numbered_names
from enlist.core.planner.people.options import with_options
from enlist.core.planner.people.shared import still_shared
from enlist.core.planner.reference.courses import Courses, Place
from enlist.core.planner.reference.ledger import KEYS, Cells, Ledger
from enlist.core.planner.reference.person import Details, is_email_unique
from enlist.core.planner.reference.visit import Visit
from enlist.core.planner.roles import addable
from enlist.core.planner.stop import bad_rows, stop_all, stopped
from enlist.core.policy import Policy
from enlist.core.rows.rows import MADE, Rows

from .groups import Groups
from .operations import Operations, asks_for_name
from .unlisted import Absence


def plan_rows(
    rows: Rows,
    directory: Directory,
    *,
    policy: Policy,
    circumstances: Circumstances = USUAL,
    taken: Mapping[str, int] | None = None,
) -> Part:
    """The plan of these rows, in their order; `taken` as in `net`."""
    ledger, visits = walk(rows, directory, policy=policy, circumstances=circumstances)
    Groups(ledger, policy=policy).leave(visits)
    after = ledger.after()
    _flag_twice(visits)
    statuses = pl.DataFrame([visit.status_line() for visit in visits], schema=STATUSES_SCHEMA)
    said = pl.DataFrame([line for visit in visits for line in visit.flags], schema=FLAG_SCHEMA)
    dates = leaving(
        rows,
        planned=Planned(statuses, after.people),
        directory=directory,
        circumstances=circumstances,
    )
    result = net(directory, after=_with_dates(after, dates=dates), taken=taken)
    statuses, flags = dates.statuses, collect(said, dates.flags)
    found = still_shared(flags, statuses=statuses, before=directory.people, after=after.people, removed=after.removed)
    part = Part(
        frames=with_options(result.frames, reference=directory.reference, policy=policy),
        statuses=pl.concat([statuses.with_columns(result.renumber(statuses.get_column("person"))), rows.skipped()]),
        flags=collect(rows.flags, found, _about_usernames(rows, statuses=statuses, directory=directory, policy=policy)),
        seen=seen_by(result.frames, rows=_matched(visits), directory=directory),
    )
    part = replace(part, flags=collect(part.flags, decided_by_groups(rows, part=part, directory=directory)))
    if policy.bad_rows == "stop_import" and (bad := bad_rows(part).len()):
        return stop_all(part, why=stopped(bad))
    if policy.unlisted == "deactivate":
        whole = Absence(rows, directory=directory, policy=policy, circumstances=circumstances).add_to(part)
        return with_departures(whole, before=part, reference=directory.reference, fetch=directory.of)
    return part


def _with_dates(after: After, *, dates: Leaving) -> After:
    begun = dates.begun.filter(~pl.col("person").is_in(after.removed.implode()))
    return replace(after, begun={**after.begun, "departure": begun}, ended={**after.ended, "departure": dates.ended})


def _about_usernames(rows: Rows, *, statuses: pl.DataFrame, directory: Directory, policy: Policy) -> pl.DataFrame:
    people = directory.people
    others = cleaned_into_others(rows, statuses=statuses, people=people)
    if not looks_for_close(policy):
        return others
    known = namesakes_among(people, reference=directory.reference)
    return collect(others, close_usernames(rows, statuses=statuses, people=known, reference=directory.reference))


def walk(
    rows: Rows, directory: Directory, *, policy: Policy, circumstances: Circumstances = USUAL
) -> tuple[Ledger, list[Visit]]:
    """The ledger after the rows in their order, and each row with its status; nobody has left a group yet.

    A row may take a unique value whose owner gives it up in a later row. Rows whose owner doesn't are refused, and the
    walk begins again.
    """
    refused, turns = set[int](), 0
    with _without_collecting():
        while True:
            ledger = Ledger(directory, unique_email=is_email_unique(policy, reference=directory.reference))
            walking = _Walk(rows, ledger=ledger, policy=policy, circumstances=circumstances)
            visits = [walking.visit(cells, refused=refused) for cells in rows.frame.iter_rows(named=True)]
            if not (unpaid := _unpaid(visits, ledger=ledger)):
                return ledger, visits
            turns += 1
            refused |= unpaid if turns < _TURNS else {*rows.frame.get_column("row")}


def _unpaid(visits: Iterable[Visit], *, ledger: Ledger) -> set[int]:
    """The rows that took, or would have taken, what somebody else has in the end, and the rows that rely on them."""
    relying = defaultdict[int | None, list[int]](list)
    for loan in ledger.loans:
        relying[loan.repaid].append(loan.row)
    found, asked = set[int](), relying[None]
    for visit in visits:
        if visit.has_failed and not all(ledger.is_left(k, text=t, to=visit.person) for k, t in visit.borrowed):
            asked.append(visit.cells["row"])
    while asked:
        row = asked.pop()
        if row not in found:
            found.add(row)
            asked += relying[row]
    return found


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Pause the search for reference cycles: a walk creates none, and the search takes a third of its time."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


# How often a walk begins before no row takes anything in advance: each refusal can cause another one.
_TURNS: Final = 8


class _Walk:
    def __init__(self, rows: Rows, *, ledger: Ledger, policy: Policy, circumstances: Circumstances) -> None:
        self.rows = rows
        self.ledger = ledger
        self.policy = policy
        self.details = Details(rows, ledger=ledger, policy=policy, circumstances=circumstances)
        self.courses = Courses(rows, ledger=ledger, policy=policy)
        self.groups = Groups(ledger, policy=policy)
        self.actions = Operations(ledger, policy=policy, circumstances=circumstances)

    def visit(self, cells: Cells, *, refused: Container[int]) -> Visit:
        """Process one row: match, operations, then changes; after an error it changes nothing."""
        # Only updates give values up.
        borrows = self.policy.existing_people == "update" and cells["row"] not in refused
        row = Visit(cells, headers=self.rows.headers, borrows=borrows)
        if cells["failed"]:
            row.events.add("failed")
            return row
        row.person = self._match(row)
        if row.has_failed or self.actions.end(row) or self._is_over(row):
            return row
        changes = self.details.of_new(row) if row.person is None else self.details.of_existing(row, person=row.person)
        places, cohorts, names = self.courses.places(row), self.courses.cohorts(row), self.groups.names(row)
        if not row.has_failed:
            is_new = row.person is None
            self._write(row, changes=changes)
            self.groups.join(row, person=row.person or 0, names=names, is_new=is_new)
            self._add_role(row, person=row.person or 0)
            self._add_memberships(row, person=row.person or 0, places=places, cohorts=cohorts)
        return row

    def _match(self, row: Visit) -> int | None:
        """The person that all keys with an owner have in common; None if every row is a new person."""
        named = {key: row.text(column) for key, column in KEYS.items()}
        order: tuple[str, ...] = self.policy.match_by
        if asks_for_name(row):
            named["username"], order = row.text("oldusername_key"), tuple(dict.fromkeys(["username", *order]))
        keys = [key for key in order if named[key]]
        is_made = bool(row.text(MADE) and row.text("username_key")) and not asks_for_name(row)
        if is_made:
            keys = [key for key in keys if key != "username"]
        if not keys and not is_made:
            row.flag("key_missing", slug=self.policy.match_by[0], detail=" and ".join(self.policy.match_by))
        if self.policy.existing_people == "counter":
            return None
        found: frozenset[int] = frozenset()
        for key in keys:
            owners = self.ledger.owners(key, text=named[key])
            if found and owners and not found & owners:
                row.flag("two_people", slug=key, value=self.ledger.names(found), detail=self.ledger.names(owners))
                return None
            found = found & owners or owners or found
        if len(found) > 1:
            key = next(key for key in keys if self.ledger.owners(key, text=named[key]))
            row.flag("ambiguous_key", slug=key, value=row.text(key), detail=self.ledger.names(found))
            return None
        person = next(iter(found), None)
        return self._owner_of_made(row) if person is None and is_made else person

    def _owner_of_made(self, row: Visit) -> int | None:
        """The person whose username was generated for this row, with a number perhaps; the row's new name if nobody's.

        If the name itself is somebody else's, that is an error, unless the policy numbers such names.
        """
        made = row.text("username")
        for name in numbered_names(made):
            owner = next(iter(self.ledger.owners("username", text=fold(name))), None)
            if owner is None:
                break
            if self._is_same(row, person=self.ledger.people[owner]):
                return owner
        if name != made:
            numbers = self.policy.number_made_usernames
            row.flag(
                "username_numbered" if numbers else "username_made_taken", slug="username", value=made, detail=name
            )
            if numbers:
                row.cells = {**row.cells, "username": name, "username_key": fold(name)}
        return None

    def _is_same(self, row: Visit, *, person: Cells) -> bool:
        """Whether a row has a person's address, or their name where one of them has no address."""
        address = row.text("email_key")
        if address and person["email_key"]:
            return bool(address == person["email_key"])
        names = (fold(f"{cells['firstname']} {cells['lastname']}") for cells in (row.names, person))
        return len(set(names)) == 1

    def _is_over(self, row: Visit) -> bool:
        """Whether the policy skips or protects this person."""
        if row.person is None:
            is_wanted = self.policy.new_people == "create"
            has_left = row.text(STATE.slug) == LEFT
            if is_wanted and not has_left and not self._is_of_another(row):
                return False
            named = next((row.text(key) for key in self.policy.match_by if row.text(key)), "")
            if is_wanted and has_left:
                row.flag("left_skipped", slug=STATE.slug, value=named)
            elif is_wanted:
                row.flag("username_of_another", slug="username", value=row.text("username"))
            else:
                row.flag("unknown_skipped", value=named)
            row.events.add("skipped")
            return True
        person = self.ledger.people[row.person]
        if self.policy.existing_people == "skip":
            row.flag("exists_skipped", value=person["username"])
            row.events.add("skipped")
            return True
        if person["site_role"] in ADMINISTRATORS and self.policy.administrators == "protect":
            row.flag("administrator_protected", value=person["username"])
        return row.has_failed

    def _is_of_another(self, row: Visit) -> bool:
        """Whether people match by address alone, and this row's username is somebody else's (§2.6)."""
        is_by_address = self.policy.match_by == ("email",) and self.policy.existing_people == "update"
        key = row.text("username_key")
        return is_by_address and not self.ledger.is_free("username", text=key, row=row, person=None)

    def _write(self, row: Visit, *, changes: Cells) -> None:
        if row.person is None:
            row.person = self.ledger.add(changes, row=row.cells["row"])
            row.events.add("created")
        elif changes:
            self.ledger.change(row.person, cells=changes, row=row.cells["row"])
            self._add_statuses(row, changes=changes)

    def _add_role(self, row: Visit, *, person: int) -> None:
        """Give an existing person the role of their row, besides those they have."""
        role = row.text("site_role")
        if role in addable(self.policy) and self.ledger.give_role(person, role=role):
            row.events.add("updated")

    def _add_memberships(self, row: Visit, *, person: int, places: Iterable[Place], cohorts: Iterable[str]) -> None:
        """Put the row's person into cohorts, courses and groups."""
        for name in cohorts:
            if self.ledger.join_cohort(person, cohort=name):
                row.events.add("grouped")
        for place in places:
            if self.ledger.enrol(person, place=place, dates=self.policy.enrolment_dates):
                row.events.add("enrolled")
            if place.group is not None and self.ledger.join(person, course=place.course, group=place.group):
                row.events.add("grouped")

    def _add_statuses(self, row: Visit, *, changes: Cells) -> None:
        if "state" in changes:
            row.events.add("reactivated" if changes["state"] == "active" else "deactivated")
        if changes.keys() - {"state", "username", "username_key"}:
            row.events.add("updated")
        if not changes.keys() - {*ALWAYS_FOLLOW}:
            row.flag("beside_details", value=str(self.ledger.people[row.person or 0]["username"]))
        if "username_key" in changes:
            if row.events:
                row.flag("updated_too", value=str(changes["username"]))
            row.events.add("renamed")


def _flag_twice(visits: Iterable[Visit]) -> None:
    rows_of = defaultdict(list)
    for visit in visits:
        if visit.person is not None:
            rows_of[visit.person].append(visit)
    for first, *others in rows_of.values():
        for row in others:
            row.flag("same_person_twice", detail=str(first.cells["line"]))
        if others:
            first.flag("same_person_twice", detail=str(others[0].cells["line"]))


def _matched(visits: Iterable[Visit]) -> pl.Series:
    return pl.Series([visit.person for visit in visits if (visit.person or 0) > 0], dtype=pl.Int64)
