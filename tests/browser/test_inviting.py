"""Invitations on pages: the question before an import, the mail as a person gets it, and the state afterwards."""

from collections.abc import Iterator
from email import message_from_bytes

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWNER, Served, Visit
from tests.journeys.conftest import Site
from tests.support.postbox import Postbox
from tests.support.serving import free_address, served

pytestmark = pytest.mark.slow

ROSTER = (
    "username,firstname,lastname,email\n"
    "ben.osei,Ben,Osei,ben.osei@northfield.example\n"
    "nobody.else,No,Else,nobody@northfield.example\n"
)


@pytest.fixture(scope="module")
def postbox() -> Iterator[Postbox]:
    """A mail server that refuses nobody@…"""
    box = Postbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, postbox: Postbox) -> Iterator[Served]:
    """A demo school with this mail server."""
    site = Site(tmp_path_factory.mktemp("school"), "").with_environment({"ENLIST_MAIL": postbox.address})
    address = free_address()
    assert site.enlist("init", "--demo").code == 0
    with served(site, address=address):
        yield Served(site, address, site.enlist("team", "password", OWNER, "--keep").out.split()[-1])


def looked(visit: Visit, name: str) -> list[str]:
    """What axe finds, and how much wider than a phone's window the page is."""
    found = visit.violations()
    visit.page.set_viewport_size({"width": 390, "height": 900})
    more = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    return [*found, *([f"{name} is {more} px too wide"] if more > 0 else [])]


def test_people_are_invited_later_after_a_no(visit: Visit, postbox: Postbox) -> None:
    page, found = visit.page, dict[str, list[str]]()
    path = visit.hand_in(name="new.csv", text=ROSTER)
    visit.go(f"{path}settings/")
    page.locator("#invite-ask").check()
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_url("**/preview/")
    visit.previewed()
    found["preview"] = looked(visit, "preview")
    # The browser asks for the answer before it sends anything.
    page.get_by_role("button", name="Import 2 people").click()
    expect(page).to_have_url(f"http://{visit.address}{path}preview/")
    page.get_by_label("No, I’ll invite them later").check()
    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_text("Not invited: 2")).to_be_visible()
    found["result"] = looked(visit, "result")

    page.get_by_role("button", name="Invite people…").click()
    expect(page.get_by_text("Hello Ben Osei,")).to_be_visible()
    found["invite"] = looked(visit, "invite")
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_text("2 invitations will be sent.")).to_be_visible()
    for _ in range(60):
        visit.go("/people/nobody.else/")
        if page.get_by_text("The mail server refused the address.").is_visible():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_text("The mail server refused the address.")).to_be_visible()
    found["person"] = looked(visit, "person")
    visit.go("/people/?search=osei")
    expect(page.locator("td.status")).to_contain_text("invited")
    found["people"] = looked(visit, "people")
    visit.go("/organization/")
    found["organisation"] = looked(visit, "organisation")

    assert [message_from_bytes(each)["To"] for each in postbox.got] == ["ben.osei@northfield.example"]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
