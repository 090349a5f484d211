"""Several roles per person: manual changes, imports, their undo, and what is refused."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enlist.core.errors import EnlistError, NotAllowed
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts import team
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.people import erase, links, listing, roles
from enlist.services.people.history import ManualChange, person_history
from enlist.services.people.links import LinkEnds
from enlist.services.people.listing import Wanted
from enlist.store.models import Activity, Person, PersonRole
from tests.database import school as cast
from tests.database.imports import HEAD, staged
from tests.database.test_web import _static, signed_in  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    for name, role in (("ann", "learner"), ("ivo", "instructor"), ("max", "manager")):
        cast.person(here, username=name, email=f"{name}@x.org", firstname="A", lastname="B", site_role=role)
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def held(scope: Scope, username: str) -> list[str]:
    return roles.role_list(scope, username=username)


def stored(username: str) -> tuple[str, list[str]]:
    """The role in a person's own row, and the others."""
    person = Person.objects.get(username=username)
    return person.site_role, sorted(person.roles.values_list("site_role", flat=True))


def imported(scope: Scope, text: str) -> int:
    """An import whose column of roles counts; its number."""
    return import_apply(scope, plan=staged(scope, text, settings=["site_role=column"])).number


def test_a_role_is_added_to_those_somebody_has_and_removed(scope: Scope) -> None:
    assert roles.role_add(scope, username="ANN", role="parent")
    assert roles.role_add(scope, username="ann", role="instructor")
    assert not roles.role_add(scope, username="ann", role="parent")
    assert held(scope, "ann") == ["instructor", "parent", "learner"]

    roles.role_remove(scope, username="ann", role="learner")
    assert (held(scope, "ann"), stored("ann")) == (["instructor", "parent"], ("instructor", ["parent"]))
    roles.role_remove(scope, username="ann", role="parent")
    assert stored("ann") == ("instructor", [])


def test_a_role_of_the_team_is_the_rank_whatever_else_somebody_is(scope: Scope) -> None:
    roles.role_add(scope, username="ivo", role="parent")
    roles.role_add(scope, username="ivo", role="admin")
    assert (held(scope, "ivo"), stored("ivo")) == (
        ["admin", "instructor", "parent"], ("admin", ["instructor", "parent"]),
    )  # fmt: skip

    roles.role_add(scope, username="ivo", role="viewer")
    assert held(scope, "ivo") == ["viewer", "instructor", "parent"]
    roles.role_remove(scope, username="ivo", role="viewer")
    assert stored("ivo") == ("instructor", ["parent"])


def test_the_table_of_further_roles_accepts_none_of_the_team(scope: Scope) -> None:
    person = Person.objects.get(username="ann")
    for role in ("owner", "viewer", "king"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonRole.objects.create(organization=scope.organization, person=person, site_role=role)


def test_the_team_page_keeps_other_roles_and_somebody_who_is_nothing_else_is_a_learner(scope: Scope) -> None:
    roles.role_add(scope, username="ann", role="parent")
    first = team.team_change(scope, username="ann", role="manager")
    last = team.team_change(scope, username="ann", role=None)
    mere = [team.team_change(scope, username="max", role=role) for role in ("viewer", None)]

    assert [(cell.old, cell.new) for cell in (first, last, *mere)] == [
        ("learner", "manager"), ("manager", "parent"), ("manager", "viewer"), ("viewer", "learner"),
    ]  # fmt: skip
    assert (stored("ann"), stored("max")) == (("parent", ["learner"]), ("learner", []))


@pytest.mark.parametrize(
    ("do", "username", "role", "sentence"),
    [
        (roles.role_add, "ann", "king", "“king” isn't a role on this site. Use one of: owner, admin,"),
        (roles.role_add, "nobody", "parent", "Nobody has the username “nobody”."),
        (roles.role_add, "stan", "parent", "Nobody has the username “stan”."),
        (roles.role_remove, "ann", "parent", "ann doesn't have the role parent."),
        (roles.role_remove, "ann", "owner", "ann doesn't have the role owner."),
        (roles.role_remove, "ann", "learner", "learner is the only role of ann. Give them another role first."),
        (roles.role_remove, "owner", "owner", "owner is the last owner. Make somebody else an owner first."),
        (roles.role_add, "owner", "admin", "owner is the last owner. Make somebody else an owner first."),
    ],
)
def test_it_refuses_what_makes_no_sense(scope: Scope, do: Any, username: str, role: str, sentence: str) -> None:
    cast.person(cast.organization("college"), username="stan")

    with pytest.raises(EnlistError) as refused:
        do(scope, username=username, role=role)

    assert str(refused.value).startswith(sentence)
    assert (PersonRole.objects.count(), Activity.objects.count()) == (0, 0)


def test_an_admin_changes_no_roles_of_an_owner_and_gives_none_of_their_own_rank(scope: Scope) -> None:
    admin = Scope(scope.organization, cast.person(scope.organization, username="adm", site_role="admin"))
    for username, role in (("owner", "parent"), ("ann", "admin")):
        with pytest.raises(NotAllowed):
            roles.role_add(admin, username=username, role=role)
    assert roles.role_add(admin, username="max", role="parent")


def test_a_link_gives_the_role_which_stays_while_there_is_a_link(scope: Scope) -> None:
    ends = LinkEnds("ann", "max", "parent")
    links.link_add(scope, ends=ends)
    assert held(scope, "max") == ["manager", "parent"]

    with pytest.raises(EnlistError, match="max is still linked to learners as parent"):
        roles.role_remove(scope, username="max", role="parent")
    links.link_remove(scope, ends=ends)
    roles.role_remove(scope, username="max", role="parent")
    assert held(scope, "max") == ["manager"]


def test_the_history_shows_roles_before_and_after_and_erasing_leaves_none(scope: Scope) -> None:
    roles.role_add(scope, username="ann", role="parent")
    (change,) = person_history(scope, username="ann")
    assert isinstance(change, ManualChange)
    assert (change.what, [(cell.field, cell.old, cell.new) for cell in change.cells]) == (
        "roles_changed", [("roles", "learner", "parent, learner")],
    )  # fmt: skip

    erase.person_erase(scope, username="ann", confirm="ann")
    assert PersonRole.objects.count() == 0


def test_lists_find_people_by_any_of_their_roles_and_show_all(scope: Scope) -> None:
    roles.role_add(scope, username="max", role="instructor")
    roles.role_add(scope, username="ann", role="parent")
    found = {
        role: [each.username for each in listing.person_list(scope, wanted=Wanted(role=role)).people]
        for role in ("learner", "parent", "instructor", "manager")
    }

    assert found == {"learner": ["ann"], "parent": ["ann"], "instructor": ["ivo", "max"], "manager": ["max"]}
    assert listing.person_count(scope, wanted=Wanted(role="instructor")) == 2
    assert [each.roles for each in listing.person_list(scope).people if each.username == "max"] == [
        ["manager", "instructor"]
    ]


@pytest.mark.spec("TM-26")
def test_an_import_adds_roles_and_its_undo_takes_only_those(scope: Scope) -> None:
    text = f"{HEAD},role\nann,A,B,ann@x.org,parent\nivo,A,B,ivo@x.org,learner\nmax,A,B,max@x.org,parent\n"
    first = imported(scope, text)
    second = imported(scope, f"{HEAD},role\nann,A,B,ann@x.org,instructor\n")
    both = {name: held(scope, name) for name in ("ann", "ivo", "max")}
    again = imported(scope, text)
    import_apply(scope, plan=import_undo_plan(scope, number=first))

    assert both == {
        "ann": ["instructor", "parent", "learner"],
        "ivo": ["instructor", "learner"],
        "max": ["manager", "parent"],
    }
    assert listing.person_show(scope, username="ann").imports
    assert (second, again) == (first + 1, first + 2)
    assert {name: held(scope, name) for name in both} == {
        "ann": ["instructor", "learner"], "ivo": ["instructor"], "max": ["manager"],
    }  # fmt: skip


def test_what_an_import_added_can_be_seen_in_the_history(scope: Scope) -> None:
    imported(scope, f"{HEAD},role\nann,A,B,ann@x.org,parent\n")
    shown = listing.person_show(scope, username="ann")

    assert shown.imports is not None
    assert [change.sentence() for change in shown.imports[0].record_changes] == ["gets the role parent"]


def test_the_machine_may_change_roles(scope: Scope) -> None:
    assert roles.role_add(Scope(scope.organization, MACHINE), username="ann", role="parent")


@pytest.mark.usefixtures("_static")
def test_the_page_of_a_person_adds_and_removes_roles(scope: Scope) -> None:
    assert scope.actor
    client = signed_in(scope.actor)
    added = client.post("/people/ann/roles/", {"role": "parent"}, follow=True).text
    wrong = client.post("/people/ivo/roles/", {"do": "remove", "role": "instructor"}, follow=True).text
    removed = client.post("/people/ann/roles/", {"do": "remove", "role": "learner"}, follow=True).text

    assert "ann has the role parent now." in added
    assert "instructor is the only role of ivo." in wrong
    assert "ann no longer has the role learner." in removed
    assert stored("ann") == ("parent", [])


@pytest.mark.usefixtures("_static")
def test_only_administrators_are_offered_to_change_roles(scope: Scope) -> None:
    manager = signed_in(Person.objects.get(username="max"))
    page = manager.get("/people/ann/").text

    assert ("Roles" in page, "/people/ann/roles/" in page) == (True, False)
    assert manager.post("/people/ann/roles/", {"role": "parent"}).status_code == 403
    assert stored("ann") == ("learner", [])
