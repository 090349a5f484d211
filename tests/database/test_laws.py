"""The laws on a real database, really committed (design: "Laws").

Both databases are compared with the same oracle: the reference planner and the preview, on the generated directory
itself, without a database. The examples are the same for both, so results that equal the oracle are equal on both. A
difference is shown by names, and no table of expected results has to be maintained.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from enlist.core.changes import RELATIONS, kept_relations
from enlist.core.changes.statuses import STATUSES
from enlist.core.plan.plan import Plan
from enlist.core.plan.preview import preview
from enlist.core.presets import preset
from enlist.formats import write
from enlist.services.imports.commit import Done
from enlist.services.imports.conditions import condition_save, rules_apply
from enlist.services.imports.group_courses import group_courses_set
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan, imports_list
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.rules import RuleChange, plan_rules
from enlist.services.people import listing
from enlist.store import models
from enlist.store.directory.stored import STORED
from enlist.store.imports import records
from tests.support.laws import meet, told, whole
from tests.support.strategies import (
    CLAUSES,
    World,
    numbered_worlds,
    ruled_worlds,
    settled,
    tangled_worlds,
    worlds,
)

from .worlds import Site, rows_of, stored

# What the database counts, and the verb that makes more of it.
COUNTED = {"person": "create", **{each.name: each.begins.name for each in kept_relations()}}
FEWER = settings(max_examples=settings().max_examples // 2)

pytestmark = pytest.mark.django_db(transaction=True)


def applied(site: Site, *, plan: Plan) -> Done:
    return import_apply(site.scope, plan=plan, approved=True)


def undone(site: Site, *, number: int) -> Done:
    return applied(site, plan=import_undo_plan(site.scope, number=number))


def counts(site: Site) -> dict[str, int]:
    """What the database itself counts."""
    of = {"organization": site.organization}
    ended = models.Enrolment.objects.filter(**of, status="ended").count()
    found = {name: where.model._default_manager.filter(**of).count() for name, where in STORED.items()}
    people = models.Person.objects.filter(**of).exclude(state="removed").count()
    return {"person": people, **found, "enrolment": found["enrolment"] - ended}


def frames_of(plan: Plan) -> Iterator[pl.DataFrame]:
    return (frame for part in plan.parts for frame in part.frames.values())


def reloaded(plan: Plan) -> Plan:
    """The plan, by way of a file."""
    with TemporaryDirectory() as folder:
        plan.save(path := Path(folder) / "plan")
        loaded = Plan.load(path)
        return replace(loaded, parts=list(loaded.parts))


@given(worlds(min_rows=1))
def test_a_file_is_planned_as_for_a_directory_without_a_database(world: World) -> None:
    site = stored(world)

    planned = site.plan()

    assert whole(site.now()) == whole(site.directory)
    assert [told(part) for part in planned.plan.parts] == [told(site.expected(planned))]


@FEWER
@given(worlds(min_rows=1))
def test_every_row_of_a_file_ends_with_exactly_one_status(world: World) -> None:
    site = stored(world)

    planned = site.plan()

    statuses, height = planned.plan.statuses(), planned.table.height
    lines = list(zip(range(height), planned.table.lines, strict=True))
    assert statuses.select("row", "line").rows() == lines
    assert set(statuses.get_column("row_status")) <= set(STATUSES)
    assert sum(planned.plan.head.statuses.values()) == planned.plan.head.rows == height


@given(st.one_of(tangled_worlds(min_rows=1), numbered_worlds(min_rows=1)))
def test_rows_that_depend_on_rows_before_are_planned_and_applied_as_if_one_by_one(world: World) -> None:
    """Renames, deletes, suspensions, addresses passed on, names that get numbers."""
    site = stored(world)
    planned = site.plan()
    expected = told(site.expected(planned))

    done = applied(site, plan=import_stage(site.scope, planned=planned))

    ids = records.ids_of(records.get(site.scope, number=done.number))
    assert [told(part) for part in planned.plan.parts] == [expected]
    assert whole(site.now()) == whole(preview(site.directory, planned.plan, applied=ids))


@given(worlds(min_rows=1), st.booleans())
def test_apply_makes_what_the_preview_shows_and_nothing_else(world: World, is_saved: bool) -> None:
    """Also where the plan went through a file."""
    site = stored(world)
    plan = site.stage()

    done = applied(site, plan=reloaded(plan) if is_saved else plan)

    ids = records.ids_of(records.get(site.scope, number=done.number))
    assert whole(site.now()) == whole(preview(site.directory, plan, applied=ids))


@given(worlds(min_rows=1))
def test_counts_before_are_counts_after(world: World) -> None:
    site = stored(world)
    before, plan = counts(site), site.stage()
    versions = dict(models.Person.objects.filter(organization=site.organization).values_list("pk", "version"))

    done = applied(site, plan=plan)

    record = records.get(site.scope, number=done.number)
    stamped = set(models.Person.objects.filter(version=record.stamp or 0).values_list("pk", flat=True))
    shown = {name: plan.head.verbs.get(verb, 0) for name, verb in COUNTED.items()}
    for name in ("departure", "manual_edit"):
        ends = RELATIONS[name].ends
        shown[name] -= plan.head.verbs.get(ends.name, 0) if ends else 0
    touched = [frame.get_column("person") for frame in frames_of(plan) if "person" in frame.columns]
    assert {name: count - before[name] for name, count in counts(site).items()} == shown
    assert len(stamped - versions.keys()) == shown["person"]
    assert stamped & versions.keys() == {person for people in touched for person in people if person > 0}
    assert (dict(done.verbs), record.figures["verbs"]) == (plan.head.verbs, plan.head.verbs)
    assert record.figures["statuses"] == plan.head.statuses


@pytest.mark.spec("EC-23")
@FEWER
@given(worlds(min_rows=1))
def test_undo_restores_the_directory_and_its_undo_gives_it_back(world: World) -> None:
    site = stored(world)
    done = applied(site, plan=site.stage())
    assume(not done.nothing_to_do)
    after = site.now()

    undo = undone(site, number=done.number)
    back = site.now()
    undone(site, number=undo.number)
    again = site.now()
    undone(site, number=done.number)

    assert whole(back) == whole(site.now()) == whole(site.directory)
    assert whole(again) == whole(after)
    states = [each.state for each in imports_list(site.scope) if each.state != "awaiting"]
    assert states == ["applied", "undone", "undone", "undone"]


def other_condition(site: Site, data: st.DataObject) -> RuleChange:
    other = json.loads(data.draw(st.sampled_from([json.dumps([clause]) for clause in CLAUSES])))
    values = {"clauses": tuple(" ".join(filter(None, clause)) for clause in other)}
    return condition_save(site.scope, key="C0", values={**values, "automatic_removal": data.draw(st.booleans())})


def other_courses(site: Site, data: st.DataObject) -> RuleChange:
    group = site.ids.groups[data.draw(st.sampled_from([30, 31]))]
    given = data.draw(st.sets(st.sampled_from(["ART", "BIO"])))
    return group_courses_set(site.scope, group=f"#{group}", given=sorted(given))


@pytest.mark.spec("NE-19", "NE-27")
@given(ruled_worlds(of=worlds(min_rows=1)), st.data())
def test_imports_and_other_rules_undone_leave_the_directory_as_it_was(world: World, data: st.DataObject) -> None:
    """Of the import and the change of a condition, or of the courses of a group, either is undone first."""
    site = stored(world)
    begin = site.now()
    done = applied(site, plan=site.stage())
    ids = records.ids_of(records.get(site.scope, number=done.number))
    assert whole(begin) == whole(site.directory)
    change = data.draw(st.sampled_from([other_condition, other_courses]))(site, data)
    between = site.now()
    plan = plan_rules(site.scope, change=change)
    moved = rules_apply(site.scope, change=change, plan=plan) if not plan.is_empty else None
    assert whole(settled(site.now())) == whole(site.now())
    if moved:
        ids = records.ids_of(records.get(site.scope, number=moved.number))
        assert whole(site.now()) == whole(preview(between, plan, applied=ids))

    numbers = [each.number for each in (moved, done) if each and not each.nothing_to_do]
    is_first = data.draw(st.booleans(), label="the import first")
    for number in reversed(numbers) if is_first else numbers:
        undone(site, number=number)
        assert whole(settled(site.now())) == whole(site.now())

    if not is_first:
        assert whole(site.now()) == whole(begin)


@FEWER
@given(worlds(min_rows=1), st.lists(st.booleans(), min_size=1, max_size=3))
def test_an_import_is_called_applied_while_what_it_did_is_there(world: World, choices: list[bool]) -> None:
    """Whichever of the applied ones is undone next, the first or the last."""
    site = stored(world)
    done = applied(site, plan=site.stage())
    assume(not done.nothing_to_do)
    expected = {False: whole(site.directory), True: whole(site.now())}

    for is_first in choices:
        standing = [each.number for each in imports_list(site.scope) if each.state == "applied"]
        undone(site, number=standing[-1 if is_first else 0])

    first = imports_list(site.scope)[-1]
    assert whole(site.now()) == expected[first.state == "applied"]


@given(worlds(min_rows=1, distinct=True))
def test_planning_again_after_apply_plans_nothing(world: World) -> None:
    """Rows that meet may do something again: what they do depends on their order."""
    site = stored(world)
    planned = site.plan()
    after = preview(site.directory, planned.plan)
    (part,) = planned.plan.parts
    rows = site.checked(planned)
    assume("email" not in world.policy.defaults and world.policy.existing_people != "counter")
    assume(not meet(rows, part=part, before=site.directory, after=after))
    applied(site, plan=planned.plan)

    again = site.plan().plan

    assert again.head.verbs == {}


@FEWER
@given(worlds(min_rows=1))
def test_an_exported_directory_comes_back_as_no_change(world: World) -> None:
    site = stored(world)
    applied(site, plan=site.stage())
    assume(counts(site)["person"])
    file = write(listing.people_export(site.scope, administrators=True).frame)
    settings = ["upload_type=add_and_update", "update_details=from_file", "administrators=details_only"]
    policy = preset("moodle").configure(settings)

    planned = import_plan(
        site.scope, request=ImportRequest(source=file, name="people.csv", policy=policy, preset="moodle")
    )

    assert planned.plan.head.verbs == {}
    assert planned.plan.head.statuses == ({"unchanged": planned.table.height} if planned.table.height else {})


@FEWER
@given(worlds(min_rows=1))
def test_a_stranger_of_the_same_names_is_never_touched_seen_or_counted(world: World) -> None:
    site, stranger = stored(world), stored(world)
    before = rows_of(stranger)

    planned = site.plan()
    done = applied(site, plan=planned.plan)
    if not done.nothing_to_do:
        undone(site, number=done.number)

    strangers = {row[0] for row in before["Person"]}
    seen = pl.concat([part.seen.get_column("person") for part in planned.plan.parts])
    named = [flag for flag in planned.plan.flags().rows() if stranger.organization.slug in map(str, flag)]
    assert rows_of(stranger) == before
    assert strangers.isdisjoint(seen)
    assert imports_list(stranger.scope) == []
    assert named == []
