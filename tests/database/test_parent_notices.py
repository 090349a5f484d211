"""Parents who can sign in get a notice when there is an account of a child to set up (TM-10)."""

from typing import Any

import pytest

from enlist.services.access import Scope
from enlist.services.accounts.inviting import invitations_add_rest
from enlist.services.people.links import LinkEnds, link_add, link_remove
from enlist.services.people.own_children import own_child_password_set
from enlist.services.worker import worker_run
from enlist.store.models import Import, Link, Mail, Person
from tests.database import school as cast
from tests.database.imports import HEAD
from tests.database.test_inviting import imported
from tests.database.test_web import account
from tests.support.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("TM-10")]

SITE = "https://people.example.org"


@pytest.fixture
def school(settings: Any) -> Scope:
    """An owner; mia and max, parents of whom mia can sign in; leo and lia, learners of whom leo has no address."""
    settings.SITE_ADDRESS = SITE
    here = cast.organization(settings=cast.UNBRAKED)
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    account(cast.person(here, username="mia", email="mia@x.org", lang="de"))
    cast.person(here, username="max", email="max@x.org")
    cast.person(here, username="leo")
    cast.person(here, username="lia", email="lia@x.org")
    return Scope(here, owner)


def sent(box: Postbox) -> list[tuple[str, str]]:
    """Recipient and text of each mail that workers send by now."""
    worker_run(lambda _: None, until_empty=True)
    return [(to, text.replace("\r\n", "\n")) for to, _, text in box.texts]


def linked(scope: Scope, learner: str, *, other: str, kind: str = "parent") -> None:
    assert link_add(scope, ends=LinkEnds(learner, other, kind))


def test_a_parent_who_can_sign_in_gets_one_notice_and_no_link(school: Scope, postbox: Postbox) -> None:
    postbox.start()
    linked(school, "leo", other="mia")
    linked(school, "leo", other="max")

    assert sent(postbox) == [
        (
            "mia@x.org",
            "Guten Tag mia,\n\nBei School sind Lernende mit Ihnen verknüpft, deren Konten Sie einrichten können: "
            "Wählen Sie ein Passwort für sie.\n\nIhr Benutzername: mia\n\nAnmelden:\n"
            f"{SITE}/my-children/\n\nSie benutzen dafür Ihr eigenes Konto. "
            "Wenn Sie diese Lernenden nicht kennen, sagen Sie es den Leuten bei School.\n",
        )
    ]


@pytest.mark.parametrize(("learner", "kind"), [("lia", "parent"), ("leo", "instructor")])
def test_nobody_is_told_of_accounts_that_they_cannot_set_up(
    learner: str, kind: str, school: Scope, postbox: Postbox
) -> None:
    linked(school, learner, other="mia", kind=kind)

    assert (sent(postbox), Mail.objects.count()) == ([], 0)


def test_a_notice_is_dropped_when_nothing_is_left_to_set_up(school: Scope, postbox: Postbox) -> None:
    linked(school, "leo", other="mia")
    own_child_password_set(
        Scope(school.organization, Person.objects.get(username="mia")), username="leo", password="walnut harbour"
    )
    postbox.start()

    assert (sent(postbox), Mail.objects.get().state) == ([], "dropped")
    linked(school, "leo", other="max")
    link_remove(school, ends=LinkEnds("leo", "mia", "parent"))
    linked(school, "leo", other="mia")
    assert (sent(postbox), Mail.objects.get().state) == ([], "dropped")


@pytest.mark.parametrize(("invite", "count"), [("always", 1), ("never", 0)])
def test_an_import_that_invites_tells_the_parents_of_its_children(
    invite: str, count: int, school: Scope, postbox: Postbox
) -> None:
    postbox.start()
    number = imported(
        school, f"{HEAD}\nkim,Kim,Lee,\nkai,Kai,Lee,", settings=["missing_email=warn", f"invite={invite}"]
    )
    mia = Person.objects.get(username="mia")
    for child in Person.objects.filter(username__in=["kim", "kai"]):
        Link.objects.create(organization=school.organization, person=child, other=mia, kind="parent")
    # No preset has links yet: this is what follows once they are there.
    invitations_add_rest(Import.objects.get(number=number))

    assert [to for to, _ in sent(postbox)] == ["mia@x.org"] * count
