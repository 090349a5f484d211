"""Tasks of a first-time administrator at an import, with counted clicks and keys."""

import io
import re

import pytest
import xlsxwriter
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import Visit, Visitor

pytestmark = pytest.mark.slow

HEAD = "username,firstname,lastname,email,city"
COUNTED = "addEventListener(%r, (event) => event.isTrusted && window.counted(event.key ?? 'click'), true)"


class Hands:
    """Counts what a person does on a page, over all pages that this leads to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.done: list[str] = []
        page.expose_function("counted", lambda what: self.done.append(what))
        for event in ("click", "keydown"):
            page.add_init_script(COUNTED % event)

    @property
    def clicks(self) -> int:
        """How many clicks, those that keys make included."""
        return self.done.count("click")

    def choose(self, file: FilePayload) -> None:
        """Choose a file, by its button."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_label("Drop a file here, or choose one").click()
        chooser.value.set_files(file)

    def key_to(self, what: Locator) -> None:
        """Press Tab until it has the focus."""
        for _ in range(60):
            if what.count() and what.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {what}")


def csv(name: str, *lines: str, head: str = HEAD) -> FilePayload:
    return FilePayload(name=name, mimeType="text/csv", buffer="\n".join((head, *lines, "")).encode())


@pytest.fixture
def hands(visit: Visit) -> Hands:
    """The owner's hands, at the list of imports."""
    found = Hands(visit.page)
    visit.go("/imports/")
    visit.page.wait_for_load_state("networkidle")
    found.done.clear()
    return found


def new_people(word: str, count: int = 100) -> list[str]:
    return [f"{word}{n},{word.title()},Nowak,{word}{n}@x.example,Leeds" for n in range(count)]


def test_a_clean_file_takes_three_clicks(visit: Visit, hands: Hands) -> None:
    page = visit.page
    page.get_by_role("link", name="New import").first.click()
    hands.choose(csv("clean.csv", *new_people("heron")))
    expect(page.get_by_role("heading", name="100 people will be created")).to_be_visible()
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()
    page.get_by_role("button", name="Import 100 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    assert hands.clicks <= 3


def test_a_clean_file_is_imported_by_keyboard_alone(visit: Visit, hands: Hands) -> None:
    page = visit.page
    hands.key_to(page.get_by_role("link", name="New import").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports/new/")
    page.wait_for_load_state("networkidle")
    hands.key_to(page.get_by_label("Drop a file here, or choose one"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(csv("keys.csv", *new_people("stork", 3)))
    button = page.get_by_role("button", name="Import 3 people")
    expect(button).to_be_visible()
    hands.key_to(button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    assert [key for key in hands.done if key not in ("Tab", "click")] == ["Enter", " ", "Enter"]


def test_rows_of_a_spreadsheet_are_pasted_anywhere_on_the_page(visit: Visit, hands: Hands) -> None:
    page = visit.page
    page.get_by_role("link", name="New import").first.click()
    page.wait_for_url("**/imports/new/")
    block = csv("", *new_people("egret", 2))["buffer"].decode().replace(",", "\t")
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    page.keyboard.press("Control+v")
    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    assert hands.clicks <= 2


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


def test_the_same_file_next_month_takes_three_clicks_with_the_same_settings(visit: Visit, hands: Hands) -> None:
    page = visit.page
    head = "Vorname,Nachname,E-Mail,Lieblingstier"
    visit.go("/imports/new/")
    hands.choose(csv("june.csv", *(f"Id{'abc'[n]},Möwe,gull{n}@x.example,cat" for n in range(3)), head=head))
    page.wait_for_url("**/columns/")
    page.get_by_role("button", name="Generate usernames").click()
    expect(page.locator("#questions .note")).to_have_count(0)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import 3 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    visit.go("/imports/")
    hands.done.clear()
    page.get_by_role("link", name="New import").first.click()
    hands.choose(csv("july.csv", *(f"Ol{'ef'[n]},Möwe,tern{n}@x.example,dog" for n in range(2)), head=head))
    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()

    assert hands.clicks <= 3


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


def test_values_become_options_and_a_column_becomes_a_field_where_columns_are_matched(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    head = f"{HEAD},profile_field_house,Kennzahl"
    Hands(page).choose(csv("values.csv", *(f"{line},Oka,7" for line in new_people("scoter", 2)), head=head))
    page.wait_for_url("**/columns/")
    expect(page.get_by_label("“Oka” becomes")).to_have_value("Oak")
    page.get_by_label("“Kennzahl” is imported as").select_option("Create a profile field “Kennzahl”")
    assert visit.violations() == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()
    expect(page.get_by_text("Kennzahl").first).to_be_visible()


def test_30_000_rows_with_an_unknown_course_are_noticed_and_fixed_in_three_clicks(visit: Visit, hands: Hands) -> None:
    page = visit.page
    page.set_default_timeout(120_000)
    lines = (f"mass{n},M,Nowak,mass{n}@x.example,Leeds,{'MTH' if n % 3 else ''}" for n in range(30_000))
    visit.go("/imports/new/")
    hands.choose(csv("many.csv", *lines, head=f"{HEAD},course1"))
    path = visit.handed_in()
    assert visit.page.url.endswith(f"{path}review/")
    expect(page.locator("#problem-kinds")).to_contain_text("20,000")
    visit.go(f"{path}preview/")
    expect(page.get_by_role("heading", name="20,000 values won't be imported")).to_be_visible()

    hands.done.clear()
    page.get_by_role("link", name=re.compile("^Fix")).click()
    page.get_by_role("button", name=re.compile("^Use MATH")).click()
    expect(page.locator("#problem-kinds")).to_contain_text("No problems found.", timeout=180_000)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()

    assert hands.clicks <= 3


def test_of_a_workbook_with_two_lists_the_sheet_is_chosen(visit: Visit, hands: Hands) -> None:
    page, book = visit.page, io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        for name in ("Staff", "Pupils"):
            sheet = workbook.add_worksheet(name)
            for row, line in enumerate((HEAD, *new_people(f"{name.lower()}x", 3))):
                sheet.write_row(row, 0, line.split(","))
    page.get_by_role("link", name="New import").first.click()
    hands.choose(FilePayload(name="two.xlsx", mimeType="application/octet-stream", buffer=book.getvalue()))
    page.wait_for_url("**/source/")
    expect(page.get_by_text("others look like lists of people too")).to_be_visible()
    page.get_by_role("button", name="Change reading options").click()
    page.get_by_label("Sheet of the workbook").select_option("Pupils")
    # The rows of the other sheet are shown before they are applied.
    visit.press("Apply")
    expect(page.locator(".understood")).to_contain_text("Pupils")
    page.get_by_role("button", name="Looks good – continue").click()
    page.get_by_role("button", name="Import 3 people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    expect(page.get_by_role("link", name="pupilsx0")).to_be_visible()

    assert hands.clicks <= 6
