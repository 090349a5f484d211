"""The first run in the browser: a new site, its first owner, a colleague, and the way to the first import."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE, RULES
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


def test_an_organisation_an_owner_a_colleague_and_the_first_import(browser: Browser, address: str) -> None:
    page = browser.new_context(color_scheme="light").new_page()
    site = address.partition("/set-up/")[0]
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
        page.get_by_label(label).fill(value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports/")
    expect(page.get_by_text("What else to set up")).to_be_visible()
    axe(page)

    page.get_by_role("main").get_by_role("link", name="Team").click()
    for label, value in {"First name": "Nino", "Last name": "Melashvili", "E-mail address": "nino@x.example"}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Add to the team").click()
    password = page.locator(".secret").inner_text()
    page.goto(f"{site}/imports/")
    page.get_by_role("link", name="Import my first file").click()
    expect(page).to_have_url(f"{site}/imports/new/")

    colleague = browser.new_context().new_page()
    colleague.goto(f"{site}/sign-in/")
    colleague.get_by_label("Username or e-mail address").fill("nino@x.example")
    colleague.get_by_label("Password").fill(password)
    colleague.keyboard.press("Enter")
    expect(colleague.get_by_text("Your password is temporary.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("It was used already, or a newer one replaced it.")).to_be_visible()
    axe(page)
    for each in (page, colleague):
        each.context.close()


def axe(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [each["id"] for each in found["violations"]] == []
