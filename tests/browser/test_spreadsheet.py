"""The grid of a draft as a spreadsheet: keys, order, search, tabs, and the problem of a cell."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.test_imports import roster
from tests.browser.test_review import cells, opened

pytestmark = pytest.mark.slow

MANY = [f"new{n},New,Person{n},new{n}@x.example,City {n % 7},Ash" for n in range(40)]
# Whether the focus is within the grid.
INSIDE = "document.querySelector('#grid').contains(document.activeElement)"


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def value(page: Page) -> str:
    """The text of the cell that has the focus."""
    return str(page.evaluate("document.querySelector('review-grid').cell.getValue()"))


def test_a_cell_is_typed_over_edited_and_left_as_in_a_spreadsheet(visit: Visit) -> None:
    page, city = visit.page, 4
    opened(visit, name="typed.csv")
    cells(page, city).first.click()
    page.keyboard.type("Bath")
    keys(page, "Enter")
    expect(cells(page, city)).to_have_text(["Bath", "York", ""])
    assert value(page) == "York", "Enter goes down"

    keys(page, "F2", "End")
    page.keyboard.type("shire")
    keys(page, "Tab")
    expect(cells(page, city).nth(1)).to_have_text("Yorkshire")
    assert value(page) == "Elm", "Tab goes right"

    keys(page, "Shift+Tab")
    page.keyboard.type("Bonn")
    keys(page, "Escape")
    expect(cells(page, city).nth(1)).to_have_text("Yorkshire")
    page.keyboard.type("Cork")
    keys(page, "ArrowDown")
    page.keyboard.type("Derry")
    keys(page, "ArrowUp")
    expect(cells(page, city)).to_have_text(["Bath", "Cork", "Derry"])
    keys(page, "Backspace")
    expect(cells(page, city)).to_have_text(["Bath", "", "Derry"])
    expect(page.locator("[data-said]")).to_have_text("Changed 1 cell.")


def test_a_list_of_options_is_chosen_from_by_keys(visit: Visit) -> None:
    page, house = visit.page, 5
    opened(visit, name="options.csv")
    cells(page, house).nth(2).click()
    page.keyboard.type("As")
    page.locator(".tabulator-edit-list-item", has_text="Ash").wait_for()
    keys(page, "ArrowDown", "Enter")
    expect(cells(page, house).nth(2)).to_have_text("Ash")


def test_the_keyboard_leaves_the_grid_in_both_directions(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="leave.csv")
    cells(page, 0).first.click()
    keys(page, *["Tab"] * 5)
    assert page.evaluate(INSIDE)
    assert value(page) == "Oka"
    keys(page, "Tab")
    assert not page.evaluate(INSIDE)

    cells(page, 0).first.click()
    keys(page, "Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.grid-header') !== null"), "its headers are one stop"
    keys(page, "ArrowRight", "ArrowRight", "ArrowRight")
    assert page.evaluate("document.activeElement.textContent").startswith("firstname")
    keys(page, "ArrowDown")
    assert page.evaluate("document.activeElement.matches('.tabulator-tableholder')")
    keys(page, "Escape")
    assert page.evaluate("document.activeElement.matches('.grid-tab')")


def test_the_problem_of_a_cell_is_shown_with_its_fix_when_it_has_the_focus(visit: Visit) -> None:
    page, problem = visit.page, visit.page.locator("cell-problem")
    opened(visit, name="problem.csv")
    cells(page, 5).first.click()
    expect(problem).to_contain_text("“Oka” isn't an option of")
    assert visit.violations() == []
    keys(page, "Escape")
    expect(problem).to_be_hidden()
    assert page.evaluate(INSIDE)
    keys(page, "ArrowDown")
    expect(problem).to_be_hidden()
    keys(page, "ArrowUp")
    expect(problem).to_be_visible()
    keys(page, "Alt+Enter")
    expect(cells(page, 5).first).to_have_text("Oak")


def test_rows_are_ordered_searched_and_narrowed_and_the_filter_comes_off(visit: Visit) -> None:
    page, names = visit.page, cells(visit.page, 0)
    opened(visit, name="order.csv")
    expect(page.locator(".grid-tab")).to_have_text(
        ["All 3", "Errors 0", "Warnings 1", "New 2", "Existing 1", "Excluded 0"]
    )
    page.get_by_role("button", name="Sort: username").click()
    expect(names).to_have_text(["amelia.okafor", "dove", "gull"])
    head = page.locator("[role=columnheader][tabulator-field=c0]")
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Sort: username").click()
    expect(names).to_have_text(["gull", "dove", "amelia.okafor"])

    page.get_by_label("Search rows").fill("day")
    expect(names).to_have_text(["dove"])
    expect(page.locator("[data-filtered]")).to_contain_text("1 row: with “day” · Sorted by username")
    page.get_by_role("button", name="Clear filter").click()
    expect(names).to_have_text(["gull", "amelia.okafor", "dove"])
    expect(page.locator("[data-filtered]")).to_be_hidden()

    page.get_by_role("button", name="Show rows").click()
    expect(names).to_have_text(["gull"])
    expect(page.locator("[data-filtered]")).to_contain_text("isn't an option of")
    page.get_by_role("button", name="New 2").click()
    expect(names).to_have_text(["gull", "dove"])


@pytest.mark.parametrize("width", [1024, 390])
def test_on_a_narrow_window_the_problems_are_a_drawer_that_leads_to_their_cell(visitor: Visitor, width: int) -> None:
    visit = visitor(width=width)
    page = visit.page
    path = visit.hand_in(name="narrow.csv", text=roster("heron,Hal,,heron@x.example,Leeds,Oak"))
    visit.plan(path)
    visit.go(f"{path}review/")
    cells(page, 0).first.wait_for()
    drawer = page.get_by_role("dialog", name="Problems")
    expect(drawer).to_have_count(0)

    page.get_by_role("button", name="Problems").press("Enter")
    expect(drawer).to_contain_text("A new person needs a last name.")
    assert visit.violations() == []
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page.get_by_role("button", name="Problems")).to_be_focused()

    page.keyboard.press("Enter")
    drawer.get_by_role("button", name="Show rows").press("Enter")
    expect(drawer).to_have_count(0)
    expect(page.locator(".tabulator-tableholder")).to_be_focused()
    expect(cells(page, 2).first).to_be_in_viewport(ratio=1)
    page.keyboard.type("Holm")
    page.keyboard.press("Enter")
    expect(cells(page, 2).first).to_have_text("Holm")


def test_a_screen_shows_eighteen_rows_and_seven_columns(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1440, "height": 900})
    path = visit.hand_in(name="many.csv", text=roster(*MANY))
    visit.plan(path)
    visit.go(f"{path}review/")
    cells(page, 0).first.wait_for()
    seen = """() => {
        const frame = document.querySelector(".tabulator-tableholder").getBoundingClientRect();
        const isWhole = (each) => {
            const { bottom, right } = each.getBoundingClientRect();
            return bottom <= Math.min(frame.bottom, innerHeight) + 1 && right <= Math.min(frame.right, innerWidth) + 1;
        };
        const rows = [...document.querySelectorAll(".tabulator-row .tabulator-cell:first-child")];
        const first = [...document.querySelectorAll(".tabulator-row:first-child .tabulator-cell")];
        return [rows.filter(isWhole).length, first.filter(isWhole).length];
    }"""
    rows, columns = page.evaluate(seen)
    assert rows >= 18
    assert columns >= 7
