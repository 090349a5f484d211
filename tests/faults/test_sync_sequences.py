"""Complete lists, manual edits, changes of conditions and undos in any order: what `sync` promises holds after each.

NE-01 to NE-21: who is listed, who is not, the groups that imports made, groups with conditions, and undo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from enlist.core.directory.conditions import from_text
from enlist.core.errors import EnlistError
from enlist.core.plan.preview import logical
from enlist.core.presets import preset
from enlist.services.imports import approval
from enlist.services.imports import conditions as use
from enlist.services.imports.plan import Planned, import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.rules import RuleChange, plan_rules
from enlist.services.people.edit import person_add, person_set
from enlist.store.directory import snapshot
from enlist.store.models import Condition, Group, GroupCondition, GroupMembership, Import, Person
from enlist.store.scope import MACHINE, Scope
from tests.database import school as cast
from tests.faults.trial import COUNTED, POINTS, SEED

# As many as the points of the other trials.
SEQUENCES = settings(
    max_examples=POINTS or 5,
    stateful_step_count=15 if POINTS else 8,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LISTED = ("ann", "bob", "cyd", "dee", "eve")
ADDED = ("fay", "gus")
DEPARTMENTS = ("Biology", "Physics", "Art")
MADE = ("Choir", "Year 7", "Band; Orchestra")
RULED = ("Scientists", "Staff")
NAMES = ("first", "second")


@dataclass(frozen=True)
class Line:
    """A row of a list. groups: None where the list has no such column. is_wrong: without a last name, it fails."""

    username: str
    department: str
    is_active: bool
    groups: tuple[str, ...] | None
    is_wrong: bool

    def cells(self) -> list[str]:
        """The row in the file's columns."""
        cells = [self.username, self.username.title(), "" if self.is_wrong else "Lee", f"{self.username}@x.org"]
        # A name with a separator in it is quoted in its cell, and the cell in the file.
        named = "; ".join(f'"{name}"' if ";" in name else name for name in self.groups or ())
        groups = [] if self.groups is None else ['"' + named.replace('"', '""') + '"']
        return [*cells, self.department, "active" if self.is_active else "inactive", *groups]


@st.composite
def lists(draw: st.DrawFn) -> list[Line]:
    """A list of some people, with or without their groups."""
    names = draw(st.lists(st.sampled_from((*LISTED, *ADDED)), min_size=1, unique=True))
    groups = st.lists(st.sampled_from(MADE), unique=True).map(tuple) if draw(st.booleans()) else st.none()
    wrong = st.sampled_from((False, False, False, True))
    return [Line(n, draw(st.sampled_from(DEPARTMENTS)), draw(st.booleans()), draw(groups), draw(wrong)) for n in names]


@seed(SEED)
class Sequences(RuleBasedStateMachine):
    """A school with a group of each kind, and another organisation with the same names."""

    tried: ClassVar[int]

    @initialize()
    def open_the_school(self) -> None:
        Sequences.tried += 1
        number = Import.objects.count() + Sequences.tried
        self.scope = Scope(cast.organization(f"school{number}", settings=cast.UNBRAKED), MACHINE)
        self.stranger = Scope(cast.organization(f"other{number}", settings=cast.UNBRAKED), MACHINE)
        for scope in (self.scope, self.stranger):
            for name in (*RULED, "Choir"):
                Group.objects.create(organization=scope.organization, name=name)
            for name in ADDED:
                person_add(
                    scope, username=name, values={"firstname": name, "lastname": "Lee", "email": f"{name}@x.org"}
                )
            choir = Group.objects.get(organization=scope.organization, name="Choir")
            fay = Person.objects.get(organization=scope.organization, username="fay")
            GroupMembership.objects.create(organization=scope.organization, group=choir, person=fay)
        self.strange = self.directory(self.stranger)

    @rule(listed=lists(), leave=st.booleans())
    def sync(self, listed: list[Line], leave: bool) -> None:
        before = {each.username: each for each in self.people()}
        groups = self.memberships(source="import")
        self.apply(listed, leave=leave)

        after = {each.username: each for each in self.people()}
        # Only a new person needs a last name.
        read = [line for line in listed if not line.is_wrong or line.username in before]
        for line in read:
            person = after[line.username]
            assert (person.department, person.state == "active") == (line.department, line.is_active)
        named = {line.username for line in listed}
        for username, person in before.items():
            if username not in named:
                leaves = leave and person.source == "import"
                assert after[username].state == ("inactive" if leaves else person.state)
        assert after.keys() == before.keys() | {line.username for line in read}
        wanted = {(line.username, group) for line in read for group in line.groups or ()}
        # Who ends up inactive leaves no group.
        leavers = {line.username for line in read if line.groups is not None and line.is_active}
        assert self.memberships(source="import") == wanted | {pair for pair in groups if pair[0] not in leavers}
        assert self.prepared(listed, leave=leave).plan.is_empty

    @precondition(lambda self: self.people())
    @rule(data=st.data(), department=st.sampled_from(DEPARTMENTS), state=st.sampled_from(("active", "inactive")))
    def edit(self, data: st.DataObject, department: str, state: str) -> None:
        person = data.draw(st.sampled_from([each.username for each in self.people()]))
        person_set(self.scope, username=person, values={"department": department, "state": state})

    @rule(
        name=st.sampled_from(NAMES),
        clauses=st.sampled_from([(f"department is {each}",) for each in DEPARTMENTS] + [("status is active",)]),
        removal=st.booleans(),
    )
    def say_a_condition(self, name: str, clauses: tuple[str, ...], removal: bool) -> None:
        known = Condition.objects.filter(organization=self.scope.organization, name=name).exists()
        values = {"name": name, "clauses": clauses, "automatic_removal": removal}
        self.change(use.condition_save(self.scope, key=name if known else None, values=values))

    @rule(group=st.sampled_from(RULED), data=st.data())
    def give_a_group_its_conditions(self, group: str, data: st.DataObject) -> None:
        known = Condition.objects.filter(organization=self.scope.organization).order_by("name")
        names = list(known.values_list("name", flat=True))
        chosen = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
        self.change(use.group_conditions_set(self.scope, group=group, conditions=chosen))

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.standing()))
        try:
            self.take_back(number)
        except EnlistError:
            # Such as a condition that a group uses by now.
            assert Import.objects.get(organization=self.scope.organization, number=number).state == "applied"

    @rule(listed=lists(), leave=st.booleans())
    def undo_at_once(self, listed: list[Line], leave: bool) -> None:
        before = self.directory(self.scope)
        for number in reversed(self.apply(listed, leave=leave)):
            self.take_back(number)
        assert self.directory(self.scope) == before

    @invariant()
    def who_qualifies_is_inside(self) -> None:
        if not hasattr(self, "scope"):
            return
        inside = self.memberships()
        follows = self.memberships(source="condition")
        for group in RULED:
            used = GroupCondition.objects.filter(group__name=group, organization=self.scope.organization)
            conditions = [each.condition for each in used.select_related("condition")]
            for person in self.people():
                qualifies = any(_holds(each, person=person) for each in conditions)
                assert not qualifies or (person.username, group) in inside
                is_kept = not conditions or not all(each.removal for each in conditions)
                assert qualifies or is_kept or (person.username, group) not in follows

    @invariant()
    def manual_groups_and_other_organisations_stay(self) -> None:
        if not hasattr(self, "scope"):
            return
        assert self.memberships(source="manual") == {("fay", "Choir")}
        assert self.directory(self.stranger) == self.strange

    def prepared(self, listed: list[Line], *, leave: bool) -> Planned:
        head = ["username", "firstname", "lastname", "email", "department", "status"]
        lines = [head + (["groups"] if listed[0].groups is not None else []), *(line.cells() for line in listed)]
        text = "\n".join(",".join(cells) for cells in lines).encode()
        policy = preset("sync").configure([f"unlisted={'deactivate' if leave else 'keep'}"])
        return import_plan(self.scope, request=ImportRequest(source=text, policy=policy, preset="sync"))

    def apply(self, listed: list[Line], *, leave: bool) -> list[int]:
        """Apply a list and approve all of it; the numbers of the imports that changed something."""
        plan = import_stage(self.scope, planned=self.prepared(listed, leave=leave))
        done = import_apply(self.scope, plan=plan, invite=False)
        imports = [done]
        if done.waiting:
            imports.append(approval.import_approve(self.scope, number=done.waiting, confirm=done.waiting_people))
        return [each.number for each in imports if not each.nothing_to_do]

    def take_back(self, number: int) -> None:
        """Undo an import, and approve that if necessary."""
        plan = import_undo_plan(self.scope, number=number)
        if not plan.head.awaiting:
            import_apply(self.scope, plan=plan)
            return
        waiting = approval.import_hold(self.scope, plan=plan)
        approval.import_approve(self.scope, number=waiting.number, confirm=waiting.waiting_people)

    def change(self, change: RuleChange) -> None:
        plan = plan_rules(self.scope, change=change)
        if not plan.is_empty:
            use.rules_apply(self.scope, change=change, plan=plan)

    def people(self) -> list[Person]:
        present = Person.objects.filter(organization=self.scope.organization, username_key__isnull=False)
        return list(present.order_by("username"))

    def memberships(self, **wanted: Any) -> set[tuple[str, str]]:
        mine = GroupMembership.objects.filter(organization=self.scope.organization, **wanted)
        return set(mine.filter(person__username_key__isnull=False).values_list("person__username", "group__name"))

    def directory(self, scope: Scope) -> dict[str, Any]:
        reference = snapshot.reference(scope.organization)
        return logical(snapshot.snapshot(scope.organization, reference=reference))

    def standing(self) -> list[int]:
        mine = Import.objects.filter(organization=self.scope.organization, state="applied")
        return list(mine.order_by("-number").values_list("number", flat=True))


def _holds(condition: Condition, *, person: Person) -> bool:
    """Whether a condition of one of these sequences holds for a person."""
    (clause,) = from_text(condition.clauses)
    return bool(getattr(person, clause.field) == clause.value)


@pytest.mark.slow
@pytest.mark.spec("NE-05", "NE-08", "NE-11", "NE-17", "NE-19", "NE-20")
@pytest.mark.django_db(transaction=True)
def test_a_list_is_the_truth_whatever_was_done_between() -> None:
    Sequences.tried = 0
    try:
        run_state_machine_as_test(Sequences, settings=SEQUENCES)
    except BaseException:
        COUNTED.append((Sequences.tried, 1))
        raise
    COUNTED.append((Sequences.tried, 0))
