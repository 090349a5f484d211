"""Groups by condition: who joins and leaves by files, manual edits, other conditions and undo (NE-19, NE-20, EN-13)."""

from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.errors import NeedsApproval, NotAllowed, NotFound, PolicyError, StalePlan
from enlist.core.plan.plan import Plan
from enlist.core.plan.preview import preview
from enlist.core.policy import Policy
from enlist.core.setup_kinds import GROUPS
from enlist.services.access import Scope
from enlist.services.imports import conditions as use
from enlist.services.imports.approval import import_approve
from enlist.services.imports.changes import change_new
from enlist.services.imports.commit import Done
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan, plan_keep
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.rules import RuleChange, plan_rules
from enlist.services.people.edit import person_add, person_set
from enlist.services.progress import silent
from enlist.services.setup.records import record_remove
from enlist.store import activity, models
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.scope import MACHINE
from tests.support.laws import whole

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope() -> Scope:
    """A school with a group Biologists, and four people in two departments."""
    here = cast.organization(settings=cast.UNBRAKED)
    models.Group.objects.create(organization=here, name="Biologists")
    for name, department in (("ann", "Biology"), ("bob", "Biology"), ("cyd", "Physics"), ("dee", "")):
        cast.person(here, username=name, firstname=name, lastname="Lee", email=f"{name}@x.org", department=department)
    return Scope(here, MACHINE)


def inside(scope: Scope, group: str = "Biologists") -> dict[str, str]:
    """The members of a group, and what put them there."""
    found = models.GroupMembership.objects.filter(organization=scope.organization, group__name=group)
    return dict(found.order_by("person__username").values_list("person__username", "source"))


def directory(scope: Scope) -> dict[str, Any]:
    return whole(snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization)))


def applied(scope: Scope, *, change: RuleChange) -> Done:
    """Apply a change of rules, and hold apply to what the preview shows."""
    before = snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization))
    plan = plan_rules(scope, change=change)
    done = use.rules_apply(scope, change=change, plan=plan)
    ids = records.ids_of(records.get(scope, number=done.number))
    assert directory(scope) == whole(preview(before, plan, applied=ids))
    return done


def undone(scope: Scope, *, number: int) -> Done:
    return import_apply(scope, plan=import_undo_plan(scope, number=number))


def condition(scope: Scope, name: str, *clauses: str, key: str | None = None, **values: Any) -> Done:
    return applied(
        scope, change=use.condition_save(scope, key=key, values={"name": name, "clauses": clauses, **values})
    )


def given(scope: Scope, *names: str, group: str = "Biologists") -> Done:
    return applied(scope, change=use.group_conditions_set(scope, group=group, conditions=names))


def planned(scope: Scope, *lines: str, **settings: Any) -> Plan:
    policy = Policy().replace(existing_people="update", update_details="from_file", **settings)
    text = "\n".join(["username,firstname,lastname,email,department", *lines]).encode()
    asked = ImportRequest(source=text, name="people.csv", policy=policy, preset="moodle")
    return import_stage(scope, planned=import_plan(scope, request=asked))


def imported(scope: Scope, *lines: str, **settings: Any) -> Done:
    return import_apply(scope, plan=planned(scope, *lines, **settings))


@pytest.mark.spec("NE-19")
def test_giving_a_condition_to_a_group_adds_whoever_meets_it_and_undo_takes_them_out(scope: Scope) -> None:
    made = condition(scope, "Biology", "department is biology")
    before = directory(scope)

    used = given(scope, "Biology")
    after = directory(scope)
    back = undone(scope, number=used.number)
    there = directory(scope)
    undone(scope, number=back.number)

    assert (made.verbs, used.verbs) == ({"create_condition": 1}, {"use_condition": 1, "join_group": 2})
    assert (there, directory(scope)) == (before, after)
    assert inside(scope) == {"ann": "condition", "bob": "condition"}


@pytest.mark.spec("NE-19")
def test_files_and_manual_edits_add_whoever_qualifies_now(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology")
    given(scope, "Biology")

    done = imported(
        scope, "cyd,cyd,Lee,cyd@x.org,Biology", "eve,Eve,Lee,eve@x.org,Biology", "dee,dee,Lee,dee@x.org,Art"
    )
    person_set(scope, username="dee", values={"department": "Biology"})

    assert done.verbs == {"create": 1, "update": 2, "join_group": 2}
    assert inside(scope) == dict.fromkeys(["ann", "bob", "cyd", "dee", "eve"], "condition")


@pytest.mark.spec("NE-19")
@pytest.mark.parametrize("removal", [False, True])
def test_whoever_no_longer_qualifies_leaves_only_with_automatic_removal(scope: Scope, removal: bool) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=removal)
    given(scope, "Biology")
    before = directory(scope)

    done = imported(scope, "ann,ann,Lee,ann@x.org,Physics")
    left = {"bob"} if removal else {"ann", "bob"}
    after = set(inside(scope))
    undone(scope, number=done.number)

    assert after == left
    assert done.verbs == {"update": 1, **({"leave_group": 1} if removal else {})}
    assert directory(scope) == before


@pytest.mark.spec("NE-20")
def test_memberships_of_other_reasons_and_groups_without_conditions_stay(scope: Scope) -> None:
    choir = models.Group.objects.create(organization=scope.organization, name="Choir")
    biologists = models.Group.objects.get(name="Biologists")
    ann = models.Person.objects.get(username="ann")
    for group in (choir, biologists):
        models.GroupMembership.objects.create(organization=scope.organization, group=group, person=ann)
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")

    imported(scope, "ann,ann,Lee,ann@x.org,Physics", "bob,bob,Lee,bob@x.org,Physics")

    assert inside(scope) == {"ann": "manual"}
    assert inside(scope, "Choir") == {"ann": "manual"}


def test_one_condition_that_holds_is_enough_and_all_must_have_automatic_removal(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    condition(scope, "Physics", "department is Physics", automatic_removal=True)
    condition(scope, "D", "firstname is dee")
    given(scope, "Biology", "Physics")
    both = inside(scope)

    imported(scope, "ann,ann,Lee,ann@x.org,Physics", "bob,bob,Lee,bob@x.org,Art")
    moved = inside(scope)
    given(scope, "Biology", "Physics", "D")
    imported(scope, "cyd,cyd,Lee,cyd@x.org,Art")

    assert list(both) == ["ann", "bob", "cyd"]
    assert list(moved) == ["ann", "cyd"]
    assert list(inside(scope)) == ["ann", "cyd", "dee"]


def test_changing_a_condition_moves_everybody_and_can_be_undone_after_others_joined(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")

    changed = condition(scope, "Science", "department is Physics", key="Biology")
    after = inside(scope)
    imported(scope, "eve,Eve,Lee,eve@x.org,Physics", "fay,Fay,Lee,fay@x.org,Biology")
    undone(scope, number=changed.number)

    assert changed.verbs == {"change_condition": 1, "join_group": 1, "leave_group": 2}
    assert after == {"cyd": "condition"}
    assert inside(scope) == dict.fromkeys(["ann", "bob", "fay"], "condition")
    assert [each.name for each in use.conditions_list(scope)] == ["Biology"]


def test_taking_a_condition_from_a_group_takes_out_its_people_with_automatic_removal(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")
    before = directory(scope)

    taken = given(scope)
    left = inside(scope)
    undone(scope, number=taken.number)

    assert (left, taken.verbs) == ({}, {"stop_condition": 1, "leave_group": 2})
    assert directory(scope) == before


def test_an_undo_keeps_whoever_qualifies_by_another_condition_since(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")
    done = imported(scope, "dee,dee,Lee,dee@x.org,Biology")
    condition(scope, "Lees", "firstname is dee", automatic_removal=True)
    given(scope, "Biology", "Lees")

    undone(scope, number=done.number)

    assert list(inside(scope)) == ["ann", "bob", "dee"]


def test_a_condition_in_use_cannot_be_removed(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology")
    given(scope, "Biology")

    with pytest.raises(PolicyError) as error:
        use.condition_remove(scope, key="Biology")
    given(scope)
    gone = applied(scope, change=use.condition_remove(scope, key="Biology"))
    none = use.conditions_list(scope)
    undone(scope, number=gone.number)

    assert error.value.code == "condition_in_use"
    assert none == []
    assert [each.clauses for each in use.conditions_list(scope)] == [("department is Biology",)]


@pytest.mark.spec("EN-13")
@pytest.mark.parametrize(("number", "is_over"), [(2, False), (1, True)])
def test_whoever_leaves_by_a_changed_condition_counts_under_the_limit(scope: Scope, number: int, is_over: bool) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")
    scope.organization.settings = {"limits": {"leave_group": [1, number]}}
    scope.organization.save()
    change = use.condition_save(scope, key="Biology", values={"clauses": ("department is Art",)})

    plan = plan_rules(scope, change=change)
    done = use.rules_apply(scope, change=change, plan=plan)

    assert bool(plan.head.awaiting) is is_over
    assert set(inside(scope)) == ({"ann", "bob"} if is_over else set())
    if is_over:
        import_approve(scope, number=done.number, confirm=2)
        assert inside(scope) == {}


@pytest.mark.spec("EN-13")
def test_a_file_by_which_many_leave_a_group_waits_for_approval(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")
    scope.organization.settings = {"limits": {"leave_group": [1, 1]}}
    scope.organization.save()

    plan = planned(scope, "ann,ann,Lee,ann@x.org,Physics", "bob,bob,Lee,bob@x.org,Physics")

    assert plan.head.awaiting == {"leave_group": 2, "update": 2}
    assert plan.head.verbs == {}


def test_a_plan_is_stale_once_somebody_came_whom_it_has_not_compared(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology")
    change = use.group_conditions_set(scope, group="Biologists", conditions=["Biology"])
    plan = plan_rules(scope, change=change)
    cast.person(scope.organization, username="eve", department="Biology")

    with pytest.raises(StalePlan) as error:
        use.rules_apply(scope, change=change, plan=plan)

    assert error.value.code == "people_came"
    assert inside(scope) == {}


def test_a_file_cannot_put_people_into_a_group_with_conditions(scope: Scope) -> None:
    group = models.Group.objects.get(name="Biologists")
    condition(scope, "Biology", "department is Biology")
    given(scope, "Biology")
    text = f"username,firstname,lastname,email,cohort1\ncyd,cyd,Lee,cyd@x.org,{group.pk}".encode()
    policy = Policy().replace(existing_people="update", update_details="from_file")

    found = import_plan(scope, request=ImportRequest(source=text, name="p.csv", policy=policy, preset="moodle"))

    assert set(found.plan.head.flags) == {"cohort_closed"}


@pytest.mark.spec("NE-19")
def test_unlisted_people_leave_a_group_of_active_people(scope: Scope) -> None:
    condition(scope, "Active", "status is active", automatic_removal=True)
    given(scope, "Active")
    models.Person.objects.filter(organization=scope.organization).update(source="import")

    done = imported(scope, "ann,ann,Lee,ann@x.org,Biology", "bob,bob,Lee,bob@x.org,Biology", unlisted="deactivate")

    assert done.verbs == {"leave_group": 2, "deactivate": 2}
    assert list(inside(scope)) == ["ann", "bob"]


def test_only_owners_and_administrators_may_change_conditions(scope: Scope) -> None:
    values = {"name": "Biology", "clauses": ("department is Biology",)}
    for role, may in {"owner": True, "admin": True, "manager": False, "viewer": False, "learner": False}.items():
        mine = Scope(scope.organization, cast.person(scope.organization, username=role, site_role=role))
        if may:
            plan_rules(mine, change=use.condition_save(mine, key=None, values=values))
        else:
            with pytest.raises(NotAllowed):
                use.condition_save(mine, key=None, values=values)
            with pytest.raises(NotAllowed):
                plan_rules(mine, change=RuleChange("x"))


def test_a_change_is_not_applied_with_rights_lost_since(scope: Scope) -> None:
    admin = cast.person(scope.organization, username="kim", site_role="admin")
    mine = Scope(scope.organization, admin)
    change = use.condition_save(mine, key=None, values={"name": "B", "clauses": ("department is Biology",)})
    plan = plan_rules(mine, change=change)
    record = change_new(mine, change=change)
    kept = plan_keep(record, plan=plan, progress=silent)
    models.Person.objects.filter(pk=admin.pk).update(site_role="manager")
    admin.refresh_from_db()

    with pytest.raises(NotAllowed):
        import_apply(mine, plan=kept)

    assert use.conditions_list(scope) == []


def test_conditions_of_another_organization_are_unknown(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology")
    given(scope, "Biology")
    there = cast.organization("other", settings=cast.UNBRAKED)
    models.Group.objects.create(organization=there, name="Biologists")
    cast.person(there, username="zoe", department="Biology")
    stranger = Scope(there, MACHINE)
    known = models.Condition.objects.get()

    assert use.conditions_list(stranger) == []
    with pytest.raises(NotFound):
        use.condition_save(stranger, key=known.pk, values={"name": "Mine"})
    with pytest.raises(NotFound):
        use.group_conditions_set(stranger, group="Biologists", conditions=["Biology"])
    forged = RuleChange("x", begun={"condition": [[known.pk, "Mine", "all", True, "[]"]]})
    with pytest.raises(PolicyError):
        plan_rules(stranger, change=forged)
    assert list(inside(scope)) == ["ann", "bob"]


def test_without_conditions_planning_asks_nothing_more(scope: Scope) -> None:
    def reads() -> list[str]:
        with CaptureQueriesContext(connection) as found:
            snapshot.reference(scope.organization)
        sql = [each["sql"] for each in found.captured_queries]
        return [
            table for table in ("store_condition t", "store_groupcondition t") if any(table in each for each in sql)
        ]

    before = reads()
    condition(scope, "Biology", "department is Biology")

    assert (before, reads()) == ([], ["store_condition t", "store_groupcondition t"])


def test_a_later_batch_follows_the_condition_that_the_first_part_changes(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the undo, whose parts are those of the change."""
    from enlist.services.imports import rules

    monkeypatch.setattr(rules, "BATCH", 1)
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    used = given(scope, "Biology")
    before = directory(scope)
    changed = condition(scope, "Biology", "department is Physics", key="Biology")
    after = inside(scope)
    undone(scope, number=changed.number)
    back = directory(scope)
    undone(scope, number=used.number)

    assert (list(after), back == before, inside(scope)) == (["cyd"], True, {})


def test_the_history_tells_which_groups_followed_from_a_manual_edit(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")

    person_set(scope, username="cyd", values={"department": "Biology"})
    person_set(scope, username="cyd", values={"department": "Art"})
    person_set(scope, username="cyd", values={"department": "Music"})
    values = {"firstname": "E", "lastname": "L", "email": "e@x.org", "department": "Biology"}
    person_add(scope, username="eve", values=values)

    notes = [each.note for each in activity.latest(scope) if each.action in ("person_changed", "person_added")]
    joins, leaves = "Joins Biologists (by a condition).", "Leaves Biologists (by a condition)."
    assert notes == [joins, "", leaves, joins]


def test_a_group_with_conditions_cannot_be_removed(scope: Scope) -> None:
    condition(scope, "Art", "department is Art")
    given(scope, "Art")

    with pytest.raises(PolicyError) as error:
        record_remove(scope, kind=GROUPS, key="Biologists")
    given(scope)
    record_remove(scope, kind=GROUPS, key="Biologists")

    assert error.value.code == "group_has_conditions"
    assert not models.Group.objects.exists()


@pytest.mark.spec("EN-13")
@pytest.mark.parametrize(
    ("members", "leaving", "limit", "waits"),
    [
        (0, 0, (0, 0), False),
        (1, 1, (0, 0), True),
        (1, 1, (0.01, 0), True),
        (1, 1, (0.01, 1), False),
        (2, 2, (0.01, 20), False),
        (3, 3, (0.01, 20), True),
        (3, 2, (0.01, 20), False),
        (4, 4, (0.4, 20), False),
        (5, 5, (0.4, 20), True),
        (5, 5, (0.5, 5), False),
        (6, 6, (1, 5), True),
        (6, 5, (1, 5), False),
        (6, 0, (0, 0), False),
    ],
)
@pytest.mark.parametrize("way", ["condition", "group", "file"])
def test_the_limit_counts_who_leaves_by_a_condition(
    scope: Scope, way: str, members: int, leaving: int, limit: tuple[float, int], waits: bool
) -> None:
    """Of ten active people; whether a changed condition, one taken from its group, or a file makes them leave."""
    for number in range(6):
        city = "Rome" if number < leaving else "Oslo"
        department = "Art" if number < members else ""
        cast.person(scope.organization, username=f"p{number}", firstname="P", lastname="L", email=f"p{number}@x.org",
                    department=department, city=city)  # fmt: skip
    condition(scope, "Art", "department is Art", automatic_removal=True)
    given(scope, "Art")
    scope.organization.settings = {"limits": {"leave_group": list(limit)}}
    scope.organization.save()

    if way == "file":
        lines = [f"p{number},P,L,p{number}@x.org,Music" for number in range(leaving)]
        plan = planned(scope, *lines, "ann,ann,Lee,ann@x.org,Biology")
    elif way == "condition":
        clauses = ("department is Art", "city is Oslo")
        plan = plan_rules(scope, change=use.condition_save(scope, key="Art", values={"clauses": clauses}))
    else:
        clauses = ("department is Art", "city is Oslo")
        condition(scope, "Norse", *clauses, automatic_removal=True)
        given(scope, "Art", "Norse")
        plan = plan_rules(scope, change=use.group_conditions_set(scope, group="Biologists", conditions=["Norse"]))

    assert ("leave_group" in plan.head.awaiting) is waits
    assert plan.head.awaiting.get("leave_group", leaving) == leaving


def test_needs_approval_is_raised_for_a_plan_over_the_limit(scope: Scope) -> None:
    condition(scope, "Biology", "department is Biology", automatic_removal=True)
    given(scope, "Biology")
    scope.organization.settings = {"limits": {"leave_group": [0, 0]}}
    scope.organization.save()
    change = use.group_conditions_set(scope, group="Biologists", conditions=[])
    plan = plan_rules(scope, change=change)
    kept = plan_keep(change_new(scope, change=change), plan=plan, progress=silent)

    with pytest.raises(NeedsApproval):
        import_apply(scope, plan=kept)

    assert pl.DataFrame(list(inside(scope))).height == 2
