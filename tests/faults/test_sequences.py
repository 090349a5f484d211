"""Imports, edits and undos in any order: every undo restores the state before, except for later changes (R9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from enlist.core.errors import PolicyError, StalePlan
from enlist.core.plan.preview import logical
from enlist.services.imports import approval
from enlist.services.imports.commit import Done
from enlist.services.imports.plan import import_apply, import_stage, import_undo_plan, imports_list
from enlist.services.imports.summary import ImportSummary
from enlist.services.people import edit
from enlist.store import activity
from enlist.store.imports import records
from tests.database.worlds import Site, stored
from tests.faults.expected_undo import BulkAction, Facts, facts, said, same_version_differs, taken_back, without_reason
from tests.faults.trial import COUNTED, POINTS, SEED
from tests.support.strategies import CELLS, World, allowed, directories, policies, rosters

# Two for each point of the other trials: a thousand in the long run.
SEQUENCES = settings(
    max_examples=2 * POINTS or 6,
    stateful_step_count=20 if POINTS else 10,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
EDITED = ("username", "firstname", "email", "idnumber", "city", "country", "profile_field_grade", "profile_field_house")
TIGHT = {"limits": {verb: [0.25, 1] for verb in ("deactivate", "delete", "rename", "update")}}


@st.composite
def edits(draw: st.DrawFn) -> dict[str, str]:
    """What somebody types over a person's cells."""
    slugs = draw(st.sets(st.sampled_from(EDITED), min_size=1, max_size=2))
    return {slug: draw(st.sampled_from(["", *CELLS[slug]])) for slug in sorted(slugs)}


@seed(SEED)
class Sequences(RuleBasedStateMachine):
    """One site; what was done to it, and what it was before and after each action."""

    tried: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        Sequences.tried += 1
        self.actions: dict[int, BulkAction] = {}
        self.known: dict[tuple[int, int], Facts] = {}

    @initialize(data=st.data(), is_braked=st.booleans())
    def open_the_school(self, data: st.DataObject, is_braked: bool) -> None:
        policy, known = data.draw(policies()), data.draw(directories())
        roster = data.draw(rosters(policy))
        self.site: Site = stored(World(roster, known, allowed(policy, reference=known.reference)))
        if is_braked:
            self.site.organization.settings = TIGHT
            self.site.organization.save()
        self.look()

    @rule(data=st.data())
    def import_a_roster(self, data: st.DataObject) -> None:
        policy = allowed(data.draw(policies()), reference=self.site.directory.reference)
        roster = data.draw(rosters(policy, min_rows=1), label="roster")
        site = replace(self.site, world=replace(self.site.world, rows=roster, policy=policy))
        before, planned = site.now(), site.plan()
        plan = import_stage(site.scope, planned=planned)
        done = import_apply(site.scope, plan=plan)
        self.note(done, before=before)
        if done.waiting and data.draw(st.booleans(), label="approved"):
            self.approve(done)

    @rule(data=st.data(), values=edits())
    def edit_somebody(self, data: st.DataObject, values: dict[str, str]) -> None:
        self.change(data, values=values)

    @rule(data=st.data(), state=st.sampled_from(["active", "inactive"]))
    def turn_somebody_on_or_off(self, data: st.DataObject, state: str) -> None:
        self.change(data, values={"state": state})

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo_an_import(self, data: st.DataObject) -> None:
        """The last one or any other, undos included."""
        action = self.actions[data.draw(st.sampled_from(self.standing()), label="undone")]
        before = self.site.now()
        plan = import_undo_plan(self.site.scope, number=action.number)
        told, excused = said(plan.flags())
        expected, kept = taken_back(action, now=before, excused=excused)

        done = self.carry_out(plan)

        after = self.look()
        assert facts(after) == expected
        assert told == kept
        assert without_reason(excused, action=action, now=before, left=after) == []
        if facts(before) == facts(action.after):
            assert logical(after) == logical(action.before)
        self.note(done, before=before)
        states = {each.number: (each.state, each.undoes) for each in self.listed()}
        assert states[action.number][0] == "undone"
        assert states[done.number] == ("nothing_to_do" if done.nothing_to_do else "applied", action.number)

    def carry_out(self, plan: Any) -> Done:
        """Apply an undo; approve it where it waits for that."""
        if not plan.head.awaiting:
            return import_apply(self.site.scope, plan=plan)
        waiting = approval.import_hold(self.site.scope, plan=plan)
        return approval.import_approve(self.site.scope, number=waiting.number, confirm=waiting.waiting_people)

    def approve(self, done: Done) -> None:
        """Approve the rest of an import, which may be refused if it would do more by now."""
        before = self.site.now()
        number = done.waiting or 0
        try:
            awaiting = approval.import_approve(self.site.scope, number=number, confirm=done.waiting_people)
        except StalePlan:
            assert facts(self.look()) == facts(before)
        else:
            self.note(awaiting, before=before)

    def change(self, data: st.DataObject, *, values: dict[str, str]) -> None:
        """Edit a person: exactly the reported changes are made and logged, or nothing if it is refused."""
        before = self.site.now()
        names = before.people.get_column("username").sort().to_list()
        if not names:
            return
        name = data.draw(st.sampled_from(names), label="person")
        was = facts(before)
        try:
            cells = edit.person_set(self.site.scope, username=name, values=values)
        except PolicyError:
            assert facts(self.look()) == was
            return
        now = facts(self.look())
        changed = {key for key in {**was, **now} if was.get(key) != now.get(key)}
        # People who become inactive have no leaving date any more; the facts don't hold those.
        told = [(cell.field, cell.old, cell.new) for cell in cells if cell.field != "leaves_on"]
        assert sorted(told) == sorted((key[2], was.get(key) or "", now.get(key) or "") for key in changed)
        if cells:
            logged = activity.latest(self.site.scope, limit=1)[0]
            assert (logged.action, {key[1] for key in changed}) == ("person_changed", {logged.person})
            assert logged.cells == [[c.field, c.old, c.new] for c in cells]

    def note(self, done: Done, *, before: Any) -> None:
        """Record what was done, and check its figures: every row has a status, and the report equals the record."""
        after = self.look()
        record = records.get(self.site.scope, number=done.number)
        assert record.figures["verbs"] == dict(done.verbs)
        assert sum(record.figures["statuses"].values()) == (record.plan_head["rows"] if record.kind == "import" else 0)
        if done.nothing_to_do:
            assert facts(after) == facts(before)
        self.actions[done.number] = BulkAction(done.number, before, after)

    def look(self) -> Any:
        """The directory as it is; a version that people had before means what it meant then."""
        now = self.site.now()
        self.known = same_version_differs(self.known, now=now)
        return now

    def listed(self) -> list[ImportSummary]:
        return imports_list(self.site.scope, limit=1000)

    def standing(self) -> list[int]:
        """What can be undone, the last first."""
        return [each.number for each in self.listed() if each.state == "applied"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_undo_leaves_the_state_before_but_for_what_was_changed_since_and_names_it() -> None:
    Sequences.tried = 0
    try:
        run_state_machine_as_test(Sequences, settings=SEQUENCES)
    except BaseException:
        COUNTED.append((Sequences.tried, 1))
        raise
    COUNTED.append((Sequences.tried, 0))
