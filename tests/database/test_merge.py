"""Two people who are one become one, with preview, limits, history and undo (EN-16)."""

from dataclasses import replace
from typing import Any

import pytest

from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.core.plan.plan import Plan
from enlist.core.plan.preview import preview
from enlist.core.policy import Limit
from enlist.services.access import Scope
from enlist.services.imports.approval import import_approve
from enlist.services.imports.changes import change_apply
from enlist.services.imports.commit import Done
from enlist.services.imports.merge import merge_between, merge_compare, plan_merge
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.people.links import LinkEnds, link_add
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.scope import MACHINE
from enlist.store.setup import limits
from tests.support.laws import whole

from . import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("EN-16")]


@pytest.fixture
def scope() -> Scope:
    """A school where ann and anne are the same, and bob is their child."""
    here = cast.organization(settings=cast.UNBRAKED)
    cast.person(here, username="ann", firstname="Ann", lastname="Lee", email="ann@x.org")
    cast.person(here, username="anne", firstname="Anne", lastname="Lee", email="anne@y.org", city="Oslo", idnumber="7")
    cast.person(here, username="bob", firstname="Bob", lastname="Lee", email="bob@x.org")
    return Scope(here, MACHINE)


def person(scope: Scope, username: str) -> models.Person:
    return models.Person.objects.get(organization=scope.organization, username=username)


def directory(scope: Scope) -> dict[str, Any]:
    return whole(snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization)))


def planned(scope: Scope, kept: str = "ann", other: str = "anne", *, take: tuple[str, ...] = ()) -> Plan:
    return plan_merge(scope, change=merge_between(scope, kept=kept, other=other, take=take))


def merged(scope: Scope, kept: str = "ann", other: str = "anne", *, take: tuple[str, ...] = ()) -> Done:
    """Merge two people, and hold apply to what the preview shows."""
    change = merge_between(scope, kept=kept, other=other, take=take)
    before = snapshot.snapshot(scope.organization, reference=snapshot.reference(scope.organization))
    plan = plan_merge(scope, change=change)
    done = change_apply(scope, change=change, plan=plan)
    ids = records.ids_of(records.get(scope, number=done.number))
    assert directory(scope) == whole(preview(before, plan, applied=ids))
    return done


def undone(scope: Scope, number: int) -> None:
    import_apply(scope, plan=import_undo_plan(scope, number=number))


def enrolled(scope: Scope, who: str, **values: Any) -> models.Enrolment:
    here = scope.organization
    course = models.Course.objects.filter(organization=here).first() or cast.course(here)
    role = models.Role.objects.filter(organization=here).first() or cast.role(here)
    return models.Enrolment.objects.create(
        organization=here, person=person(scope, who), course=course, role=role, **values
    )


def live(scope: Scope) -> dict[str, tuple[str, int]]:
    found = models.Enrolment.objects.filter(organization=scope.organization).exclude(status="ended")
    return {each.person.username: (each.status, each.progress) for each in found.select_related("person")}


def test_blanks_are_filled_and_the_other_becomes_inactive_with_a_mark(scope: Scope) -> None:
    before = directory(scope)

    done = merged(scope)

    ann, anne = person(scope, "ann"), person(scope, "anne")
    assert (ann.firstname, ann.email, ann.city, ann.idnumber) == ("Ann", "ann@x.org", "Oslo", "7")
    assert (anne.state, anne.email, anne.city, anne.idnumber) == ("inactive", "anne@y.org", "Oslo", "")
    assert list(models.Merge.objects.values_list("person", "merged_into")) == [(anne.pk, ann.pk)]
    assert done.verbs == {"update": 2, "deactivate": 1, "merge": 1}
    undone(scope, done.number)
    assert directory(scope) == before


def test_a_person_chooses_whose_values_stay_and_keys_are_exchanged(scope: Scope) -> None:
    before = directory(scope)

    done = merged(scope, take=("username", "email", "firstname"))

    kept, other = person(scope, "anne"), person(scope, "ann")
    assert (kept.email, kept.firstname, kept.state) == ("anne@y.org", "Anne", "active")
    assert (other.email, other.firstname, other.state) == ("ann@x.org", "Anne", "inactive")
    undone(scope, done.number)
    assert directory(scope) == before


def test_records_move_and_of_those_that_both_have_one_stays(scope: Scope) -> None:
    here = scope.organization
    group, choir = (models.Group.objects.create(organization=here, name=name) for name in ("Chess", "Choir"))
    for who, into in (("ann", group), ("anne", group), ("anne", choir)):
        models.GroupMembership.objects.create(organization=here, person=person(scope, who), group=into)
    link_add(scope, ends=LinkEnds("bob", "anne", "parent"))
    before = directory(scope)

    plan = planned(scope)
    done = merged(scope)

    flags = plan.flags()
    assert flags.select("code", "value", "detail").rows() == [("merge_both", "Chess", "group")]
    mine = models.GroupMembership.objects.filter(person=person(scope, "ann"))
    assert sorted(mine.values_list("group__name", flat=True)) == ["Chess", "Choir"]
    assert not models.GroupMembership.objects.filter(person=person(scope, "anne")).exists()
    assert models.Link.objects.get().other == person(scope, "ann")
    assert list(models.PersonRole.objects.values_list("person__username", "site_role")) == [("ann", "parent")]
    undone(scope, done.number)
    assert directory(scope) == before


@pytest.mark.parametrize(
    ("mine", "theirs", "status", "progress"),
    [
        ({"status": "suspended", "progress": 70}, {"status": "active", "progress": 20}, "active", 70),
        ({"status": "active", "progress": 0}, {"status": "suspended", "progress": 90}, "active", 90),
        (None, {"status": "suspended", "progress": 30}, "suspended", 30),
    ],
)
def test_the_stronger_enrolment_stays_with_the_progress(
    scope: Scope, mine: dict[str, Any] | None, theirs: dict[str, Any], status: str, progress: int
) -> None:
    if mine:
        enrolled(scope, "ann", **mine)
    enrolled(scope, "anne", **theirs)
    before = directory(scope)

    done = merged(scope)

    assert live(scope) == {"ann": (status, progress)}
    undone(scope, done.number)
    assert directory(scope) == before
    assert live(scope)["anne"] == (theirs["status"], theirs["progress"])


def test_a_leaving_date_stays_with_its_account(scope: Scope) -> None:
    anne, here = person(scope, "anne"), scope.organization
    models.Departure.objects.create(organization=here, person=anne, leaves_on="2999-01-01", source="import")
    before = directory(scope)

    done = merged(scope)
    after = models.Departure.objects.count()
    undone(scope, done.number)

    assert after == 0
    assert directory(scope) == before


def test_an_active_person_merged_into_an_inactive_one_leaves_them_active(scope: Scope) -> None:
    models.Person.objects.filter(username="ann").update(state="inactive")

    done = merged(scope)

    assert (person(scope, "ann").state, person(scope, "anne").state) == ("active", "inactive")
    assert done.verbs["reactivate"] == 1


def test_links_to_sign_in_of_the_merged_one_stop_working(scope: Scope) -> None:
    for name in ("ann", "anne"):
        models.AccountToken.objects.create(
            organization=scope.organization, person=person(scope, name), purpose="activate", hash=name,
            created_at="2027-01-01T00:00:00Z",
        )  # fmt: skip

    merged(scope)

    assert list(models.AccountToken.objects.values_list("hash", flat=True)) == ["ann"]


def test_a_merged_person_can_be_merged_on_but_not_elsewhere(scope: Scope) -> None:
    first = merged(scope)
    with pytest.raises(PolicyError, match="anne is merged into somebody else already"):
        planned(scope, "bob", "anne")

    second = merged(scope, "bob", "ann")

    assert set(models.Merge.objects.values_list("person__username", "merged_into__username")) == {
        ("anne", "bob"), ("ann", "bob"),
    }  # fmt: skip
    undone(scope, second.number)
    undone(scope, first.number)
    assert not models.Merge.objects.exists()


@pytest.mark.parametrize(("most", "needs_approval"), [(1, False), (0, True)])
def test_a_merge_counts_as_a_deactivation(most: int, needs_approval: bool, scope: Scope) -> None:
    others = limits.limits_of(scope.organization)
    limits.change_limits(scope, limits=replace(others, deactivate=Limit(share=1, number=most)))
    change = merge_between(scope, kept="ann", other="anne")

    done = change_apply(scope, change=change, plan=plan_merge(scope, change=change))

    assert (person(scope, "anne").state == "active", bool(done.waiting)) == (needs_approval, needs_approval)
    if needs_approval:
        import_approve(scope, number=done.number, confirm=done.waiting_people)
        assert person(scope, "anne").state == "inactive"


def test_only_admins_merge_and_nobody_mixes_team_members_with_others(scope: Scope) -> None:
    here = scope.organization
    for name, role in (("owner", "owner"), ("admin", "admin"), ("admin2", "admin"), ("manager", "manager")):
        cast.person(here, username=name, site_role=role)
    admin = Scope(here, person(scope, "admin"))

    refused: dict[str, str] = {}
    for who, kept, other in (
        ("manager", "ann", "anne"), ("admin", "ann", "manager"), ("admin", "owner", "admin2"),
        ("admin", "admin2", "admin"), ("admin", "admin", "admin2"), ("admin", "ann", "ann"), ("admin", "ann", "nobody"),
    ):  # fmt: skip
        with pytest.raises((NotAllowed, PolicyError, NotFound)) as error:
            planned(Scope(here, person(scope, who)), kept, other)
        refused[f"{who}: {kept} {other}"] = error.value.code

    assert refused == {
        "manager: ann anne": "right_missing",
        "admin: ann manager": "merge_across_roles",
        "admin: owner admin2": "merge_across_roles",
        "admin: admin2 admin": "cannot_deactivate_yourself",
        "admin: admin admin2": "account_of_team",
        "admin: ann ann": "merge_with_oneself",
        "admin: ann nobody": "person_unknown",
    }
    assert planned(admin).head.verbs["merge"] == 1


def test_a_stranger_finds_nobody_to_merge(scope: Scope) -> None:
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="owner", site_role="owner"))
    with pytest.raises(NotFound):
        merge_between(stranger, kept="ann", other="anne")
    change = merge_between(scope, kept="ann", other="anne")

    with pytest.raises(PolicyError, match="doesn't exist any more"):
        plan_merge(stranger, change=change)


def test_the_fields_of_both_are_shown_side_by_side(scope: Scope) -> None:
    found = merge_compare(scope, change=merge_between(scope, kept="ann", other="anne"))

    assert [(each.slug, each.kept, each.other, each.differs) for each in found] == [
        ("username", "ann", "anne", True),
        ("firstname", "Ann", "Anne", True),
        ("lastname", "Lee", "Lee", False),
        ("email", "ann@x.org", "anne@y.org", True),
        ("idnumber", "", "7", False),
        ("city", "", "Oslo", False),
    ]


def test_an_unknown_field_is_refused(scope: Scope) -> None:
    with pytest.raises(PolicyError, match="“cty” isn't a field"):
        planned(scope, take=("cty",))
