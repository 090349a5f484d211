"""Courses that groups give: who is enrolled and suspended by files, edits, other rules and undo (NE-27, EN-13)."""

from typing import Any

import polars as pl
import pytest

from enlist.core.errors import NotAllowed, NotFound, PolicyError, StalePlan
from enlist.core.plan.plan import Plan
from enlist.core.plan.preview import preview
from enlist.core.policy import Policy
from enlist.core.setup_kinds import COURSES, GROUPS
from enlist.services.access import Scope
from enlist.services.imports import conditions
from enlist.services.imports.approval import import_approve
from enlist.services.imports.commit import Done
from enlist.services.imports.group_courses import group_courses, group_courses_set
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.rules import RuleChange, plan_rules
from enlist.services.people.edit import person_set
from enlist.services.people.listing import person_show
from enlist.services.setup.records import record_change, record_remove
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.scope import MACHINE
from tests.support.laws import whole

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


PEOPLE = "username,groups,firstname,lastname,email"


@pytest.fixture
def scope() -> Scope:
    """A school with the courses art and law, the groups Choir and in it Altos, and four people, ann in Choir."""
    here = cast.organization(settings=cast.UNBRAKED)
    cast.role(here)
    for shortname in ("art", "law"):
        cast.course(here, shortname=shortname)
    choir = models.Group.objects.create(organization=here, name="Choir", kind="import")
    models.Group.objects.create(organization=here, name="Altos", kind="import", parent=choir)
    models.Group.objects.create(organization=here, name="Band", kind="import")
    for name in ("ann", "bob", "cyd", "dee"):
        cast.person(here, username=name, firstname=name, lastname="Lee", email=f"{name}@x.org")
    scope = Scope(here, MACHINE)
    imported(scope, "ann,Choir")
    return scope


def courses(scope: Scope, shortname: str = "art") -> dict[str, str]:
    """The people who have a course, and how: source and status."""
    found = models.Enrolment.objects.filter(organization=scope.organization, course__shortname=shortname)
    lines = found.exclude(status="ended").order_by("person__username")
    return {
        name: f"{source} {status}" for name, source, status in lines.values_list("person__username", "source", "status")
    }


def directory(scope: Scope) -> dict[str, Any]:
    return whole(snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization)))


def planned(scope: Scope, *lines: str, header: str = "username,groups", **settings: Any) -> Plan:
    settings = {"group_column": "mirror", "new_people": "create" if "email" in header else "skip", **settings}
    policy = Policy().replace(existing_people="update", update_details="from_file", **settings)
    text = "\n".join([header, *lines]).encode()
    asked = ImportRequest(source=text, name="people.csv", policy=policy, preset="moodle")
    return import_stage(scope, planned=import_plan(scope, request=asked))


def imported(scope: Scope, *lines: str, **asked: Any) -> Done:
    return import_apply(scope, plan=planned(scope, *lines, **asked))


def undone(scope: Scope, *, number: int) -> Done:
    return import_apply(scope, plan=import_undo_plan(scope, number=number))


def change(scope: Scope, *names: str, group: str = "Choir") -> RuleChange:
    return group_courses_set(scope, group=group, given=names)


def given(scope: Scope, *names: str, group: str = "Choir") -> Done:
    """Let a group give exactly these courses, and hold apply to what the preview shows."""
    before = snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization))
    wanted = change(scope, *names, group=group)
    plan = plan_rules(scope, change=wanted)
    done = conditions.rules_apply(scope, change=wanted, plan=plan)
    ids = records.ids_of(records.get(scope, number=done.number))
    assert directory(scope) == whole(preview(before, plan, applied=ids))
    return done


@pytest.mark.spec("NE-27")
def test_members_have_the_course_lose_it_on_leaving_and_have_it_again_with_their_progress(scope: Scope) -> None:
    done = given(scope, "art")
    first = courses(scope)
    models.Enrolment.objects.update(progress=40)
    left = imported(scope, "ann,", "bob,Choir")
    second = courses(scope)
    again = imported(scope, "ann,Choir")

    assert (done.verbs, first) == ({"give_course": 1, "enrol": 1}, {"ann": "group active"})
    assert left.verbs == {"leave_group": 1, "enrol": 1, "suspend_enrolment": 1, "join_group": 1}
    assert second == {"ann": "group suspended", "bob": "group active"}
    assert again.verbs == {"resume_enrolment": 1, "join_group": 1}
    assert courses(scope) == {"ann": "group active", "bob": "group active"}
    assert models.Enrolment.objects.get(person__username="ann").progress == 40


@pytest.mark.spec("NE-27")
def test_members_of_groups_below_have_the_course_too(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "cyd,Altos")
    below = courses(scope)
    given(scope, "law", group="Altos")

    assert below == {"ann": "group active", "cyd": "group active"}
    assert courses(scope, "law") == {"cyd": "group active"}


@pytest.mark.spec("NE-27")
def test_who_leaves_one_of_two_groups_that_give_a_course_keeps_it(scope: Scope) -> None:
    given(scope, "art")
    given(scope, "art", group="Band")
    imported(scope, "ann,Choir;Band")
    one = imported(scope, "ann,Band")
    there = courses(scope)
    taken = given(scope, group="Band")

    assert "suspend_enrolment" not in one.verbs
    assert there == {"ann": "group active"}
    assert taken.verbs == {"take_course": 1, "suspend_enrolment": 1}
    assert courses(scope) == {"ann": "group suspended"}


@pytest.mark.spec("NE-27")
def test_an_enrolment_that_a_person_or_a_file_made_is_left_alone(scope: Scope) -> None:
    ann, art = models.Person.objects.get(username="ann"), models.Course.objects.get(shortname="art")
    cast.enrolment(ann, course=art, role=models.Role.objects.get())
    models.Enrolment.objects.update(source="manual")
    imported(scope, "bob,Choir,art", header="username,groups,course1")
    given(scope, "art")
    imported(scope, "ann,", "bob,")

    assert courses(scope) == {"ann": "manual active", "bob": "import active"}


@pytest.mark.spec("NE-27")
def test_undo_restores_and_its_undo_gives_back(scope: Scope) -> None:
    start = directory(scope)
    rule = given(scope, "art", "law")
    before = directory(scope)
    done = imported(
        scope, "ann,,ann,Lee,ann@x.org", "bob,Altos,bob,Lee,bob@x.org", "eve,Choir,Eve,Lee,e@x.org", header=PEOPLE
    )
    imported_ = directory(scope)
    back = undone(scope, number=done.number)
    there = directory(scope)
    undone(scope, number=back.number)
    again = directory(scope)
    undone(scope, number=done.number)
    undone(scope, number=rule.number)

    assert (there, again, directory(scope)) == (before, imported_, start)


@pytest.mark.spec("NE-27")
def test_an_undo_keeps_a_course_that_another_group_has_given_since_and_says_so(scope: Scope) -> None:
    given(scope, "art")
    done = imported(scope, "bob,Choir")
    given(scope, "art", group="Band")
    imported(scope, "bob,Band", group_column="add")

    plan = import_undo_plan(scope, number=done.number)
    import_apply(scope, plan=plan)

    assert plan.head.verbs == {"leave_group": 1}
    assert plan.flags().select("code", "field", "value").rows() == [("kept_changed_since", "enrolment", "bob")]
    assert courses(scope) == {"ann": "group active", "bob": "group active"}


@pytest.mark.spec("NE-27")
def test_an_undo_gives_no_course_back_that_the_group_no_longer_gives(scope: Scope) -> None:
    given(scope, "art")
    done = imported(scope, "ann,")
    given(scope)

    undone(scope, number=done.number)

    assert courses(scope) == {"ann": "group suspended"}
    assert models.GroupMembership.objects.filter(person__username="ann").exists()


@pytest.mark.spec("NE-27")
def test_the_undo_of_a_rule_leaves_out_a_course_that_is_gone(scope: Scope) -> None:
    """Nobody was ever in it, so it could be removed."""
    given(scope, "law", group="Band")
    done = given(scope, group="Band")
    record_remove(scope, kind=COURSES, key="law")

    undone(scope, number=given(scope, "art").number)
    plan = import_undo_plan(scope, number=done.number)

    assert plan.is_empty


@pytest.mark.spec("NE-27")
def test_new_people_of_the_home_group_and_by_condition_have_its_course(scope: Scope) -> None:
    given(scope, "art")
    given(scope, "law", group="Band")
    saved = conditions.condition_save(scope, key=None, values={"name": "R", "clauses": ("city is Rome",)})
    for wanted in (saved, None):
        wanted = wanted or conditions.group_conditions_set(scope, group="Band", conditions=["R"])
        conditions.rules_apply(scope, change=wanted, plan=plan_rules(scope, change=wanted))

    imported(scope, "eve,Eve,Lee,e@x.org", header="username,firstname,lastname,email", home_group="Choir")
    person_set(scope, username="dee", values={"city": "Rome"})

    assert courses(scope) == {"ann": "group active", "eve": "group active"}
    assert courses(scope, "law") == {"dee": "group active"}


@pytest.mark.spec("NE-27")
def test_whoever_is_deactivated_keeps_the_course_and_whoever_is_removed_has_none(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "bob,Choir")
    person_set(scope, username="ann", values={"state": "inactive"})
    kept = courses(scope)
    done = imported(scope, "bob,1", header="username,deleted", deletes="allow")
    gone = courses(scope)
    undone(scope, number=done.number)

    assert kept == {"ann": "group active", "bob": "group active"}
    assert gone == {"ann": "group active"}
    assert courses(scope) == kept


@pytest.mark.spec("NE-27")
def test_a_file_changes_no_status_of_an_enrolment_that_a_group_decides(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "bob,Choir")
    imported(scope, "bob,")

    plan = planned(scope, "ann,art,1", "bob,art,0", "ann,art,0", "bob,art,", header="username,course1,enrolstatus1")
    import_apply(scope, plan=plan)

    flags = plan.flags().filter(pl.col("code") == "course_of_group").sort("line")
    assert flags.select("line", "field", "value", "detail").rows() == [
        (2, "course1", "art", "active"), (3, "course1", "art", "suspended"), (5, "course1", "art", "suspended"),
    ]  # fmt: skip
    assert courses(scope) == {"ann": "group active", "bob": "group suspended"}


@pytest.mark.spec("NE-27")
def test_a_group_or_course_in_use_stays_and_a_group_is_not_moved_to_other_courses(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "cyd,Altos")
    refused = []
    for attempt in (
        lambda: record_remove(scope, kind=COURSES, key="art"),
        lambda: record_change(scope, kind=GROUPS, key="Altos", values={"above": ""}),
        lambda: record_change(scope, kind=GROUPS, key="Altos", values={"above": "Band"}),
    ):
        with pytest.raises(PolicyError) as error:
            attempt()
        refused.append(error.value.code)
    given(scope, "law", group="Band")
    with pytest.raises(PolicyError) as error:
        record_remove(scope, kind=GROUPS, key="Band")
    given(scope, group="Band")
    given(scope)
    record_change(scope, kind=GROUPS, key="Altos", values={"above": "Band"})

    assert [*refused, error.value.code] == [
        "course_has_people", "group_moves_courses", "group_moves_courses", "group_gives_courses",
    ]  # fmt: skip


def test_a_course_that_a_group_gives_is_not_removed(scope: Scope) -> None:
    given(scope, "law", group="Band")

    with pytest.raises(PolicyError) as error:
        record_remove(scope, kind=COURSES, key="law")

    assert error.value.code == "course_given_by_group"


@pytest.mark.spec("EN-13", "NE-27")
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
@pytest.mark.parametrize("way", ["group", "file", "undo"])
def test_the_limit_counts_who_loses_a_course(
    scope: Scope, way: str, members: int, leaving: int, limit: tuple[float, int], waits: bool
) -> None:
    """Of ten active people; whether the group no longer gives it, or a file or an undo takes them out of the group."""
    band = models.Group.objects.get(name="Band")
    for number in range(6):
        name = f"p{number}"
        ours = cast.person(scope.organization, username=name, firstname="P", lastname="L", email=f"{name}@x.org")
        if number < members:
            models.GroupMembership.objects.create(
                organization=scope.organization, group=band, person=ours, source="import"
            )
    given(scope, "art", group="Band")
    leavers = [f"p{number}," for number in range(leaving)]
    if way == "group":
        given(scope, "art", group="Choir")
        imported(scope, "ann,Choir", *(f"p{number},Choir" for number in range(leaving, members)), group_column="add")
    if way == "undo":
        imported(scope, "ann,Choir", *leavers)
        again = imported(scope, "dee,Choir", *(f"{line}Band" for line in leavers))
    scope.organization.settings = {"limits": {**cast.UNBRAKED["limits"], "unenrol": list(limit)}}
    scope.organization.save()

    if way == "group":
        plan = plan_rules(scope, change=change(scope, group="Band"))
    elif way == "undo":
        plan = import_undo_plan(scope, number=again.number)
    else:
        plan = planned(scope, "ann,Choir", *leavers)

    assert ("unenrol" in plan.head.awaiting) is waits
    assert plan.head.awaiting.get("unenrol", leaving) == leaving


@pytest.mark.spec("EN-13", "NE-27")
def test_a_change_over_the_limit_waits_and_is_applied_once_approved(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "bob,Choir")
    scope.organization.settings = {"limits": {**cast.UNBRAKED["limits"], "unenrol": [1, 1]}}
    scope.organization.save()

    wanted = change(scope)
    done = conditions.rules_apply(scope, change=wanted, plan=plan_rules(scope, change=wanted))
    there = courses(scope)
    import_approve(scope, number=done.number, confirm=2)

    assert done.waiting_people == 2
    assert there == {"ann": "group active", "bob": "group active"}
    assert courses(scope) == {"ann": "group suspended", "bob": "group suspended"}


def test_a_plan_is_stale_once_a_membership_or_the_courses_of_a_group_changed(scope: Scope) -> None:
    given(scope, "art")
    codes = []
    for is_rule in (True, False):
        plan = planned(scope, "ann,Band", "bob,Choir")
        given(scope, "art", "law") if is_rule else imported(scope, "bob,Choir", "ann,")
        with pytest.raises(StalePlan) as error:
            import_apply(scope, plan=plan)
        codes.append(error.value.code)
    wanted = change(scope, "law")
    plan = plan_rules(scope, change=wanted)
    imported(scope, "cyd,Choir")
    with pytest.raises(StalePlan) as error:
        conditions.rules_apply(scope, change=wanted, plan=plan)

    assert [*codes, error.value.code] == ["setup_changed", "people_changed", "people_changed"]


def test_the_page_of_a_person_tells_which_groups_give_a_course(scope: Scope) -> None:
    given(scope, "art")
    imported(scope, "cyd,Altos")
    given(scope, "art", group="Altos")
    imported(scope, "ann,")

    by = {name: person_show(scope, username=name).courses[0].given_by for name in ("ann", "cyd")}

    assert by == {"ann": "", "cyd": "Altos, Choir"}


def test_only_owners_and_administrators_may_change_the_courses_of_groups(scope: Scope) -> None:
    for role, may in {"owner": True, "admin": True, "manager": False, "viewer": False, "learner": False}.items():
        mine = Scope(scope.organization, cast.person(scope.organization, username=role, site_role=role))
        if may:
            plan_rules(mine, change=change(mine, "art"))
        else:
            with pytest.raises(NotAllowed):
                change(mine, "art")


def test_groups_and_courses_of_another_organization_are_neither_seen_nor_touched(scope: Scope) -> None:
    there = cast.organization("other", settings=cast.UNBRAKED)
    cast.role(there)
    cast.course(there, shortname="zoo")
    models.Group.objects.create(organization=there, name="Zoo")
    stranger = Scope(there, MACHINE)
    given(stranger, "zoo", group="Zoo")
    mine = models.Group.objects.get(name="Choir")
    art = models.Course.objects.get(shortname="art")
    before = rows(there)

    given(scope, "art")
    imported(scope, "ann,")
    for attempt in (
        lambda: change(stranger, "art", group="Zoo"),
        lambda: change(stranger, "zoo", group="Choir"),
        lambda: group_courses(stranger, group=f"#{mine.pk}"),
    ):
        with pytest.raises(NotFound):
            attempt()
    role = models.Role.objects.get(organization=there).pk
    for line in ([mine.pk, models.Course.objects.get(shortname="zoo").pk, role], [1, art.pk, role]):
        with pytest.raises(PolicyError):
            plan_rules(stranger, change=RuleChange("x", begun={"group_course": [line]}))

    assert rows(there) == before
    assert group_courses(stranger, group="Zoo") == ["zoo"]


def rows(of: models.Organization) -> list[Any]:
    found = (models.GroupCourse, models.Enrolment, models.GroupMembership, models.Person, models.Import)
    return [sorted(each.objects.filter(organization=of).values_list()) for each in found]


@pytest.mark.spec("NE-27", "EN-13")
@pytest.mark.parametrize("limit", [1, 2])
def test_unlisted_people_who_leave_a_group_by_its_condition_lose_its_courses(scope: Scope, limit: int) -> None:
    """Above the limit they stay active until somebody approves."""
    values = {"name": "Active", "clauses": ("status is active",), "automatic_removal": True}
    saved = conditions.condition_save(scope, key=None, values=values)
    conditions.rules_apply(scope, change=saved, plan=plan_rules(scope, change=saved))
    used = conditions.group_conditions_set(scope, group="Band", conditions=["Active"])
    conditions.rules_apply(scope, change=used, plan=plan_rules(scope, change=used))
    given(scope, "art", group="Band")
    models.Person.objects.filter(organization=scope.organization).update(source="import")
    scope.organization.settings = {"limits": {**cast.UNBRAKED["limits"], "unenrol": [1, limit]}}
    scope.organization.save()

    done = imported(scope, "ann", "bob", header="username", unlisted="deactivate", group_column="off")

    lost = {"ann": "group active", "bob": "group active", "cyd": "group suspended", "dee": "group suspended"}
    kept = dict.fromkeys(lost, "group active")
    assert courses(scope) == (kept if limit == 1 else lost)
    if limit == 1:
        assert done.waiting
        import_approve(scope, number=done.waiting, confirm=2)
        assert courses(scope) == lost
