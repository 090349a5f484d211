"""People in the browser, one and many: found, added, put into groups, deactivated, restored, deleted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.slow


def test_some_are_ticked_deactivated_and_taken_back(visit: Visit) -> None:
    page = visit.page
    visit.go("/people/?role=instructor")
    names = page.locator("input[name=person]").evaluate_all("boxes => boxes.slice(0, 3).map(box => box.value)")
    for name in names:
        page.get_by_label(f"Choose {name}", exact=True).check()
    expect(page.locator("[data-ticked]")).to_have_text("3 selected")
    assert visit.violations() == []
    page.get_by_role("button", name="Deactivate", exact=True).click()
    visit.previewed()
    expect(page.get_by_text("3 people will lose access.")).to_be_visible()
    assert visit.violations() == []
    page.get_by_role("button", name="Deactivate 3 people").click()
    page.get_by_role("button", name="Undo this import").wait_for()

    visit.go("/people/?state=inactive")
    for name in names:
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()
    page.go_back()
    visit.press("Undo this import")
    visit.previewed()
    page.get_by_role("button", name=re.compile("^Undo import")).click()
    expect(page.locator(".state").first).to_have_text("Imported")
    visit.go(f"/people/{names[0]}/")
    expect(page.locator(".state").first).to_have_text("Active")


def test_all_of_a_list_join_a_group_that_was_just_made(visit: Visit) -> None:
    page = visit.page
    visit.go("/groups/")
    page.get_by_label("Name").fill("Staff")
    page.get_by_role("button", name="Add group").click()
    expect(page.get_by_text("Added Staff.")).to_be_visible()
    visit.go("/people/")
    with page.expect_navigation():
        page.get_by_label("Role", exact=True).select_option("instructor")
    expect(page.get_by_label("Role", exact=True)).to_be_focused()
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Select all 25").click()
    expect(page.locator("[data-ticked]")).to_have_text("25 selected")
    page.get_by_role("button", name="Add to group").click()
    page.get_by_label("The group they join").select_option("Staff")
    page.get_by_role("button", name="Preview").click()
    visit.previewed()
    page.get_by_role("button", name="Add 25 people").click()
    page.get_by_role("button", name="Undo this import").wait_for()

    visit.go("/groups/")
    row = page.get_by_role("row", name=re.compile("Staff"))
    expect(row.locator(".fill-count")).to_have_text("25")
    row.get_by_role("link", name="Show people in Staff").click()
    expect(page.locator("input[name=person]")).to_have_count(25)
    assert visit.violations() == []


def test_the_people_of_a_list_are_taken_away_as_a_workbook(visit: Visit) -> None:
    page = visit.page
    visit.go("/people/?role=instructor")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="More").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Download as a workbook").click()

    assert found.value.suggested_filename == "people.xlsx"


def test_somebody_is_added_turned_off_and_deleted_for_good(visit: Visit) -> None:
    page = visit.page
    visit.go("/people/")
    page.get_by_role("link", name="New person").click()
    for label, value in {"Username": "swan", "First name": "Swan", "Last name": "Lake", "E-mail": "nonsense"}.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    # The browser tells its console of an answer that refuses a form.
    assert [told for told in visit.wrong if "422" not in told] == []
    visit.wrong.clear()
    page.get_by_label("E-mail").fill("swan@x.example")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Added swan.")).to_be_visible()

    page.get_by_text("Deactivate…").click()
    page.get_by_role("button", name="Deactivate swan").click()
    expect(page.get_by_text("swan can no longer sign in.")).to_be_visible()
    page.get_by_text("Delete for good…").click()
    assert visit.violations() == []
    page.get_by_label("Type swan to confirm").fill("swan")
    page.get_by_role("button", name="Delete for good", exact=True).click()
    expect(page.get_by_text("Erased swan.")).to_be_visible()
    visit.go("/activity/")
    expect(page.get_by_role("cell", name="erased", exact=True)).to_be_visible()


def test_what_the_school_is_made_of_is_changed_on_its_pages(visit: Visit, school: Served) -> None:
    page = visit.page
    visit.go("/courses/")
    page.get_by_label("Short name").fill("NEW")
    page.get_by_role("button", name="Add course").click()
    page.get_by_role("link", name="NEW", exact=True).click()
    assert visit.violations() == []
    page.get_by_label("Name of another group").fill("Evening")
    page.get_by_role("button", name="Add group").click()
    expect(page.get_by_text("Added Evening.")).to_be_visible()
    visit.go("/profile-fields/bus/")
    page.get_by_label("Name", exact=True).fill("Bus")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Bus", exact=True)).to_be_visible()
    visit.press("Move Bus up")
    visit.go("/organization/")
    page.get_by_label("Share, updated").fill("40")
    page.get_by_role("button", name="Save limits").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    limits = school.site.enlist("limits", "--json").out
    assert re.search(r'"update": \[\s*0.4,\s*20', limits)
    fields = school.site.enlist("fields", "list", "--json").out
    assert re.findall(r'"shortname": "(\w+)"', fields)[:4] == ["house", "year", "bus", "guardian"]
