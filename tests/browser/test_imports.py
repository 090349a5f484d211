"""Imports in a browser, from a file to its undo, as people do them."""

import json
import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import Served, Visit, Visitor

pytestmark = pytest.mark.slow

HEAD = "username,firstname,lastname,email,city,profile_field_house"


def roster(*lines: str) -> str:
    return "\n".join((HEAD, *lines, ""))


def city(school: Served, username: str) -> str:
    return str(json.loads(school.site.enlist("people", "show", username, "--json").out)["city"])


def typed(page: Page, cell: Locator, text: str) -> None:
    """Replace the text of a cell in the grid."""
    cell.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("Changed 1 cell.")


def test_it_signs_in_and_out(visitor: Visitor, school: Served) -> None:
    visit = visitor(signed_in=False)
    visit.go("/people/")
    visit.page.get_by_label("Username or e-mail address").fill("tamar.beridze")
    visit.page.get_by_label("Password").fill(school.password)
    visit.page.get_by_role("button", name="Sign in").click()

    expect(visit.page.get_by_role("heading", name="People")).to_be_visible()

    visit.page.get_by_role("button", name="Your account").click()
    visit.page.get_by_role("button", name="Sign out").click()

    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_import_is_fixed_previewed_applied_and_undone(visit: Visit, school: Served) -> None:
    page = visit.page
    path = visit.hand_in(
        name="new.csv",
        text=roster("wren,Wren,,wren@x.example,Leeds,Oak", "finch,Finch,Bell,finch@x.example,Leeds,Oka"),
    )
    expect(page.locator(".understood")).to_contain_text("comma")
    page.get_by_role("button", name="Looks good – continue").click()
    page.wait_for_url("**/review/")
    visit.plan(path)
    expect(page.get_by_role("button", name="Import 1 person")).to_be_visible()

    page.get_by_role("link", name="Correct rows").click()
    page.locator("#problem-kinds").get_by_role("button", name="Use Oak").click()
    cell = page.locator(".tabulator-cell[tabulator-field=c2]").first
    expect(page.get_by_text("Undo", exact=True)).to_be_enabled()
    typed(page, cell, "Marsh")
    page.get_by_role("button", name="Preview changes").click()
    visit.previewed()
    expect(page.get_by_role("heading", name="Problems", exact=True)).to_have_count(0)

    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    assert city(school, "wren") == "Leeds"

    visit.press("Undo this import")
    visit.previewed()
    page.get_by_role("button", name=re.compile("Undo import|Send for approval")).click()
    expect(page.get_by_role("heading", name=re.compile("Undo of import"))).to_be_visible()
    expect(page.locator(".state").first).to_have_text("Imported")
    assert "Nobody has the username" in school.site.enlist("people", "show", "wren").err


def reached(page: Page, what: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        if what.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {what}")


def uploaded_by_keyboard(visit: Visit, *, name: str, data: bytes) -> None:
    """Hand a file in without a mouse."""
    page = visit.page
    visit.go("/imports/new/")
    # The browser has to know in time that the file is chosen by the test.
    with page.expect_file_chooser() as chooser:
        reached(page, page.get_by_label("Drop a file here, or choose one"))
        page.keyboard.press("Space")
    chooser.value.set_files(FilePayload(name=name, mimeType="text/csv", buffer=data))
    visit.handed_in()


def test_a_file_is_uploaded_read_and_reviewed_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    lines = roster("dipper,Dipper,Dale,dipper@x.example,Leeds,Oak").encode()
    uploaded_by_keyboard(visit, name="keys.csv", data=lines)
    visit.previewed()
    reached(page, page.locator(".steps a[href$='/review/']"))
    page.keyboard.press("Enter")

    expect(page.locator(".tabulator-cell[tabulator-field=c0]").first).to_have_text("dipper")


def test_a_damaged_file_is_explained_and_read_again_or_replaced_by_keyboard(visit: Visit) -> None:
    page = visit.page
    uploaded_by_keyboard(visit, name="damaged.xlsx", data=b"PK\x03\x04" + b"damaged" * 40)
    expect(page.get_by_role("alert")).to_contain_text("damaged.xlsx is cut off or damaged")
    assert visit.violations() == []
    reached(page, page.get_by_label("Header line"))
    page.keyboard.type("1")
    # The page that is left says the same.
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("damaged.xlsx is cut off or damaged")
    reached(page, page.get_by_role("link", name="Upload another file"))
    page.keyboard.press("Enter")

    page.wait_for_url("**/imports/new/")


def test_another_reading_shows_at_once(visit: Visit) -> None:
    page = visit.page
    visit.hand_in(name="letters.csv", text=roster("jo,José,Peña,jo@x.example,Leeds,Oak"))
    expect(page.get_by_role("cell", name="José")).to_be_visible()
    page.get_by_role("button", name="Change reading options").click()
    page.get_by_label("Encoding").select_option("windows-1252")
    expect(page.get_by_role("cell", name="JosÃ©")).to_be_visible()
    assert visit.violations() == []

    page.get_by_role("button", name="Apply these options").click()
    # The page that was read again has its options closed.
    expect(page.locator("#encoding")).to_be_hidden()
    expect(page.locator("#encoding")).to_have_value("windows-1252")
    expect(page.get_by_role("cell", name="JosÃ©")).to_be_visible()
    page.get_by_role("button", name="Change reading options").click()
    page.get_by_label("Encoding").select_option("")
    expect(page.get_by_role("cell", name="José")).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name="JosÃ©")).to_be_visible()
    page.get_by_role("button", name="Looks good – continue").click()
    page.wait_for_url("**/preview/")


def test_rows_are_typed_and_pasted_into_a_grid(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    page.get_by_role("tab", name="Type into a grid").click()
    page.locator("#typed .tabulator-cell[tabulator-field=c0]").first.click()
    page.evaluate(
        """() => {
            const block = new DataTransfer();
            block.setData("text/plain", "ann.b\\tAnn\\tBerg\\tann@x.example\\r\\nbo.c\\tBo\\tCarl\\tbo@x.example");
            const paste = new ClipboardEvent("paste", { bubbles: true, clipboardData: block });
            document.querySelector("#typed .tabulator-cell").dispatchEvent(paste);
        }"""
    )
    expect(page.locator("#typed .tabulator-cell[tabulator-field=c0]").nth(1)).to_have_text("bo.c")
    page.locator("#typed .tabulator-cell[tabulator-field=c0]").nth(2).dblclick()
    page.keyboard.type("cy.d")
    page.keyboard.press("Enter")
    page.get_by_label("Name of column 2").fill("Vorname")
    assert visit.violations() == []
    page.get_by_role("button", name="Upload typed rows").click()
    visit.go(f"{visit.handed_in()}source/")

    names = page.locator(".sample thead th").all_text_contents()
    cells = [row.locator("td").all_text_contents() for row in page.locator(".sample tbody tr").all()]
    assert names == ["Line", "username", "Vorname", "lastname", "email"]
    assert cells == [
        ["2", "ann.b", "Ann", "Berg", "ann@x.example"],
        ["3", "bo.c", "Bo", "Carl", "bo@x.example"],
        ["4", "cy.d", "", "", ""],
    ]


def test_a_preview_that_takes_long_is_asked_for_once(visit: Visit) -> None:
    page, asked = visit.page, list[str]()
    path = visit.hand_in(name="slow.csv", text=roster("linnet,Linnet,Lark,linnet@x.example,Leeds,Oak"))

    def slowly(route: Route) -> None:
        asked.append(route.request.url)
        page.wait_for_timeout(1_000)
        route.continue_()

    page.route("**/preview/", slowly)
    visit.plan(path)

    # Of what is being planned, and of what was.
    assert len(asked) <= 2


def test_a_stale_plan_is_made_and_shown_again(visit: Visit, school: Served) -> None:
    page = visit.page
    person = "amelia.okafor"
    path = visit.hand_in(name="stale.csv", text=f"username,city\n{person},Paris\n")
    visit.plan(path, upload_type="update")
    school.site.enlist("people", "set", person, "city=Oslo")
    page.get_by_role("button", name="Import 1 person").click()

    expect(page.get_by_text("Check the changes again.")).to_be_visible()
    expect(page.get_by_text("Oslo", exact=True)).to_be_visible()

    page.get_by_role("button", name="Import 1 person").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    assert city(school, person) == "Paris"


def test_what_is_over_the_limits_is_approved_by_typing_its_number(visit: Visit, school: Served) -> None:
    page = visit.page
    listed = school.site.enlist("people", "list", "--limit", "400", "--json").out
    learners = re.findall(r'"username": "([^"]+)",[^}]*"site_role": "learner"[^}]*"state": "active"', listed)[:60]
    assert len(learners) == 60
    path = visit.hand_in(name="leavers.csv", text="username,suspended\n" + "".join(f"{name},1\n" for name in learners))
    visit.plan(path, upload_type="update")
    expect(page.get_by_text("This needs approval")).to_be_visible()
    assert visit.violations() == []
    page.get_by_label("Type 60 to approve").fill("59")
    page.get_by_role("button", name="Import 60 people").click()
    expect(page.get_by_text("You confirmed 59, but import")).to_be_visible()

    page.get_by_label("Type 60 to approve").fill("60")
    page.get_by_role("button", name="Import 60 people").click()
    expect(page.get_by_role("heading", name="All changes needed approval")).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^import \d+$")).click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()


def test_what_needs_approval_can_be_left_to_another_owner(visit: Visit, school: Served) -> None:
    page = visit.page
    listed = school.site.enlist("people", "list", "--limit", "400", "--json").out
    learners = re.findall(r'"username": "([^"]+)",[^}]*"site_role": "learner"[^}]*"state": "active"', listed)[:60]
    path = visit.hand_in(name="later.csv", text="username,suspended\n" + "".join(f"{name},1\n" for name in learners))
    visit.plan(path, upload_type="update")
    page.get_by_role("button", name="Ask another owner").click()
    page.get_by_role("link", name=re.compile(r"^import \d+$")).click()
    expect(page.get_by_role("button", name="Approve and apply")).to_be_visible()


def test_nothing_is_lost_by_reload_or_by_going_back(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(name="back.csv", text=roster("robin,Robin,Rook,robin@x.example,Leeds,Oak"))
    visit.plan(path)
    visit.go(f"{path}settings/")
    expect(page.locator("#upload_type-add_and_update")).to_be_checked()
    visit.go(f"{path}review/")
    typed(page, page.locator(".tabulator-cell[tabulator-field=c4]").first, "York")
    page.reload()
    expect(page.locator(".tabulator-cell[tabulator-field=c4]").first).to_have_text("York")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tabulator-cell[tabulator-field=c4]").first).to_have_text("Leeds")
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".tabulator-cell[tabulator-field=c4]").first).to_have_text("York")


def test_rows_are_found_replaced_pasted_and_left_out(visit: Visit) -> None:
    page = visit.page
    lines = [f"p{number},P,Q{number},p{number}@x.example,Leeds,Oak" for number in range(5)]
    path = visit.hand_in(name="grid.csv", text=roster(*lines))
    visit.go(f"{path}review/")
    cities = page.locator(".tabulator-cell[tabulator-field=c4]")
    expect(cities.first).to_have_text("Leeds")
    page.get_by_role("button", name="Find and replace").click()
    page.get_by_label("Find", exact=True).fill("Leeds")
    page.get_by_label("Replace with").fill("York")
    page.get_by_role("button", name="Show matches").click()
    expect(page.locator("[data-found]")).to_contain_text("5 ×")
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(cities).to_have_text(["York"] * 5)

    page.evaluate("navigator.clipboard.writeText('Bath\\tElm\\nBonn\\tAsh')")
    cities.nth(1).click()
    page.keyboard.press("Control+v")
    expect(cities).to_have_text(["York", "Bath", "Bonn", "York", "York"])
    expect(page.locator(".tabulator-cell[tabulator-field=c5]")).to_have_text(["Oak", "Elm", "Ash", "Oak", "Oak"])

    cities.nth(4).click()
    page.get_by_role("button", name="Exclude rows").click()
    expect(page.locator(".row-out")).to_have_count(1)
    visit.plan(path)
    expect(page.get_by_role("button", name="Import 4 people")).to_be_visible()


def test_a_file_of_100_000_rows_is_imported_while_the_browser_is_elsewhere(visit: Visit, school: Served) -> None:
    page = visit.page
    lines = (f"bulk{number},B,U{number},bulk{number}@x.example,Leeds,Oak" for number in range(100_000))
    path = visit.hand_in(name="bulk.csv", text=roster(*lines))
    expect(page.locator(".understood")).to_contain_text("100,000")
    page.set_default_timeout(180_000)
    visit.plan(path)
    visit.go(f"{path}review/")
    expect(page.locator(".tabulator-row").first).to_be_visible()
    visit.go(f"{path}preview/")
    visit.press("Import 100,000 people")
    visit.go("/people/")
    visit.go(path)
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=180_000)
    assert city(school, "bulk99999") == "Leeds"


def test_settings_show_what_patterns_make_and_what_a_change_solves(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(
        name="settings.csv",
        text=roster("teal,Teal,Todd,teal@x.example,Leeds,Oka", "ruff,Ruff,Rice,ruff@x.example,York,Oka"),
    )
    visit.plan(path)
    visit.go(f"{path}settings/")
    page.get_by_label("department", exact=True).press_sequentially("%-1f%-l")
    expect(page.locator("#defaults-department-example")).to_have_text("ttodd · rrice")
    page.keyboard.press("Tab")
    expect(page.locator("#checked")).to_contain_text("Errors: 0, warnings: 2.")

    page.locator("#unknown_choice-add_option").check()
    expect(page.locator("#checked")).to_contain_text("2 problems solved.")
    page.locator("#unknown_choice-error").check()
    expect(page.locator("#checked")).to_contain_text("2 new problems.")

    page.get_by_label("country", exact=True).fill("Nowhere")
    page.keyboard.press("Tab")
    expect(page.locator("#defaults-country-example")).to_contain_text("“Nowhere” isn't a recognised country")
    expect(page.locator("#checked")).to_contain_text("“Nowhere” isn't a recognised country")
    visit.go(f"{path}review/")
    visit.go(f"{path}settings/")
    expect(page.locator("#defaults-department")).to_have_value("%-1f%-l")


def test_the_example_of_a_pattern_is_that_of_what_was_typed_last(visit: Visit) -> None:
    page, held = visit.page, list[Route]()
    path = visit.hand_in(name="typed.csv", text=roster("smew,Smew,Shaw,smew@x.example,Leeds,Oak"))
    visit.go(f"{path}settings/")
    field, example = page.get_by_label("department", exact=True), page.locator("#defaults-department-example")
    page.route("**/settings/example/**", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/settings/example/**"):
        field.press_sequentially("%-1f")
    field.press_sequentially("%-l")
    expect(example).to_have_text("sshaw")
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(example).to_have_text("sshaw")


def test_a_drawer_that_has_opened_leaves_the_focus_in_the_field_where_somebody_types(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(name="drawer.csv", text=roster("smee,Smee,Shaw,smee@x.example,Leeds,Oak"))
    visit.go(f"{path}columns/")
    page.get_by_role("button", name="All settings").click()
    expect(page.get_by_label("Search settings")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#settings")).to_be_hidden()

    # As if somebody were faster than the drawer.
    page.evaluate(
        """() => {
            document.querySelector("[data-bs-target='#settings']").click();
            document.querySelector("#defaults-department").focus();
        }"""
    )
    page.locator("#settings.show:not(.showing)").wait_for()
    expect(page.get_by_label("department", exact=True)).to_be_focused()


def test_another_page_shows_that_an_import_is_done(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(name="heard.csv", text=roster("knot,Knot,Kerr,knot@x.example,Leeds,Oak"))
    visit.plan(path)
    # As if they had left before the answer came.
    button = page.get_by_role("button", name="Import 1 person")
    button.evaluate("({form}) => fetch(form.action, {method: 'POST', body: new FormData(form), redirect: 'manual'})")
    visit.go("/people/")
    notice = page.locator(".notice", has_text="heard.csv, is done: 1 created.")
    expect(notice).to_be_visible()
    assert visit.violations() == []

    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(notice).to_have_count(0)
    page.wait_for_load_state("networkidle")


def test_imports_are_found_in_their_list(visit: Visit) -> None:
    page = visit.page
    visit.hand_in(name="sought.csv", text=roster("rail,Rail,Rowe,rail@x.example,Leeds,Oak"))
    visit.go("/imports/")
    page.get_by_label("Name, file or number").fill("sought")
    page.get_by_label("Status").select_option("ready")
    expect(page.locator("#lines tr")).to_have_count(1)
    page.get_by_label("Status").select_option("applied")
    expect(page.get_by_text("No import matches.")).to_be_visible()
    assert visit.violations() == []


def test_a_form_that_is_sent_twice_makes_one_import(visit: Visit, school: Served) -> None:
    page = visit.page
    visit.go("/imports/new/")
    text = roster("twite,Twite,Tate,twite@x.example,Leeds,Oak").encode()
    page.get_by_label("Drop a file here, or choose one").set_input_files(
        {"name": "twice.csv", "mimeType": "text/csv", "buffer": text}
    )
    visit.handed_in()

    found = json.loads(school.site.enlist("imports", "--json").out)
    assert [each["file"] for each in found].count("twice.csv") == 1


@pytest.mark.parametrize(
    ("step", "name"),
    [("source", "Upload"), ("columns", "Match columns"), ("review", "Review"), ("preview", "Preview")],
)
def test_a_step_is_the_same_after_a_reload_and_after_going_back(visit: Visit, step: str, name: str) -> None:
    page = visit.page
    path = visit.hand_in(name=f"{step}.csv", text=roster(f"r{step},Reed,Ross,r{step}@x.example,Leeds,Oak"))
    visit.plan(path)
    visit.go(f"{path}{step}/")
    expect(page.locator(".steps [aria-current]")).to_contain_text(name)
    page.reload()
    visit.go("/people/")
    page.go_back()
    expect(page.locator(".steps [aria-current]")).to_contain_text(name)
    page.wait_for_load_state("networkidle")
