"""A learner changes their e-mail address on a phone: a mail to the new one, a notice to the old one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWNER, Served, Visitor
from tests.browser.test_people_who_sign_in import PASSWORD, looked
from tests.journeys.conftest import Site
from tests.journeys.test_mails import until_got
from tests.support.postbox import Postbox
from tests.support.serving import free_address, served

pytestmark = pytest.mark.slow

OLD, NEW = "fern@x.example", "fern.hill@y.example"


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    """A mail server that accepts mails."""
    found = Postbox()
    found.start()
    yield found
    found.stop()
    found.door.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, box: Postbox) -> Iterator[Served]:
    """A demo school that can send mails."""
    address = free_address()
    more = {"ENLIST_MAIL": box.address, "ENLIST_ADDRESS": f"http://{address}"}
    site = Site(tmp_path_factory.mktemp("school"), "").with_environment(more)
    assert site.enlist("init", "--demo").code == 0
    with served(site, address=address):
        yield Served(site, address, site.enlist("team", "password", OWNER, "--keep").out.split()[-1])


def received(box: Postbox, *, count: int) -> dict[str, str]:
    """The texts of this many mails, once they are there, by recipient."""
    assert until_got(box, mails=count) == count
    return {to: text for to, _, text in box.texts}


def test_a_new_address_is_confirmed_on_a_phone(visitor: Visitor, school: Served, box: Postbox) -> None:
    names = ("firstname=Fern", "lastname=Hill", f"email={OLD}")
    assert school.site.enlist("people", "add", "fern", *names).code == 0
    link = school.site.enlist("invitations", "link", "fern").out.strip()
    visit, found = visitor(width=390, signed_in=False), dict[str, list[str]]()
    page = visit.page
    page.goto(link)
    for label in ("New password (required)", "New password again"):
        page.get_by_label(label).fill(PASSWORD)
    visit.press("Activate and sign in")
    visit.go("/my-details/")
    page.get_by_role("link", name="Change e-mail address").click()
    found["form"] = looked(visit, "form")
    page.get_by_label("New e-mail address").fill(NEW)
    page.get_by_label("Current password").fill(PASSWORD)
    visit.press("Send the link")
    expect(page.get_by_text("Until then, your address stays as it is.")).to_be_visible()
    found["waiting"] = looked(visit, "waiting")

    page.goto(re.findall(r"http://\S+/confirm/\S+", received(box, count=1)[NEW])[0])
    found["confirm"] = looked(visit, "confirm")
    visit.press("Use this address")
    expect(page.get_by_text(f"Your e-mail address is {NEW} now.")).to_be_visible()
    assert "another e-mail address now" in received(box, count=2)[OLD]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
