"""The grid of a draft in a browser: two people at one import, lists of options, lost connections."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OWNER, Served, Visit, Visitor
from tests.browser.test_imports import HEAD, roster, typed

pytestmark = pytest.mark.slow

LINES = (
    "gull,Gull,Gray,gull@x.example,Leeds,Oka",
    "amelia.okafor,Amelia,,,York,Elm",
    "dove,Dove,Day,dove@x.example,,Oak",
)


def cells(page: Page, column: int) -> Locator:
    return page.locator(f".tabulator-cell[tabulator-field=c{column}]")


def opened(visit: Visit, *, name: str) -> str:
    """A draft that was looked through, at its grid; its path."""
    path = visit.hand_in(name=name, text=roster(*LINES))
    visit.plan(path)
    visit.go(f"{path}review/")
    expect(cells(visit.page, 0)).to_have_text(["gull", "amelia.okafor", "dove"])
    return path


def test_two_people_at_one_import_see_what_the_other_does(visitor: Visitor) -> None:
    one, other = visitor(), visitor()
    path = opened(one, name="two.csv")
    other.go(f"{path}review/")
    typed(other.page, cells(other.page, 4).first, "Bath")

    expect(cells(one.page, 4).first).to_have_text("Bath")
    expect(cells(one.page, 4).first).to_have_attribute("title", "Changed by tamar.beridze.")

    typed(one.page, cells(one.page, 4).first, "Bonn")
    expect(cells(other.page, 4).first).to_have_text("Bonn")


@pytest.mark.spec("NE-02")
def test_existing_people_are_marked_and_problems_are_listed_below(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="known.csv")
    status = page.locator(".tabulator-row .row-status")
    expect(status).to_have_text(["new · created", "existing · updated", "new · created"])
    expect(page.locator(".tabulator-row.row-known")).to_have_count(1)
    expect(page.locator(".tabulator-row.row-known .bi-person-check")).to_be_visible()
    marks = page.locator(".tabulator-row").evaluate_all("rows => rows.map(row => getComputedStyle(row).boxShadow)")
    assert [mark != "none" for mark in marks] == [False, True, False]

    cells(page, 4).first.click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-about]")).to_contain_text("“Oka” isn't an option of")


def test_a_choice_is_chosen_from_a_list_or_gets_another_option(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="choice.csv")
    cells(page, 5).nth(2).dblclick()
    page.locator(".tabulator-edit-list-item", has_text="Ash").click()
    expect(cells(page, 5).nth(2)).to_have_text("Ash")

    page.get_by_role("button", name="Add option Oka").click()
    page.wait_for_url("**/review/")
    expect(page.get_by_text("isn't an option of")).to_have_count(0)
    cells(page, 5).first.dblclick()
    expect(page.locator(".tabulator-edit-list-item", has_text="Oka")).to_have_count(1)
    page.keyboard.press("Escape")


def test_a_column_is_called_otherwise(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="called.csv")
    page.locator("[data-meaning=city]").click()
    page.get_by_label("Field name").fill("department")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-meaning=city]")).to_contain_text("department")

    page.locator("[data-meaning=city]").click()
    page.get_by_label("Field name").fill("username")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-said]")).to_contain_text("both mean username")
    # The browser itself notes an answer of 422.
    visit.wrong.clear()


def test_a_name_of_a_column_is_written_over_by_mouse_or_keys(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="named.csv")
    name, said = page.locator(".name-button").nth(4), page.locator("[data-said]")
    name.click()
    page.keyboard.type("Abteilung")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Renamed the column to “Abteilung”. It is imported as: department.")
    expect(page.locator("[data-meaning=city]")).to_contain_text("department")
    expect(name).to_have_attribute("title", "In the file: city")
    cells(page, 0).first.wait_for()
    assert visit.violations() == []

    page.get_by_role("button", name="lastname – Rename this column").focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("Username")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("both mean username")
    expect(page.locator(".name-button").nth(3)).to_contain_text("email")
    # The browser itself notes an answer of 422.
    visit.wrong.clear()

    cells(page, 4).first.click()
    page.keyboard.press("Control+z")
    expect(said).to_have_text("Your last change is undone.")
    expect(name).to_contain_text("city")
    page.locator(".name-button").nth(5).click()
    page.keyboard.type("nothing")
    at = "name => document.querySelector(`.tabulator-${name}`).scrollLeft"
    assert page.evaluate(at, "tableholder") == page.evaluate(at, "header-contents") > 0, "cells go along"
    page.keyboard.press("Escape")
    expect(name).to_contain_text("city")


def test_the_grid_works_after_it_was_replaced(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="again.csv")
    page.evaluate("""() => {
        const grid = document.querySelector("review-grid");
        const place = document.createElement("div");
        grid.replaceWith(place);
        place.replaceWith(grid);
    }""")
    cells(page, 4).first.wait_for()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.method) if asked.url.endswith("/review/edit/") else None)
    typed(page, cells(page, 4).first, "Bath")
    expect(page.locator("[data-said]")).to_have_text("Changed 1 cell.")

    assert sent == ["POST"]


def test_keys_empty_cells_and_take_back(visit: Visit) -> None:
    page = visit.page
    opened(visit, name="keys.csv")
    cells(page, 4).first.click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    expect(cells(page, 4)).to_have_text(["", "", ""])
    cells(page, 4).first.click()
    page.keyboard.press("Control+z")
    expect(cells(page, 4)).to_have_text(["Leeds", "York", ""])
    page.keyboard.press("Control+Shift+z")
    expect(cells(page, 4)).to_have_text(["", "", ""])


def test_a_pasted_block_continues_on_the_next_page_and_the_surplus_is_reported(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(name="long.csv", text=roster(*(f"l{n},L,M{n},l{n}@x.example,Leeds,Oak" for n in range(102))))
    visit.go(f"{path}review/")
    page.evaluate("navigator.clipboard.writeText(Array(4).fill('Bath').join('\\n'))")
    cells(page, 4).first.wait_for()
    page.locator(".tabulator-tableholder").evaluate("holder => holder.scrollTo(0, 10000)")
    last = page.locator(".tabulator-row", has_text="l99@x.example").locator("[tabulator-field=c4]")
    last.click()
    # Chromium notes that the row was not there when the grid began to select.
    visit.wrong.clear()
    page.keyboard.press("Control+v")
    expect(page.locator("[data-said]")).to_contain_text("Not enough rows in this list. Rows not pasted: 1")
    expect(last).to_have_text("Bath")
    page.get_by_role("button", name="Next Page").click()
    expect(cells(page, 4)).to_have_text(["Bath", "Bath"])


def test_cells_of_very_many_rows_are_replaced_in_the_background(visitor: Visitor) -> None:
    one, other = visitor(), visitor()
    text = roster(*(f"v{n},V,M{n},v{n}@x.example,Leeds,Oak" for n in range(20_001)))
    path = one.hand_in(name="very-long.csv", text=text)
    for each in (one, other):
        each.go(f"{path}review/")
        expect(cells(each.page, 4).first).to_have_text("Leeds")
    page = one.page
    page.get_by_role("button", name="Find and replace").click()
    page.get_by_label("Find", exact=True).fill("Leeds")
    page.get_by_label("Replace with").fill("Bath")
    page.get_by_label("In", exact=True).select_option("city")
    page.get_by_role("button", name="Show matches").click()
    expect(page.locator("[data-found]")).to_contain_text("20001 ×")
    page.get_by_role("button", name="Replace", exact=True).click()
    for each in (one, other):
        expect(each.page.locator("[data-said]")).to_have_text("Changed 20001 cells.")
        expect(cells(each.page, 4).first).to_have_text("Bath")
        expect(each.page.locator("[data-work]")).to_be_hidden()

    page.get_by_role("button", name="Undo").click()
    expect(cells(page, 4).first).to_have_text("Leeds")


def test_a_lost_connection_is_reported_and_keeps_the_edit(visit: Visit) -> None:
    page = visit.page
    path = opened(visit, name="cut.csv")
    page.context.set_offline(True)
    cells(page, 4).first.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("Bath")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("The server isn't responding.")
    expect(cells(page, 4).first).to_have_text("Bath")

    page.context.set_offline(False)
    expect(page.locator("[data-said]")).to_have_text("Changed 1 cell.")
    visit.go(f"{path}review/")
    expect(cells(page, 4).first).to_have_text("Bath")
    assert {wrong for wrong in visit.wrong if "ERR_INTERNET_DISCONNECTED" not in wrong} == set()
    visit.wrong.clear()


def test_nothing_is_lost_by_being_signed_out(visit: Visit, school: Served) -> None:
    page = visit.page
    path = opened(visit, name="out.csv")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    cells(page, 4).first.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("Bath")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("You were signed out.")
    assert cookies

    signed_in_elsewhere(visit, name=OWNER, password=school.password)
    expect(page.locator("[data-said]")).to_have_text("Changed 1 cell.")

    visit.go(f"{path}settings/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Add all").check()
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("alert")).to_contain_text("You were signed out. Nothing is lost.")
    signed_in_elsewhere(visit, name=OWNER, password=school.password)
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_url(re.compile("/(next|review|preview)/"))
    visit.go(f"{path}settings/")
    expect(page.get_by_label("Add all")).to_be_checked()
    # A page asks for notices now and then, also while nobody is signed in.
    visit.wrong[:] = [each for each in visit.wrong if "403" not in each]


def test_what_a_tab_keeps_goes_when_somebody_signs_out(visit: Visit) -> None:
    """ASVS 14.3.1 and 14.3.3."""
    page = visit.page
    opened(visit, name="kept.csv")
    page.route("**/review/edit/", lambda route: route.abort())
    cells(page, 4).first.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("Bath")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("The server isn't responding.")
    kept = page.evaluate("Object.entries(sessionStorage).flat().join()")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    assert "Bath" in kept
    assert page.evaluate("Object.entries(sessionStorage)") == []
    assert page.evaluate("Object.keys(localStorage)") == []
    # The browser itself notes requests that came to nothing.
    visit.wrong.clear()


def test_what_is_typed_is_neither_lost_nor_sent_by_somebody_else(visit: Visit, school: Served) -> None:
    page = visit.page
    meg = ("--firstname", "Meg", "--lastname", "Moss", "--email", "meg@x.example")
    assert school.site.enlist("team", "add", "meg.moss", "manager", *meg).code == 0
    visit.go("/add-person/")
    for label, value in {
        "Username": "heron",
        "First name": "Heron",
        "Last name": "Lake",
        "E-mail": "h@x.example",
    }.items():
        page.get_by_label(label).fill(value)
    page.context.clear_cookies(name="sessionid")
    add = page.get_by_role("button", name="Add", exact=True)
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("You were signed out. Nothing is lost.")

    signed_in_elsewhere(visit, name="meg.moss", password=school.password_of("meg.moss"))
    add.click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else signed in here")
    signed_in_elsewhere(visit, name=OWNER, password=school.password)
    add.click()
    expect(page.get_by_text("Added heron.")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage)") == []


def signed_in_elsewhere(visit: Visit, *, name: str, password: str) -> None:
    """Sign in with the link, in another tab."""
    with visit.page.context.expect_page() as opening:
        visit.page.get_by_role("link", name="Sign in (in a new tab)").click()
    tab = opening.value
    tab.get_by_label("Username or e-mail address").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/imports/")
    tab.close()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("nothing.csv", b"", "is empty"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture, not a table"),
        ("header.csv", HEAD.encode(), "has a header but no rows"),
    ],
)
def test_a_file_without_a_table_is_refused_in_a_sentence(visit: Visit, name: str, data: bytes, said: str) -> None:
    page = visit.page
    visit.go("/imports/new/")
    page.get_by_label("Drop a file here, or choose one").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )
    expect(page.get_by_role("alert")).to_contain_text(said)
    # The browser itself notes an answer of 422.
    visit.wrong.clear()
