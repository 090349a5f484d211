"""Undoing imports that created groups or enrolments, after other changes."""

from __future__ import annotations

from typing import Any

import pytest

from enlist.core.presets import preset
from enlist.services.access import MACHINE, Scope
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people import edit
from enlist.store.directory import snapshot
from enlist.store.models import Person

from .school import UNBRAKED, course, organization, person, role

CREATING = ["unknown_course_group=create", "unknown_group=create"]
POLICY = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file", *CREATING])
HEAD = "username,firstname,lastname,email"
GROUPED = f"{HEAD},course1,group1,cohort1"
ENROLLED = f"{HEAD},course1,enrolstatus1"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope() -> Scope:
    of = organization(settings=UNBRAKED)
    course(of, default_role=role(of))
    return Scope(of, MACHINE)


def imported(scope: Scope, username: str, *, head: str = HEAD, cells: str = "") -> int:
    file = f"{head}\n{username},Ada,Ode,{username}@x.org{cells}\n".encode()
    planned = import_plan(scope, request=ImportRequest(source=file, policy=POLICY, preset="moodle"))
    return import_apply(scope, plan=import_stage(scope, planned=planned)).number


def grouped(scope: Scope, username: str) -> int:
    return imported(scope, username, head=GROUPED, cells=",algebra,Red,year9")


def undone(scope: Scope, number: int) -> tuple[int, list[tuple[Any, ...]]]:
    """The undo's number, and what it says."""
    plan = import_undo_plan(scope, number=number)
    said = plan.flags().select("code", "value", "field").rows()
    return import_apply(scope, plan=plan).number, sorted(said, key=repr)


def now(scope: Scope) -> dict[str, Any]:
    return snapshot.dump(scope.organization)


def test_a_person_that_other_undos_restored_and_removed_again_is_restored(scope: Scope) -> None:
    made = imported(scope, "ann")
    before = now(scope)
    removal, _ = undone(scope, made)
    last = removal
    for _again in range(4):
        last, _ = undone(scope, last)
    assert now(scope)["people"] == {}
    undone(scope, removal)
    undone(scope, made)

    assert undone(scope, last)[1] == []
    assert now(scope) == before


def test_a_removed_person_that_came_back_and_was_changed_stays_so_and_the_undo_says_it(scope: Scope) -> None:
    made = imported(scope, "ann")
    removal, _ = undone(scope, made)
    again, _ = undone(scope, removal)
    edit.person_set(scope, username="ann", values={"city": "Oslo"})
    undone(scope, again)
    before = now(scope)

    _, said = undone(scope, removal)

    assert said == [("kept_changed_since", "ann", "city"), ("kept_changed_since", "ann", "state")]
    assert now(scope) == before


def test_a_person_changed_since_keeps_their_groups_and_becomes_inactive(scope: Scope) -> None:
    number = grouped(scope, "ann")
    edit.person_set(scope, username="ann", values={"city": "Oslo"})
    before = now(scope)

    _, said = undone(scope, number)

    assert said == [
        ("course_group_kept", "Red", None),
        ("group_kept", "year9", None),
        ("kept_person_changed", "ann", None),
    ]
    assert now(scope) == {**before, "people": {"ann": {**before["people"]["ann"], "state": "inactive"}}}


def test_a_restored_person_does_not_join_deleted_groups_and_that_is_reported(scope: Scope) -> None:
    first, second = grouped(scope, "ann"), grouped(scope, "bob")
    undo, _ = undone(scope, second)
    undone(scope, first)

    _, said = undone(scope, undo)

    left = now(scope)
    assert said == [("group_gone", "bob", "course group"), ("group_gone", "bob", "group")]
    assert list(left["people"]) == ["bob"]
    assert left["enrolment"] == [("bob", "algebra", "student", "active", None, None, "import")]
    assert (left["course_group_membership"], left["group_membership"]) == ([], [])


def test_a_person_restored_into_new_groups_leaves_them_with_the_import(scope: Scope) -> None:
    imported(scope, "ann")
    first = grouped(scope, "ann")
    undo, _ = undone(scope, first)
    grouped(scope, "cyd")
    before = now(scope)
    undone(scope, undo)
    combined = [member[0] for member in now(scope)["course_group_membership"]]

    _, said = undone(scope, first)

    assert (combined, said, now(scope)) == (["ann", "cyd"], [], before)


def test_an_enrolment_that_another_import_made_since_stays_and_is_named(scope: Scope) -> None:
    imported(scope, "ann")
    undo, _ = undone(scope, imported(scope, "ann", head=ENROLLED, cells=",algebra,0"))
    imported(scope, "ann", head=ENROLLED, cells=",algebra,1")
    before = now(scope)

    _, said = undone(scope, undo)

    assert (said, now(scope)) == ([("kept_changed_since", "ann", "enrolment")], before)


def test_an_undo_can_be_taken_back_and_made_again_without_end(scope: Scope) -> None:
    """What comes back is as the import made it, and what goes again is as the first undo left it."""
    imported(scope, "ann")
    left = []
    for number in (1, 2, 3, 2, 5, 2):
        assert undone(scope, number)[1] == []
        left.append(Person.objects.values_list("state", "version").get(username="ann"))

    away, here = left[:2]
    assert (away[0], here[0]) == ("removed", "active")
    assert left == [away, here, away, here, away, here]


def test_who_was_changed_since_in_another_field_gets_no_earlier_version(scope: Scope) -> None:
    """A version means the same values for ever, so plans made before can tell that somebody changed."""
    imported(scope, "ann")
    first = Person.objects.get(username="ann").version
    number = imported(scope, "ann", head=f"{HEAD},city", cells=",Oslo")
    edit.person_set(scope, username="ann", values={"department": "Art"})

    undone(scope, number)

    ann = Person.objects.get(username="ann")
    assert (ann.city, ann.department) == ("", "Art")
    assert ann.version != first


def test_somebody_without_an_address_comes_back_beside_others_without_one(scope: Scope) -> None:
    for name in ("ann", "bob"):
        person(scope.organization, username=name, firstname=name, lastname="Ode", source="import")
    policy = preset("moodle").configure(["upload_type=update", "update_details=from_file", "deletes=allow"])
    request = ImportRequest(source=b"username,deleted,city\nann,1,\nbob,,Oslo\n", policy=policy, preset="moodle")
    number = import_apply(scope, plan=import_stage(scope, planned=import_plan(scope, request=request))).number
    gone = set(now(scope)["people"])

    assert undone(scope, number)[1] == []
    assert (gone, set(now(scope)["people"])) == ({"bob"}, {"ann", "bob"})
