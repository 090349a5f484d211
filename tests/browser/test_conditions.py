"""Conditions and courses of groups in a browser: made and used by keyboard alone, with no finding of axe."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

from .test_pages import press

pytestmark = pytest.mark.slow


def test_a_group_gets_a_condition_without_a_mouse(visit: Visit) -> None:
    page = visit.page
    visit.go("/groups/")
    page.get_by_label("Name", exact=False).first.fill("Oak house")
    press(visit, "Add group")
    expect(page.get_by_text("Added Oak house.")).to_be_visible()
    visit.go("/conditions/")
    page.get_by_label("Name", exact=False).first.fill("In Oak")
    page.get_by_label("Field").first.select_option("profile_field_house")
    page.get_by_label("Value").first.fill("Oak")
    found = visit.violations()
    press(visit, "Preview changes")
    visit.previewed()
    expect(page.get_by_text("New condition In Oak: House is Oak")).to_be_visible()
    found += visit.violations()
    press(visit, "Apply changes")
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    found += visit.violations()

    visit.go("/conditions/")
    press(visit, "In Oak")
    expect(page.get_by_role("heading", name="In Oak")).to_be_visible()
    found += visit.violations()
    visit.go("/groups/")
    press(visit, "Oak house")
    expect(page.get_by_role("heading", name="Oak house")).to_be_visible()
    page.get_by_label("In Oak").check()
    found += visit.violations()
    press(visit, "Preview changes")
    visit.previewed()
    expect(page.get_by_text("Oak house uses the condition In Oak")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[0-9]+ group memberships will change$"))).to_be_visible()
    press(visit, "Apply changes")
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    visit.go("/groups/")
    press(visit, "Oak house")
    page.get_by_label("History").check()
    press(visit, "Preview changes")
    visit.previewed()
    expect(page.get_by_text(re.compile("^Oak house gives the course .* would get it$"))).to_be_visible()
    found += visit.violations()

    assert found == []
