"""Links between learners and their parents and instructors: who may add them, what is refused, what stays of them."""

from typing import Any

import pytest

from enlist.core.errors import EnlistError, NotFound
from enlist.services.access import MACHINE, Scope
from enlist.services.people import erase, links
from enlist.services.people.edit import person_set
from enlist.services.people.history import ManualChange, activity_list, person_history
from enlist.services.people.links import LinkedPerson, LinkEnds
from enlist.store.models import Activity, Link, Person
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.test_web import _static, signed_in  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

LEO = LinkEnds("leo", "mia", "parent")


@pytest.fixture
def scope() -> Scope:
    """A school with a learner, his parent and his instructor."""
    here = cast.organization(settings=cast.UNBRAKED)
    for name, last in (("leo", "Lee"), ("mia", "Lee"), ("ivo", "Ray")):
        cast.person(here, username=name, firstname=name.title(), lastname=last, email=f"{name}@x.org")
    return Scope(here, cast.person(here, username="owner", site_role="owner"))


def linked() -> list[tuple[str, str, str, str]]:
    return sorted(Link.objects.values_list("person__username", "other__username", "kind", "source"))


def versions() -> dict[str, int]:
    return dict(Person.objects.values_list("username", "version"))


def test_a_link_is_added_listed_from_both_ends_and_removed(scope: Scope) -> None:
    assert links.link_add(scope, ends=LEO)
    assert links.link_add(scope, ends=LinkEnds("LEO", "ivo", "instructor"))
    assert not links.link_add(scope, ends=LEO)

    assert linked() == [("leo", "ivo", "instructor", "manual"), ("leo", "mia", "parent", "manual")]
    leos, mias = (links.link_list(scope, username=name) for name in ("leo", "mia"))
    assert leos == [
        LinkedPerson("mia", "Mia", "Lee", "active", "parent", "parent", "manual"),
        LinkedPerson("ivo", "Ivo", "Ray", "active", "instructor", "instructor", "manual"),
    ]
    assert mias == [LinkedPerson("leo", "Leo", "Lee", "active", "learner", "parent", "manual")]

    links.link_remove(scope, ends=LEO)
    assert linked() == [("leo", "ivo", "instructor", "manual")]
    with pytest.raises(NotFound, match="mia isn't linked to leo as parent"):
        links.link_remove(scope, ends=LEO)


def test_both_ends_change_so_that_plans_about_either_are_stale(scope: Scope) -> None:
    before = versions()

    links.link_add(scope, ends=LEO)

    assert {name for name, version in versions().items() if version != before[name]} == {"leo", "mia"}


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        (LinkEnds("leo", "mia", "aunt"), "“aunt” isn't a kind of link. Use one of: parent, instructor."),
        (LinkEnds("leo", "Leo", "parent"), "leo can't be linked to themselves. Name two people."),
        (LinkEnds("leo", "nobody", "parent"), "Nobody has the username “nobody”. Check its spelling."),
        (LinkEnds("nobody", "mia", "parent"), "Nobody has the username “nobody”. Check its spelling."),
        (LinkEnds("owner", "mia", "parent"), "owner is in the team, so nobody can be their parent or instructor."),
        (LinkEnds("leo", "off", "parent"), "off is deactivated, so they can't be linked to anybody."),
        (LinkEnds("off", "mia", "parent"), "off is deactivated, so they can't be linked to anybody."),
        (LinkEnds("leo", "stan", "parent"), "Nobody has the username “stan”. Check its spelling."),
    ],
)
def test_it_refuses_what_makes_no_sense(scope: Scope, ends: LinkEnds, sentence: str) -> None:
    cast.person(scope.organization, username="off", state="inactive")
    cast.person(cast.organization("college"), username="stan")

    with pytest.raises(EnlistError) as refused:
        links.link_add(scope, ends=ends)

    assert str(refused.value).startswith(sentence)
    assert (linked(), Activity.objects.count()) == ([], 0)


def test_a_link_outlasts_the_time_that_somebody_is_deactivated(scope: Scope) -> None:
    """spec/policies.md: links stay, and reactivation gives access back."""
    links.link_add(scope, ends=LEO)

    person_set(scope, username="leo", values={"state": "inactive"})

    assert [each.state for each in links.link_list(scope, username="mia")] == ["inactive"]
    links.link_remove(scope, ends=LEO)
    assert linked() == []


def cells(scope: Scope, username: str) -> list[Any]:
    history = [each for each in person_history(scope, username=username) if isinstance(each, ManualChange)]
    return [(each.what, each.by, *((cell.field, cell.old, cell.new) for cell in each.cells)) for each in history]


def test_the_history_of_both_says_who_was_linked(scope: Scope) -> None:
    links.link_add(scope, ends=LEO)
    links.link_remove(scope, ends=LEO)

    assert cells(scope, "leo") == [
        ("person_unlinked", "owner", ("parent", "mia", "")),
        ("person_linked", "owner", ("parent", "", "mia")),
    ]
    assert cells(scope, "mia") == [
        ("person_unlinked", "owner", ("learner", "leo", "")),
        ("person_linked", "owner", ("learner", "", "leo")),
    ]


@pytest.mark.parametrize(("gone", "other"), [("leonhardt", "miranda"), ("miranda", "leonhardt")])
def test_erasing_either_end_leaves_no_trace_of_it_with_the_other(scope: Scope, gone: str, other: str) -> None:
    for name in ("leonhardt", "miranda"):
        cast.person(scope.organization, username=name)
    links.link_add(scope, ends=LinkEnds("leonhardt", "miranda", "parent"))

    erase.person_erase(scope, username=gone, confirm=gone)

    assert holding(gone) == []
    assert linked() == []
    assert [(each.what, each.cells) for each in activity_list(scope) if each.person == other] == [("person_linked", ())]


@pytest.mark.usefixtures("_static")
def test_the_page_of_a_person_adds_and_removes_links(scope: Scope) -> None:
    assert scope.actor
    client = signed_in(scope.actor)
    added = client.post("/people/leo/links/", {"kind": "parent", "other": " mia "}, follow=True).text
    wrong = client.post("/people/leo/links/", {"kind": "parent", "other": "mya"}, follow=True).text
    mias = client.get("/people/mia/").text
    sent = {"do": "remove", "kind": "parent", "learner": "leo", "other": "mia"}
    removed = client.post("/people/mia/links/", sent, follow=True).text

    assert "mia is linked to leo." in added
    assert 'href="/people/mia/"' in added
    assert "Nobody has the username “mya”." in wrong
    assert ("Child" in mias, 'href="/people/leo/"' in mias) == (True, True)
    assert "Removed the link of mia to leo." in removed
    assert linked() == []


@pytest.mark.usefixtures("_static")
def test_only_administrators_are_offered_to_change_links(scope: Scope) -> None:
    links.link_add(Scope(scope.organization, MACHINE), ends=LEO)
    manager = signed_in(cast.person(scope.organization, username="manager", site_role="manager"))
    page = manager.get("/people/leo/")

    assert "Linked people" in page.text
    assert "/people/leo/links/" not in page.text
    assert manager.post("/people/leo/links/", {"kind": "instructor", "other": "ivo"}).status_code == 403
    assert len(linked()) == 1
