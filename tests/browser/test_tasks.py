"""The tasks of a first-time administrator, with the mouse and with the keyboard alone, and how much they take."""

import io
import json
import re

import pytest
import xlsxwriter
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Served, Visit
from tests.browser.hands import HEAD, Hands, csv, new_people

pytestmark = pytest.mark.slow

GERMAN = ("Jörg Müller", "Zoë Groß", "Änne Schäfer", "Björn Köhler", "Käthe Weiß", "Götz Jäger", "Sören Krüger")
# Cells of a list as people keep it: line, column, text.
ERRORS = (
    (3, 3, "b3(at)schule.example"),
    (4, 3, "k4(at)schule.example"),
    (7, 2, ""),
    (12, 5, "MTH-7"),
    (13, 5, "MTH-7"),
    (20, 6, "Deutschlnd"),
    (21, 6, "Deutschlnd"),
    (30, 4, "Oka"),
    (31, 4, "Oka"),
)


@pytest.fixture(params=["mouse", "keys"])
def hands(visit: Visit, request: pytest.FixtureRequest) -> Hands:
    """The owner's hands, at the list of imports."""
    found = Hands(visit.page, keys=request.param == "keys")
    visit.go("/imports/")
    found.rest()
    return found


def word(hands: Hands, name: str) -> str:
    """Another name with the mouse than with keys: one school has both."""
    return f"{name}k" if hands.keys else f"{name}m"


def begin(hands: Hands, file: FilePayload) -> None:
    hands.press(hands.page.get_by_role("link", name="New import").first)
    hands.page.wait_for_url("**/imports/new/")
    hands.page.wait_for_load_state("networkidle")
    hands.choose(file)


def finish(hands: Hands, people: int) -> None:
    """Import what the preview shows."""
    hands.press(hands.page.get_by_role("button", name=re.compile(f"^Import {people} (people|person)$")))
    expect(hands.page.get_by_role("button", name="Undo this import")).to_be_visible()


def checked(page: Page, *, gone: str) -> None:
    """Wait until the rows were checked again after a fix, and a problem is gone."""
    expect(page.locator("#problem-kinds")).not_to_contain_text(gone)
    expect(page.locator("[data-checking-said]")).to_have_text("")


def test_a_clean_file(hands: Hands) -> None:
    begin(hands, csv("clean.csv", *new_people(word(hands, "heron"), 100)))
    expect(hands.page.get_by_role("heading", name="100 people will be created")).to_be_visible()
    finish(hands, 100)

    assert hands.need(3)


def german_list(*, known: list[dict[str, str]], word: str) -> FilePayload:
    """69 people of whom some are known, under two titles and a blank line, as a German spreadsheet exports them."""
    rows = [
        [str(n + 1), *f"{GERMAN[n % 7]}-{word}{'ABCDEFGHIJ'[n // 7]}".split(), f"{word}{n}@schule.example", "Elm"]
        for n in range(68 - len(known))
    ]
    # Another house each time, so that they change.
    house = "Ash" if word.endswith("m") else "Yew"
    rows += [["", each["firstname"], each["lastname"], each["email"], house] for each in known]
    rows = [[*row, "MATH-7", "Deutschland"] for row in rows]
    for line, column, text in ERRORS:
        rows[line][column] = text.replace("schule", f"{word}.schule")
    rows.insert(11, rows[10])
    # Settings are remembered for the same headers.
    head = [f"Nr. {word}", "Vorname", "Nachname", "E-Mail-Adresse", "House", "Kurs", "Land"]
    lines = ["Gymnasium Nordfeld", "Schülerliste 2026/27", "", *(";".join(row) for row in (head, *rows)), ""]
    return FilePayload(name="Schülerliste.csv", mimeType="text/csv", buffer="\r\n".join(lines).encode("cp1252"))


def test_a_german_list_with_six_kinds_of_errors(visit: Visit, school: Served, hands: Hands) -> None:
    page = visit.page
    people = json.loads(school.site.enlist("people", "list", "--limit", "400", "--json").out)["people"]
    known = [each for each in people if each["lastname"] in ("Okafor", "Fletcher", "Sargsyan")][:6]
    name = word(hands, "g")
    begin(hands, german_list(known=known, word=name))
    page.wait_for_url("**/columns/")
    expect(page.locator(".read-as")).to_contain_text("Windows-1252")
    hands.press(page.get_by_role("button", name="Match by e-mail and generate usernames"))
    expect(page.locator("#questions .note")).to_have_count(0)
    hands.answer(page.get_by_role("radio", name=re.compile("^Create and update")))
    for wrong, right in {"Oka": "Oak", "MTH-7": "MATH-7"}.items():
        expect(page.get_by_label(f"“{wrong}” becomes")).to_have_value(right)
    hands.press(page.get_by_role("button", name="Continue"))
    page.wait_for_url("**/review/")

    hands.press(page.locator("#problem-kinds").get_by_role("button", name=re.compile("^Use Germany in 2 rows")))
    checked(page, gone="Deutschlnd")
    hands.press(page.get_by_role("button", name="Use all 2 suggestions like this"))
    checked(page, gone="(at)")
    hands.press(page.get_by_role("button", name="Keep each person’s last row"))
    checked(page, gone="more than once")
    missing = page.locator("li.problem", has_text="A new person needs a last name.")
    hands.press(missing.get_by_role("button", name="Show rows"))
    chosen = ":is(.tabulator-range-selected, .tabulator-range-only-cell-selected)"
    expect(page.locator(f"{chosen}[tabulator-field=c2]")).to_have_count(1)
    expect(page.locator(".tabulator-tableholder")).to_be_focused()
    page.keyboard.type(f"Vogel{name}")
    page.keyboard.press("Enter")
    checked(page, gone="needs a last name")
    hands.press(page.get_by_role("button", name="Preview changes"))
    finish(hands, 68)

    assert hands.need(15)
    assert f"Vogel{name}" in school.site.enlist("people", "list", "--search", f"vogel{name}").out


def test_rows_pasted_from_a_spreadsheet(visit: Visit, hands: Hands) -> None:
    page = visit.page
    hands.press(page.get_by_role("link", name="New import").first)
    page.wait_for_url("**/imports/new/")
    page.wait_for_load_state("networkidle")
    block = csv("", *new_people(word(hands, "egret"), 2))["buffer"].decode().replace(",", "\t")
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    page.keyboard.press("Control+v")
    finish(hands, 2)

    assert hands.need(2)


def test_one_of_two_lists_of_a_workbook(visit: Visit, hands: Hands) -> None:
    page, book, name = visit.page, io.BytesIO(), word(hands, "pupils")
    with xlsxwriter.Workbook(book) as workbook:
        for title, people in (("Staff", word(hands, "staff")), ("Pupils", name)):
            sheet = workbook.add_worksheet(title)
            for row, line in enumerate((HEAD, *new_people(people, 3))):
                sheet.write_row(row, 0, line.split(","))
    begin(hands, FilePayload(name="two.xlsx", mimeType="application/octet-stream", buffer=book.getvalue()))
    page.wait_for_url("**/source/")
    expect(page.get_by_text("others look like lists of people too")).to_be_visible()
    hands.press(page.get_by_role("button", name="Change reading options"))
    hands.pick(page.get_by_label("Sheet of the workbook"), "Pupils")
    # The rows of the other sheet are shown before they are applied.
    expect(page.get_by_text(f"{name}0", exact=True)).to_be_visible()
    with page.expect_navigation():
        hands.press(page.get_by_role("button", name="Apply", exact=True))
    expect(page.locator(".understood")).to_contain_text("Pupils")
    hands.press(page.get_by_role("button", name="Looks good – continue"))
    finish(hands, 3)
    expect(page.get_by_text(f"{name}0", exact=True)).to_be_visible()

    assert hands.need(8)


def test_an_unknown_course_of_a_third_of_the_rows(visit: Visit, hands: Hands) -> None:
    page, rows = visit.page, 3_000 if hands.keys else 30_000
    page.set_default_timeout(120_000)
    name = word(hands, "mass")
    lines = (f"{name}{n},M,Nowak,{name}{n}@x.example,Leeds,{'' if n % 3 else 'MTH'}" for n in range(rows))
    visit.go("/imports/new/")
    hands.choose(csv("many.csv", *lines, head=f"{HEAD},course1"))
    path = visit.handed_in()
    assert page.url.endswith(f"{path}review/")
    expect(page.locator("#problem-kinds")).to_contain_text(f"{rows // 3:,}")
    visit.go(f"{path}preview/")
    expect(page.get_by_role("heading", name=f"{rows // 3:,} values won't be imported")).to_be_visible()

    hands.rest()
    hands.press(page.get_by_role("link", name=re.compile("^Fix")))
    hands.press(page.locator("#problem-kinds").get_by_role("button", name=re.compile("^Use MATH")))
    expect(page.locator("#problem-kinds")).to_contain_text("No problems found.", timeout=180_000)
    hands.press(page.get_by_role("button", name="Preview changes"))
    expect(page.get_by_role("heading", name="Everything in the file will be imported")).to_be_visible()

    assert hands.need(3)


def test_an_undo_that_needs_approval_as_owner(visit: Visit, school: Served, hands: Hands) -> None:
    page, name = visit.page, word(hands, "plover")
    begin(hands, csv("undone.csv", *new_people(name, 60)))
    finish(hands, 60)
    hands.rest()
    hands.press(page.get_by_role("button", name="Undo this import"))
    visit.previewed()
    hands.write(page.get_by_label("Type 60 to approve"), "60")
    hands.press(page.get_by_role("button", name=re.compile(r"^Undo import \d+$")))
    expect(page.get_by_role("heading", name=re.compile("Undo of import"))).to_be_visible()
    expect(page.locator(".state").first).to_have_text("Imported")

    assert hands.need(3)
    assert "Nobody has the username" in school.site.enlist("people", "show", f"{name}0").err


def test_somebody_is_found_without_accents_deactivated_and_reactivated(
    visit: Visit, school: Served, hands: Hands
) -> None:
    page, name = visit.page, word(hands, "gross")
    facts = ("firstname=Sören", "lastname=Groß", f"email={name}@x.example")
    assert school.site.enlist("people", "add", name, *facts).code == 0
    hands.write(page.get_by_role("searchbox", name="Search people"), "soren gross")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?*")
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name=name, exact=True))
    hands.press(row.get_by_role("link", name="Sören Groß"))
    hands.press(page.get_by_text("Deactivate…"))
    hands.press(page.get_by_role("button", name=f"Deactivate {name}"))
    expect(page.locator(".chip").first).to_have_text("Inactive")
    hands.press(page.get_by_role("button", name="Reactivate"))
    expect(page.locator(".chip").first).to_have_text("Not yet activated")

    assert hands.need(5)


def test_the_same_file_next_month_with_the_same_settings(visit: Visit, hands: Hands) -> None:
    page, name = visit.page, word(hands, "gull")
    head = f"Vorname,Nachname,E-Mail,Lieblingstier{name}"
    begin(hands, csv("june.csv", *(f"Id{'abc'[n]},{name},{name}{n}@x.example,cat" for n in range(3)), head=head))
    page.wait_for_url("**/columns/")
    hands.press(page.get_by_role("button", name="Generate usernames"))
    expect(page.locator("#questions .note")).to_have_count(0)
    hands.press(page.get_by_role("button", name="Continue"))
    finish(hands, 3)

    visit.go("/imports/")
    hands.rest()
    begin(hands, csv("july.csv", *(f"Ol{'ef'[n]},{name},new{name}{n}@x.example,dog" for n in range(2)), head=head))
    finish(hands, 2)

    assert hands.need(3)
