"""Parents set up the accounts of their children without e-mail, and choose new passwords for them (TM-10)."""

import pytest

from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts.invitations import invitation_link, link_show
from enlist.services.accounts.sign_in import Attempt, account_sign_in
from enlist.services.accounts.team import team_change
from enlist.services.people.own_children import own_child_account, own_child_password_set
from enlist.store.models import Activity, Link, Person, TermsAcceptance
from enlist.store.setup import terms
from tests.database import school as cast
from tests.database.test_own_pages import ann, family
from tests.database.test_web import _static, school, signed_in

__all__ = ["_static", "school"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

PASSWORD = "plum tractor sings"
PATH = "/my-children/lea/password/"


@pytest.fixture
def mia(school: Scope) -> Person:
    """The parent of lea, who has no address, and of ann, who has one."""
    parent, lea, _ = family(school)
    Person.objects.filter(pk=lea.pk).update(email="", email_key="", email_claim=None)
    return parent


def of(person: Person) -> Scope:
    return Scope(person.organization, person)


def gets_in(password: str) -> bool:
    return account_sign_in(Attempt("", "lea", password, address="10.0.0.1")) is not None


@pytest.mark.spec("TM-10")
def test_a_parent_sets_up_a_child_and_chooses_a_new_password_later(school: Scope, mia: Person) -> None:
    link = invitation_link(school, username="lea").rstrip("/").rsplit("/", 1)[-1]
    client = signed_in(mia)
    assert "Set up this account" in client.get("/my-children/").text
    assert client.post(PATH, {"new": PASSWORD, "again": PASSWORD}).headers["Location"] == "/my-children/"
    assert gets_in(PASSWORD)
    assert link_show(link) is None, "anyone who has the link can't take the account over"
    assert "Choose a new password" in client.get("/my-children/").text

    client.post(PATH, {"new": "another plum sings", "again": "another plum sings"})
    assert (gets_in(PASSWORD), gets_in("another plum sings")) == (False, True)
    logged = Activity.objects.filter(person=Person.objects.get(username="lea").pk).order_by("pk")
    assert [(each.action, each.by) for each in logged][-2:] == [("account_activated", mia), ("password_reset", mia)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"new": "short", "again": "short"}, "at least 8"),
        ({"new": "password1", "again": "password1"}, "too common"),
        ({"new": PASSWORD, "again": "plum"}, "The new passwords differ."),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(mia: Person, sent: dict[str, str], said: str) -> None:
    page = signed_in(mia).post(PATH, sent)

    assert page.status_code == 422
    assert said in page.text
    assert not gets_in(sent["new"])


def test_the_terms_are_accepted_for_the_child_once(school: Scope, mia: Person) -> None:
    terms.change(school, text="Be kind.")
    text = terms.current(school.organization)
    assert text
    client = signed_in(mia)
    without = client.post(PATH, {"new": PASSWORD, "again": PASSWORD})
    assert (without.status_code, "Be kind." in without.text) == (422, True)

    client.post(PATH, {"new": PASSWORD, "again": PASSWORD, "terms": str(text.pk)})
    assert gets_in(PASSWORD)
    assert TermsAcceptance.objects.get(person__username="lea").terms == text
    assert "Be kind." not in client.get(PATH).text


def test_nobody_else_chooses_a_childs_password(school: Scope, mia: Person) -> None:
    college = cast.organization("college")
    stan = cast.person(college, username="stan")
    lea = Person.objects.get(username="lea")
    Link.objects.create(organization=college, person=lea, other=stan, kind="parent")
    teacher = cast.person(school.organization, username="ivo")
    Link.objects.create(organization=school.organization, person=lea, other=teacher, kind="instructor")
    assert school.actor
    for scope in (*map(of, (stan, teacher, lea, school.actor)), Scope(school.organization, MACHINE)):
        with pytest.raises(NotFound):
            own_child_account(scope, username="lea")
        with pytest.raises(NotFound):
            own_child_password_set(scope, username="lea", password=PASSWORD)
    Link.objects.filter(other=mia, person=lea).delete()
    with pytest.raises(NotFound):
        own_child_password_set(of(mia), username="lea", password=PASSWORD)
    assert not gets_in(PASSWORD)


def test_a_child_with_an_address_or_without_access_gets_no_password(school: Scope, mia: Person) -> None:
    client = signed_in(mia)
    assert "/my-children/ann/password/" not in client.get("/my-children/").text
    assert "has an e-mail address" in client.post("/my-children/ann/password/", {}, follow=True).text
    with pytest.raises(NotAllowed, match="ann has an e-mail address"):
        own_child_password_set(of(mia), username=ann().username, password=PASSWORD)
    Person.objects.filter(username="lea").update(state="inactive")
    with pytest.raises(NotAllowed, match="lea is deactivated"):
        own_child_password_set(of(mia), username="lea", password=PASSWORD)
    Person.objects.filter(username="lea").update(state="active")
    team_change(school, username="lea", role="viewer")
    with pytest.raises(NotFound):
        own_child_password_set(of(mia), username="lea", password=PASSWORD)


def test_consent_to_an_earlier_text_does_not_count(school: Scope, mia: Person) -> None:
    terms.change(school, text="Be kind.")
    earlier = terms.current(school.organization)
    assert earlier
    terms.change(school, text="Be kind, always.")
    with pytest.raises(PolicyError, match="terms"):
        own_child_password_set(of(mia), username="lea", password=PASSWORD, terms=earlier.pk)
