"""What is over the limits needs approval, and is planned again when it is approved."""

from collections.abc import Sequence
from typing import Any

import pytest

from enlist.core.errors import NeedsApproval, PlanError, PolicyError, StalePlan
from enlist.core.policy import ChangeLimits, Limit, Policy
from enlist.services.imports.approval import import_approve, import_drop, import_hold
from enlist.services.imports.commit import Done
from enlist.services.imports.plan import (
    Planned,
    import_apply,
    import_plan,
    import_show,
    import_stage,
    import_undo_plan,
    imports_list,
)
from enlist.services.imports.request import ImportRequest
from enlist.store.models import Activity, Group, GroupMembership, Import, Organization, Person
from enlist.store.scope import MACHINE, Scope
from enlist.store.setup import limits

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)

ROSTER = Policy().replace(
    unlisted="deactivate", new_people="skip", existing_people="update", update_details="from_file"
)
UPDATE = ROSTER.replace(unlisted="keep")


def school_of(size: int, **cells: Any) -> Scope:
    school = cast.organization()
    people = [
        Person(organization=school, version=1, username=f"p{n}", username_key=f"p{n}", email=f"p{n}@x.org",
               email_key=f"p{n}@x.org", email_claim=f"p{n}@x.org", source="import", **cells)
        for n in range(size)
    ]  # fmt: skip
    Person.objects.bulk_create(people)
    return Scope(school, MACHINE)


def planned(scope: Scope, *lines: str, header: str = "username,email", policy: Policy = ROSTER) -> Planned:
    file = "\n".join([header, *lines]).encode()
    order = ImportRequest(source=file, name="people.csv", policy=policy, preset="moodle")
    return import_plan(scope, request=order, batch=7)


def imported(scope: Scope, *lines: str, **options: Any) -> Done:
    made = planned(scope, *lines, **options)
    return import_apply(scope, plan=import_stage(scope, planned=made))


def listing(numbers: Sequence[int]) -> list[str]:
    return [f"p{n},p{n}@x.org" for n in numbers]


def inactive(scope: Scope) -> set[str]:
    return set(
        Person.objects.filter(organization=scope.organization, state="inactive").values_list("username", flat=True)
    )


def state(number: int) -> str:
    return Import.objects.get(number=number).state


@pytest.mark.spec("EC-23")
@pytest.mark.parametrize(("listed", "awaiting"), [(38, 0), (37, 3)])
def test_what_is_over_the_limit_waits_and_exactly_at_it_goes_on(listed: int, awaiting: int) -> None:
    scope = school_of(40)

    made = planned(scope, *listing(range(listed)))
    done = import_apply(scope, plan=import_stage(scope, planned=made))

    assert (made.plan.head.awaiting, made.plan.head.awaiting_people) == (
        {"deactivate": awaiting} if awaiting else {},
        awaiting,
    )
    assert len(inactive(scope)) == 40 - listed - awaiting
    assert (done.waiting, done.waiting_people) == ((2, 3) if awaiting else (None, 0))
    assert [each.state for each in imports_list(scope)] == (["awaiting", "nothing_to_do"] if awaiting else ["applied"])


def test_the_rest_goes_on() -> None:
    scope = school_of(40)

    policy, header = ROSTER.replace(new_people="create"), "username,email,firstname,lastname"
    done = imported(scope, *listing(range(30)), "new,new@x.org,N,S", header=header, policy=policy)

    assert (done.verbs, done.waiting_people) == ({"create": 1}, 10)
    assert inactive(scope) == set()


def test_it_is_approved_by_the_number_of_people() -> None:
    scope = school_of(40)
    done = imported(scope, *listing(range(30)))

    with pytest.raises(PolicyError, match="You confirmed 9, but import 2 affects another number of people: 10"):
        import_approve(scope, number=2, confirm=9)
    approved = import_approve(scope, number=2, confirm=10)

    assert (done.waiting, approved.verbs) == (2, {"deactivate": 10})
    assert inactive(scope) == {f"p{n}" for n in range(30, 40)}
    assert (state(1), state(2)) == ("nothing_to_do", "applied")
    assert Activity.objects.get().note == "Import 2: 10 people."


def test_what_was_approved_can_be_undone() -> None:
    scope = school_of(40)
    imported(scope, *listing(range(30)))
    import_approve(scope, number=2, confirm=10)

    import_apply(scope, plan=import_undo_plan(scope, number=2))

    assert inactive(scope) == set()


def test_nothing_held_is_applied_without_an_approval() -> None:
    scope = school_of(40)
    made = planned(scope, *listing(range(30)))
    import_stage(scope, planned=made)
    assert made.awaiting is not None
    _, waiting = import_show(scope, number=2)
    assert waiting is not None

    for plan in (made.awaiting, waiting):
        with pytest.raises(NeedsApproval):
            import_apply(scope, plan=plan)
    with pytest.raises(PlanError, match="isn't waiting for approval"):
        import_approve(scope, number=2, confirm=10)

    assert inactive(scope) == set()


def test_what_waits_is_planned_on_the_directory_as_it_is_then() -> None:
    """People who are inactive by now need no change; everything else is as shown."""
    scope = school_of(40)
    imported(scope, *listing(range(30)))
    Person.objects.filter(username="p35").update(state="inactive", version=9)

    done = import_approve(scope, number=2, confirm=10)

    assert done.verbs == {"deactivate": 9}
    assert len(inactive(scope)) == 10


def test_it_is_shown_again_where_others_are_touched_by_now() -> None:
    scope = school_of(40)
    imported(scope, *listing(range(30)))
    Person.objects.filter(username="p35").update(state="inactive", version=9)
    cast.person(scope.organization, username="zoe", source="import")

    with pytest.raises(StalePlan, match=r"others are among them \(1\). Nothing was applied"):
        import_approve(scope, number=2, confirm=10)

    assert inactive(scope) == {"p35"}
    _, plan = import_show(scope, number=2)
    assert plan is not None
    assert (state(2), plan.head.awaiting) == ("awaiting", {"deactivate": 10})
    import_approve(scope, number=2, confirm=10)
    assert "zoe" in inactive(scope)


def test_what_waits_can_be_dropped() -> None:
    scope = school_of(40)
    imported(scope, *listing(range(30)))

    import_drop(scope, number=2)

    assert (state(2), inactive(scope)) == ("dropped", set())
    for action in (lambda: import_drop(scope, number=2),
                 lambda: import_approve(scope, number=2, confirm=10)):  # fmt: skip
        with pytest.raises(PlanError, match="isn't waiting for approval"):
            action()


def test_rows_wait_whole_with_those_that_depend_on_them() -> None:
    """Fifty of seventy people change; the newcomer takes an address that one of them gives up."""
    scope = school_of(70)
    lines = [f"p{n},q{n}@x.org,," for n in range(50)]

    made = planned(
        scope,
        *lines,
        "new,p3@x.org,N,S",
        "p60,p60@x.org,,",
        header="username,email,firstname,lastname",
        policy=UPDATE.replace(new_people="create"),
    )
    done = import_apply(scope, plan=import_stage(scope, planned=made))

    statuses = made.plan.statuses().get_column("row_status").to_list()
    assert statuses == ["skipped"] * 51 + ["unchanged"]
    assert made.plan.head.flags["row_held"] == 51
    assert made.plan.head.awaiting == {"update": 50}
    assert (done.nothing_to_do, done.waiting_people) == (True, 51)
    approved = import_approve(scope, number=2, confirm=51)
    assert approved.verbs == {"create": 1, "update": 50}
    assert Person.objects.get(username="p3").email == "q3@x.org"


def test_rows_wait_with_a_later_row_that_gives_up_what_they_need() -> None:
    scope = school_of(70)
    lines = ["new,p3@x.org,N,S", "p60,z@x.org,,", *(f"p{n},q{n}@x.org,," for n in range(50))]

    made = planned(
        scope,
        *lines,
        header="username,email,firstname,lastname",
        policy=UPDATE.replace(new_people="create"),
    )
    done = import_apply(scope, plan=import_stage(scope, planned=made))

    assert set(made.plan.statuses().get_column("row_status")) == {"skipped"}
    held = {flag["row"]: flag["detail"] for flag in made.plan.flags().to_dicts() if flag["code"] == "row_held"}
    assert held[0] == "it needs a value that a row that needs approval gives up"
    assert (done.nothing_to_do, done.waiting_people) == (True, 52)
    assert import_approve(scope, number=2, confirm=52).verbs == {"create": 1, "update": 51}
    assert Person.objects.get(username="new").email == "p3@x.org"


def test_rows_before_a_held_one_go_on() -> None:
    scope = school_of(40)
    lines = ["p0,r@x.org", *(f"p{n},q{n}@x.org" for n in range(1, 30)), "p0,s@x.org"]
    made = planned(scope, *lines, policy=UPDATE)

    assert made.plan.head.verbs == {}
    assert made.awaiting is not None
    assert made.awaiting.head.verbs == {"update": 30}


def test_an_undo_is_braked_alike_and_as_a_whole() -> None:
    scope = school_of(40)
    done = imported(scope, *listing(range(40)), *(f"n{n},n{n}@x.org" for n in range(3)), header="username,email",
                    policy=ROSTER.replace(fixed_values={"city": "Rome"}, new_people="skip"))  # fmt: skip
    assert done.waiting == 2
    approved = import_approve(scope, number=2, confirm=40)
    plan = import_undo_plan(scope, number=approved.number)

    with pytest.raises(
        NeedsApproval, match="40 people would be updated, at most 20 of 40 active people may be without approval"
    ):
        import_apply(scope, plan=plan)
    awaiting = import_hold(scope, plan=plan)
    undone = import_approve(scope, number=awaiting.number, confirm=40)

    assert plan.head.awaiting == {"update": 40}
    assert undone.verbs == {"update": 40}
    assert set(Person.objects.values_list("city", flat=True)) == {""}
    assert (state(2), state(awaiting.number)) == ("undone", "applied")


def test_an_undo_that_takes_everybody_out_of_a_group_waits() -> None:
    """Leaving a group counts as leaving a course group does."""
    scope = school_of(300)
    Group.objects.create(organization=scope.organization, name="Chess", idnumber="chess")
    lines = [f"{line},chess" for line in listing(range(300))]
    done = imported(scope, *lines, header="username,email,cohort1", policy=UPDATE)
    plan = import_undo_plan(scope, number=done.number)

    with pytest.raises(
        NeedsApproval, match="300 people would be taken out of groups, at most 15 of 300 active people may be"
    ):
        import_apply(scope, plan=plan)

    assert (plan.head.verbs, GroupMembership.objects.count()) == ({"leave_group": 300}, 300)


def test_a_file_that_names_somebody_unreadable_waits_for_an_approval() -> None:
    scope = school_of(40)

    done = imported(scope, *listing(range(39)), ",zoe@x.org")

    assert (done.waiting_people, inactive(scope)) == (1, set())
    import_approve(scope, number=2, confirm=1)
    assert inactive(scope) == {"p39"}


def test_the_limits_are_the_organisations() -> None:
    scope = school_of(40)
    with pytest.raises(PolicyError, match="Limits belong to the organisation"):
        planned(scope, "p1,", policy=ROSTER.replace(limits={"deactivate": [1, 1000]}))
    stale = planned(scope, *listing(range(38)))

    limits.change_limits(scope, limits=ChangeLimits(deactivate=Limit(share=1, number=9)))

    with pytest.raises(StalePlan):
        import_apply(scope, plan=stale.plan)
    assert planned(scope, *listing(range(31))).awaiting is None
    assert planned(scope, *listing(range(30))).awaiting is not None
    assert Activity.objects.get().note == "deactivate: [0.05, 20] → [1, 9]."


def test_a_plan_over_the_limits_is_refused_wherever_it_comes_from() -> None:
    """As a file of a plan can be made by anybody."""
    scope = school_of(40)
    limits.change_limits(scope, limits=ChangeLimits(deactivate=Limit(share=1, number=99)))
    plan = planned(scope, *listing(range(30))).plan
    Organization.objects.update(settings={})

    with pytest.raises(NeedsApproval):
        import_apply(scope, plan=plan)


@pytest.mark.parametrize("name", ["", "username,email\n"])
def test_files_without_rows_touch_nobody(name: str) -> None:
    from enlist.core.errors import FileError

    scope = school_of(3)
    with pytest.raises(FileError):
        import_plan(scope, request=ImportRequest(source=name.encode(), name="x.csv", policy=ROSTER, preset="moodle"))
    assert inactive(scope) == set()
