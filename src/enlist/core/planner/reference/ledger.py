"""The ledger: a directory as dicts, changed row by row."""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from enlist.core.changes import (
    COURSE_GROUPS_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    PERSON_ROLES_SCHEMA,
)
from enlist.core.clean.enrolment import MOMENT
from enlist.core.directory.directory import Directory, people_schema
from enlist.core.planner.net import After

if TYPE_CHECKING:
    from enlist.core.planner.reference.courses import Place
    from enlist.core.planner.reference.visit import Visit

Cells = dict[str, Any]

# Match key of a policy → the column of Directory.people to look it up in.
KEYS = {"username": "username_key", "email": "email_key", "idnumber": "idnumber"}
_SHOWN = 3
_MEMBERSHIP = {"person": pl.Int64(), "people_group": pl.Int64()}


class EnrolmentState(NamedTuple):
    """One role in a course: status, moments as in ENROLMENTS_SCHEMA, and source."""

    status: str
    start: str | None
    end: str | None
    source: str = "import"


@dataclass
class Loan:
    """A unique value that `row` gives to a person while somebody else still has it.

    repaid: the row after which nobody else has it.
    """

    person: int
    row: int
    repaid: int | None = None


class Ledger:
    """The directory after the rows so far.

    loans: every value that a row gave to a person before its owner gave it up; until then it means the owner.
    """

    def __init__(self, directory: Directory, *, unique_email: bool = True) -> None:
        self.reference = directory.reference
        self.loans: list[Loan] = []
        self._unpaid: dict[tuple[str, str], Loan] = {}
        self.people: dict[int, Cells] = {line["person"]: line for line in directory.people.iter_rows(named=True)}
        self._keys = {**KEYS, **{slug: slug for slug in self.reference.unique_slugs}}
        self._unique = ("username", *self.reference.unique_slugs, *(["email"] if unique_email else []))
        self._owners: dict[str, dict[str, set[int]]] = {key: defaultdict(set) for key in self._keys}
        self._sorted_owners: dict[str, list[tuple[str, int]]] = {}
        for number in self.people:
            self._index(number)
        self._states: dict[tuple[int, int], dict[int, EnrolmentState]] = defaultdict(dict)
        for line in directory.enrolments.iter_rows(named=True):
            state = EnrolmentState(line["status"], line["start"], line["end"], line["source"])
            self._states[line["person"], line["course"]][line["role"]] = state
        self._members = set(directory.members.select("person", "course_group").iter_rows())
        self._groups: dict[tuple[int, str], int] = {
            (line["course"], line["name"]): line["course_group"]
            for line in self.reference.course_groups.iter_rows(named=True)
        }
        self._group_ids = {(course, group) for (course, _), group in self._groups.items()}
        self._read_groups(directory)
        self._roles = set(directory.frame("person_role").select("person", "site_role").iter_rows())
        self._given_roles: list[tuple[int, str, str]] = []
        self.edited = frozenset(directory.frame("manual_edit").select("person", "field").iter_rows())
        self._made = 0
        self._made_groups = -min(0, 0, *self._groups.values())
        self._changed: set[int] = set()
        self._removed: set[int] = set()
        self._enrolled: set[tuple[int, int, int]] = set()
        self._joined: list[tuple[int, int]] = []
        self._new_groups: list[tuple[int, int, str]] = []

    def _read_groups(self, directory: Directory) -> None:
        held = directory.memberships
        self._memberships = set(held.select("person", "people_group").iter_rows())
        imported = held.filter(pl.col("source") == "import")
        self._imported = set(imported.select("person", "people_group").iter_rows())
        self._cohorts = {line["people_group"]: line for line in self.reference.groups.iter_rows(named=True)}
        self._cohort_ids = {line["idnumber"]: number for number, line in self._cohorts.items() if line["idnumber"]}
        self._made_cohorts = -min(0, 0, *self._cohorts)
        self._new_cohorts: list[int] = []
        self._cohort_joins: list[tuple[int, int, str]] = []
        self._made_groups_by_name: dict[str, list[int]] = defaultdict(list)
        for line in self.reference.made_groups.iter_rows(named=True):
            self._made_groups_by_name[line["name"]].append(line["people_group"])
        self._left: list[tuple[int, int]] = []

    def owners(self, key: str, *, text: str | None) -> frozenset[int]:
        """The owners of a key (of `KEYS`, or a unique profile field); a blank has none."""
        return frozenset(self._owners[key].get(text, ())) if text else frozenset()

    def is_free(self, key: str, *, text: str, row: Visit, person: int | None) -> bool:
        """Whether a row may give a person a unique value: nobody else has it, or its owner may still give it up."""
        if not self.owners(key, text=text) - {person}:
            return True
        if not row.borrows or (key, text) in self._unpaid:
            return False
        row.borrowed.append((key, text))
        return True

    def is_left(self, key: str, *, text: str, to: int | None) -> bool:
        """Whether in the end nobody but this person has a value."""
        return not self.owners(key, text=text) - {to}

    def names(self, people: Iterable[int]) -> str:
        """Usernames of these people, in order, three at most: a shared address may have thousands of owners."""
        return self._names(sorted(people, key=lambda number: str(self.people[number]["username_key"])))

    def other_owners(self, email_key: str, *, but: int | None) -> str:
        """The same for the owners of an address, except one person; "" if nobody else has it."""
        owners = self._owners["email"].get(email_key, set())
        if len(owners) <= (but in owners):
            return ""
        if email_key not in self._sorted_owners:
            # From now on the list stays sorted: every person who shares the address may have a row.
            self._sorted_owners[email_key] = sorted(
                (str(self.people[number]["username_key"]), number) for number in owners
            )
        first = self._sorted_owners[email_key][: _SHOWN + 2]
        return self._names([number for _, number in first if number != but])

    def _names(self, people: list[int]) -> str:
        shown = [str(self.people[number]["username"]) for number in people[:_SHOWN]]
        return ", ".join(shown if len(people) <= _SHOWN else [*shown, "…"])

    def add(self, cells: Cells, *, row: int) -> int:
        """Add a person; ids count down from −1."""
        self._made += 1
        number = -self._made
        self.people[number] = {**cells, "person": number, "version": 0}
        self._borrow(number, cells=cells, row=row)
        self._index(number)
        self._changed.add(number)
        return number

    def change(self, person: int, *, cells: Cells, row: int) -> None:
        """Change values of a person."""
        before = self.people[person]
        self._forget(person)
        self.people[person] = before | cells
        self._borrow(person, cells=cells, row=row)
        self._index(person)
        self._changed.add(person)
        self._repay({slug: before[slug] for slug in cells}, by=person, row=row)

    def remove(self, person: int, *, row: int) -> None:
        """Remove a person with all their records; their keys become free."""
        self._forget(person)
        before = self.people.pop(person)
        self._changed.discard(person)
        self._removed.add(person)
        self._repay(before, by=person, row=row)

    def enrol(self, person: int, *, place: Place, dates: str) -> bool:
        """Give a person a role in a course, with status and dates for all roles there; whether anything changes."""
        states = self._states[person, place.course]
        before = dict(states)
        if states:
            states.update({role: self._updated(state, place=place, dates=dates) for role, state in states.items()})
            first, is_out = states[min(states)], all(state.status == "suspended" for state in states.values())
            added = EnrolmentState(place.status or ("suspended" if is_out else "active"), first.start, first.end)
        else:
            end = later(place.start or self.reference.today, days=_first(place.days, duration=place.duration))
            usual = self.reference.today if dates == "reset" else ""
            added = EnrolmentState(place.status or "active", place.start or usual or None, end)
        states.setdefault(place.role, added)
        changed = {role for role, state in states.items() if before.get(role) != state}
        self._enrolled |= {(person, place.course, role) for role in changed}
        return bool(changed)

    def _updated(self, state: EnrolmentState, *, place: Place, dates: str) -> EnrolmentState:
        """An existing enrolment after the row."""
        status, start, end = place.status or state.status, state.start, state.end
        if dates == "from_file":
            start = place.start or start
            end = end if place.days is None else later(start or self.reference.today, days=place.days)
        elif dates == "reset":
            start = place.start or self.reference.today or None
            end = later(start or "", days=_first(place.days, duration=place.duration))
        return EnrolmentState(status, start, end, state.source)

    def join(self, person: int, *, course: int, group: int | str) -> bool:
        """Add a person to a course group (an id, or a name to be created if missing). Whether that is new."""
        member = person, group if isinstance(group, int) else self._group_id(group, course=course)
        if member in self._members:
            return False
        self._members.add(member)
        self._joined.append(member)
        return True

    def group(self, text: str, *, course: int) -> int | None:
        """The course group that a cell names: by id if it consists of digits, else by name."""
        if not is_id(text):
            return self._groups.get((course, text))
        return int(text) if (course, int(text)) in self._group_ids else None

    def cohort(self, text: str) -> Cells | None:
        """The cohort that a cell names: by id if it consists of digits, else by ID number."""
        return self._cohorts.get(int(text) if is_id(text) else self._cohort_ids.get(text, 0))

    def join_cohort(self, person: int, *, cohort: str) -> bool:
        """Add a person to a cohort, created if missing. Whether that is new."""
        found = self.cohort(cohort)
        return self.join_group(person, number=self._new_cohort(cohort) if found is None else int(found["people_group"]))

    def is_made(self, name: str) -> bool:
        """Whether an earlier import made a group with this name."""
        return any(number > 0 for number in self._made_groups_by_name[name])

    def join_made(self, person: int, *, name: str) -> bool:
        """Add a person to the group with this name that imports made, created if missing. Whether that is new."""
        numbers = self._made_groups_by_name[name]
        if not numbers:
            numbers.append(self._add_group(name, idnumber=""))
        if any((person, number) in self._memberships for number in numbers):
            return False
        return self.join_group(person, number=numbers[0])

    def join_group(self, person: int, *, number: int) -> bool:
        """Add a person to a group by its id. Whether that is new."""
        if (person, number) in self._memberships:
            return False
        self._memberships.add((person, number))
        self._cohort_joins.append((person, number, "import"))
        return True

    def leave_made(self, person: int, *, but: Container[str], home: int | None) -> list[str]:
        """End what imports put a person into and the names `but` leave out; the names of these groups, sorted."""
        left = []
        for name, numbers in self._made_groups_by_name.items():
            ended = [(person, each) for each in numbers if (person, each) in self._imported and each != home]
            if name not in but and ended:
                self._left += ended
                left.append(name)
        return sorted(left)

    def is_active(self, person: int) -> bool:
        """Whether a person can sign in."""
        return person not in self._removed and self.people[person]["state"] == "active"

    def give_role(self, person: int, *, role: str) -> bool:
        """Add a role to those of a person. Whether that is new."""
        if role == self.people[person]["site_role"] or (person, role) in self._roles:
            return False
        self._roles.add((person, role))
        self._given_roles.append((person, role, "import"))
        return True

    def _new_cohort(self, text: str) -> int:
        number = self._add_group(text, idnumber=text)
        self._cohort_ids[text] = number
        return number

    def _add_group(self, name: str, *, idnumber: str) -> int:
        self._made_cohorts += 1
        number = -int(self._made_cohorts)
        self._cohorts[number] = {"people_group": number, "idnumber": idnumber, "name": name, "joinable": True}
        self._new_cohorts.append(number)
        return number

    def after(self) -> After:
        """The directory after the rows so far, as changes."""
        changed = [self.people[number] for number in self._changed]
        enrolled = [
            (person, course, role, *self._states[person, course][role])
            for person, course, role in sorted(self._enrolled)
            if person not in self._removed
        ]
        joined = [each for each in self._joined if each[0] not in self._removed]
        cohort_joins = [each for each in self._cohort_joins if each[0] not in self._removed]
        given_roles = [each for each in self._given_roles if each[0] not in self._removed]
        return After(
            people=pl.DataFrame(changed, schema=people_schema(self.reference)),
            begun={
                "group": pl.DataFrame([self._cohorts[number] for number in self._new_cohorts], schema=GROUPS_SCHEMA),
                "course_group": pl.DataFrame(self._new_groups, schema=COURSE_GROUPS_SCHEMA, orient="row"),
                "enrolment": pl.DataFrame(enrolled, schema=ENROLMENTS_SCHEMA, orient="row"),
                "course_group_membership": pl.DataFrame(joined, schema=MEMBERS_SCHEMA, orient="row"),
                "group_membership": pl.DataFrame(cohort_joins, schema=MEMBERSHIPS_SCHEMA, orient="row"),
                "person_role": pl.DataFrame(given_roles, schema=PERSON_ROLES_SCHEMA, orient="row"),
            },
            ended={"group_membership": pl.DataFrame(self._left, schema=_MEMBERSHIP, orient="row")}
            if self._left
            else {},
            removed=pl.Series("person", sorted(self._removed), dtype=pl.Int64),
        )

    def _index(self, person: int) -> None:
        for key, text in self._held(person):
            self._owners[key][text].add(person)
            if key == "email" and (sorted_owners := self._sorted_owners.get(text)) is not None:
                insort(sorted_owners, (str(self.people[person]["username_key"]), person))

    def _forget(self, person: int) -> None:
        for key, text in self._held(person):
            self._owners[key][text].discard(person)
            if key == "email" and (sorted_owners := self._sorted_owners.get(text)) is not None:
                sorted_owners.remove((str(self.people[person]["username_key"]), person))

    def _held(self, person: int) -> Iterator[tuple[str, str]]:
        """The keys of a person, without those that still mean somebody else."""
        for key, column in self._keys.items():
            text = self.people[person][column]
            loan = self._unpaid.get((key, text))
            if text and (loan is None or loan.person != person):
                yield key, text

    def _borrow(self, person: int, *, cells: Cells, row: int) -> None:
        """Note the unique values among these cells that somebody else still has."""
        for key in self._unique:
            text = cells.get(self._keys[key])
            if text and self._owners[key].get(text, set()) - {person}:
                self._unpaid[key, text] = Loan(person, row)
                self.loans.append(self._unpaid[key, text])

    def _repay(self, given_up: Cells, *, by: int, row: int) -> None:
        """Values that a person gave up become those of the people who got them before."""
        for key in self._unique:
            at = key, given_up.get(self._keys[key]) or ""
            loan = self._unpaid.get(at)
            if loan is None or (loan.person != by and self._owners[key][at[1]]):
                continue
            loan.repaid = row
            if loan.person != by:
                self._forget(loan.person)
            del self._unpaid[at]
            if loan.person != by:
                self._index(loan.person)

    def _group_id(self, name: str, *, course: int) -> int:
        if (course, name) not in self._groups:
            self._made_groups += 1
            self._groups[course, name] = -self._made_groups
            self._new_groups.append((self._groups[course, name], course, name))
        return self._groups[course, name]


def later(start: str, *, days: int) -> str | None:
    """The moment `days` later; null without days or start."""
    if not start or not days:
        return None
    return (dt.datetime.fromisoformat(start) + dt.timedelta(days=days)).strftime(MOMENT)


def _first(days: int | None, *, duration: int) -> int:
    return duration if days is None else days


def is_id(text: str) -> bool:
    """Whether a reference is an id: it consists of digits (EC-11, EC-12)."""
    return text.isascii() and text.isdigit()
