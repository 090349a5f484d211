"""The steps of an import: which are passed, what an upload survives, what the columns ask."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.hands import HEAD, Hands, csv, new_people

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("head", "line", "step"),
    [
        (f"{HEAD},Lieblingstier", "crane{},Crane,C,crane{}@x.example,Leeds,cat", "columns"),
        (HEAD, "crake{},Crake,,crake{}@x.example,Leeds", "review"),
        ("firstname,lastname,email", "Rail,R,rail{}@x.example", "columns"),
    ],
)
def test_a_step_with_something_to_decide_is_not_passed(visit: Visit, head: str, line: str, step: str) -> None:
    visit.go("/imports/new/")
    Hands(visit.page).choose(csv(f"{step}.csv", *(line.format(n, n) for n in range(3)), head=head))
    path = visit.handed_in()

    assert visit.page.url.endswith(f"{path}{step}/")


def test_passed_steps_are_opened_again_by_their_names(visit: Visit) -> None:
    visit.go("/imports/new/")
    Hands(visit.page).choose(csv("again.csv", *new_people("teal", 2)))
    visit.previewed()
    for name, step in (("Match columns", "columns"), ("Upload", "source"), ("Review", "review")):
        visit.page.get_by_role("navigation", name="Steps").get_by_role("link", name=name, exact=True).click()
        visit.page.wait_for_url(f"**/{step}/")


def test_an_upload_that_is_cut_off_is_tried_again_and_makes_one_import(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    page.route("**/imports/new/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    Hands(page).choose(csv("cut.csv", *new_people("knot", 2)))
    expect(page.get_by_text("The upload was cut off. Nothing was imported.").first).to_be_visible()
    assert visit.violations() == []
    page.unroute("**/imports/new/")
    page.get_by_role("button", name="Try again").click()
    visit.previewed()
    visit.wrong[:] = [each for each in visit.wrong if "ERR_FAILED" not in each]

    visit.go("/imports/")
    expect(page.get_by_role("link", name="cut.csv")).to_have_count(1)


def test_a_file_that_changes_on_the_disk_during_an_upload_is_chosen_again(visit: Visit, tmp_path: Path) -> None:
    page, file = visit.page, tmp_path / "changing.csv"
    file.write_bytes(csv("", *new_people("dunlin", 2))["buffer"])
    visit.go("/imports/new/")

    def change(route: Route) -> None:
        file.write_bytes(csv("", *new_people("dunlin", 30))["buffer"])
        route.abort()

    page.route("**/imports/new/", lambda route: change(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("Drop a file here, or choose one").set_input_files(file)
    expect(page.get_by_text("The file was changed or moved during the upload.").first).to_be_visible()
    page.unroute("**/imports/new/")
    page.get_by_label("Drop a file here, or choose one").set_input_files(file)
    expect(page.get_by_role("heading", name="30 people will be created")).to_be_visible()
    visit.wrong[:] = [each for each in visit.wrong if "ERR_FAILED" not in each]


def test_another_file_that_is_chosen_during_an_upload_replaces_it(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    held: list[Route] = []
    page.route("**/imports/new/", lambda route: route.continue_() if held else held.append(route))
    Hands(page).choose(csv("first.csv", *new_people("ruff", 2)))
    expect(page.locator("[data-sending]")).to_contain_text("first.csv")
    page.get_by_label("Drop a file here, or choose one").set_input_files(csv("second.csv", *new_people("reeve", 3)))
    visit.previewed()
    expect(page.get_by_role("heading", name="second.csv")).to_be_visible()

    visit.go("/imports/")
    expect(page.get_by_role("link", name="first.csv")).to_have_count(0)


def test_a_session_that_ends_during_an_upload_is_said_and_nothing_is_lost(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    cookies = page.context.cookies()
    # Between the question who is signed in, and the upload.

    def signed_out(route: Route) -> None:
        page.context.clear_cookies()
        route.continue_()

    page.route("**/imports/new/", signed_out)
    Hands(page).choose(csv("out.csv", *new_people("dunlin", 2)))
    expect(page.get_by_text("You were signed out during the upload.").first).to_be_visible()
    expect(page.get_by_role("link", name="Sign in (in a new tab)")).to_be_visible()
    page.unroute("**/imports/new/")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("button", name="Try again").click()
    visit.previewed()
    expect(page.get_by_role("heading", name="2 people will be created")).to_be_visible()
    visit.wrong[:] = [each for each in visit.wrong if "403" not in each]


def test_no_page_of_an_upload_has_a_finding(visitor: Visitor) -> None:
    visit = visitor(width=390)
    visit.go("/imports/new/")
    for way in ("Upload a file", "Paste rows", "Type into a grid"):
        visit.page.get_by_role("tab", name=re.compile(way)).click()
        assert visit.violations() == []


def test_questions_say_their_effect_and_an_answer_is_saved_at_once(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    lines = ["amelia.okafor,Amelia,Okafor,a@x.example,Leeds", *new_people("smew", 2)]
    Hands(page).choose(csv("known.csv", *(f"{line},Art" for line in lines), head=f"{HEAD},department"))
    page.wait_for_url("**/columns/")
    expect(page.locator("#questions")).to_contain_text("2 new, 1 existing")
    expect(page.locator("#questions")).to_contain_text("1 of 3 rows match")
    assert visit.violations() == []
    page.get_by_role("radio", name=re.compile("Create and update")).check()
    expect(page.locator("#questions .count-pill")).to_have_text("2 changed")
    page.reload()
    expect(page.get_by_role("radio", name=re.compile("Create and update"))).to_be_checked()
    page.get_by_role("button", name="All settings").click()
    assert visit.violations() == []
    page.get_by_label("Search settings").fill("country")
    expect(page.locator("[data-control]:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="3 people will be created or changed")).to_be_visible()


def test_continue_waits_until_the_answers_are_saved(visit: Visit) -> None:
    page, held = visit.page, list[Route]()
    visit.go("/imports/new/")
    lines = ["amelia.okafor,Amelia,Okafor,a@x.example,Leeds,Art", *(f"{line},Art" for line in new_people("dunnock", 2))]
    Hands(page).choose(csv("quick.csv", *lines, head=f"{HEAD},department"))
    page.wait_for_url("**/columns/")
    page.route("**/settings/check/", lambda route: held.append(route))
    with page.expect_request("**/settings/check/"):
        page.get_by_role("radio", name=re.compile("Create and update")).check()
        page.get_by_role("button", name="Continue").click()
    while not held:
        page.wait_for_timeout(50)
    with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/columns/")):
        held[0].continue_()
    expect(page.get_by_role("heading", name="3 people will be created or changed")).to_be_visible()


def test_values_become_options_and_a_column_becomes_a_field_where_columns_are_matched(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    head = f"{HEAD},profile_field_house,Kennzahl"
    Hands(page).choose(csv("values.csv", *(f"{line},Oka,7" for line in new_people("scoter", 2)), head=head))
    page.wait_for_url("**/columns/")
    expect(page.get_by_label("“Oka” becomes")).to_have_value("Oak")
    field = page.get_by_role("combobox", name="“Kennzahl” is imported as")
    field.click()
    page.get_by_role("option", name="Create a profile field “Kennzahl”").click()
    expect(field).to_have_value("Create a profile field “Kennzahl”")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()
    expect(page.get_by_text("Kennzahl").first).to_be_visible()


def test_the_field_of_a_column_is_found_by_typing(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    Hands(page).choose(csv("found.csv", *(f"{line},x" for line in new_people("wigeon", 2)), head=f"{HEAD},Tutor"))
    page.wait_for_url("**/columns/")
    field, options = page.get_by_role("combobox", name="“Tutor” is imported as"), page.get_by_role("option")
    expect(field).to_have_value("Ignore this column")
    field.focus()
    page.keyboard.type("first n")
    expect(page.get_by_role("group", name="Person").get_by_role("option").first).to_have_text("first name")
    expect(options.last).to_have_text("Ignore this column")
    assert visit.violations() == []
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("Ignore this column")

    page.keyboard.type("guard")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Guardian")
    page.keyboard.type("nothing of this")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(field).to_have_value("Guardian")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()
    expect(page.get_by_text("Guardian").first).to_be_visible()


def test_columns_are_matched_without_scripts(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    Hands(page).choose(csv("plain.csv", *(f"{line},x" for line in new_people("gadwall", 2)), head=f"{HEAD},Tutor"))
    path = visit.handed_in()
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    visit.go(f"{path}columns/")
    page.get_by_label("“Tutor” is imported as").select_option("Guardian")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/imports/*/*/**")
    page.unroute("**/*.js")
    visit.go(f"{path}columns/")
    expect(page.get_by_role("combobox", name="“Tutor” is imported as")).to_have_value("Guardian")
