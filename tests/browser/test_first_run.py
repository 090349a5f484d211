"""The first run in the browser: a new site, its first owner, a colleague, and the way to the first import."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE, RULES
from tests.browser.hands import Hands, csv, new_people
from tests.journeys.conftest import Site
from tests.support.serving import free_address, served

pytestmark = pytest.mark.slow

PASSWORD = "plum tractor sings"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The set-up address that a site without tables shows in its log."""
    site, address = Site(tmp_path, ""), free_address()
    with served(site, address=address):
        (found,) = re.findall(r"http://\S+/set-up/\S+/", (site.folder / "said").read_text("utf-8"))
        yield found


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keys"])
def test_an_organisation_an_owner_a_colleague_and_the_first_import(browser: Browser, address: str, keys: bool) -> None:
    page = browser.new_context(color_scheme="light").new_page()
    hands, main = Hands(page, keys=keys), page.get_by_role("main")
    page.goto(address)
    axe(page)
    for label, value in {
        "Name of your organisation": "Northfield School",
        "Your first name": "Tamar",
        "Your last name": "Beridze",
        "Your e-mail address": "tamar@x.example",
        "Password (required)": PASSWORD,
        "Password again": PASSWORD,
    }.items():
        hands.write(page.get_by_label(label), value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports/")
    expect(page.get_by_text("What else to set up")).to_be_visible()
    axe(page)

    hands.press(main.get_by_role("link", name="Team"))
    for label, value in {"First name": "Nino", "Last name": "Melashvili", "E-mail address": "nino@x.example"}.items():
        hands.write(page.get_by_label(label), value)
    hands.press(page.get_by_role("button", name="Add to the team"))
    password = page.locator(".secret").inner_text()
    hands.press(page.get_by_role("link", name="Imports", exact=True))
    hands.press(main.get_by_role("link", name="Import my first file"))
    hands.choose(csv("first.csv", *new_people("heron", 3)))
    hands.press(page.get_by_role("button", name="Import 3 people"))
    expect(page.get_by_role("heading", name="3 people were created")).to_be_visible()
    # Three links, the file and two buttons, besides the fields.
    assert hands.need(6 if keys else 15)

    colleague = browser.new_context().new_page()
    colleague.goto(f"{address.partition('/set-up/')[0]}/sign-in/")
    colleague.get_by_label("Username or e-mail address").fill("nino@x.example")
    colleague.get_by_label("Password").fill(password)
    colleague.keyboard.press("Enter")
    expect(colleague.get_by_text("Your password is temporary")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("It was used already, or a newer one replaced it.")).to_be_visible()
    axe(page)
    for each in (page, colleague):
        each.context.close()


def axe(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [each["id"] for each in found["violations"]] == []
