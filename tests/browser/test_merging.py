"""Two people who are one: chosen in the list with the mouse, compared and merged with the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, Visitor

pytestmark = pytest.mark.slow

TWICE = "username,firstname,lastname,email\nzoe,Zoe,Zyx,zoe@x.example\nzoey,Zoey,Zyx,zoey@x.example\n"


def test_two_people_are_chosen_compared_and_merged(visitor: Visitor, school: Served) -> None:
    file = school.site.file("twice.csv", text=TWICE)
    assert school.site.enlist("import", file, "--yes").code == 0
    visit = visitor()
    page = visit.page
    visit.go("/people/?search=zyx")
    for name in ("zoe", "zoey"):
        page.locator(f"input[name=person][value={name}]").check()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Merge two people…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge two people")
    found = visit.violations()

    page.locator("input[name=of-firstname][value=kept]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=of-firstname][value=other]")).to_be_checked()
    page.get_by_role("button", name="Preview changes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Two people will become one")).to_be_visible()

    assert found == []
