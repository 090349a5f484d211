"""Every page for every role: no finding of axe, in light and dark; usable by keyboard alone, and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor

pytestmark = pytest.mark.slow

HEAD = "username,firstname,lastname,email,city,course1,role1"
ROSTER = (
    f"{HEAD}\nheron,Heron,Hill,heron@x.example,Leeds,MATH-7,studnet\n"
    "amelia.okafor,Amelia,Okafor,amelia@x.example,Bath,ENG-7,student\nstork,Stork,,stork@x.example,Leeds,,\n"
)
LISTS = (
    "/imports/",
    "/imports/new/",
    "/people/",
    "/people/amelia.okafor/",
    "/people/amelia.okafor/edit/",
    "/people/?role=instructor&state=active",
    "/people/?search=nobody+is+called+so",
    "/add-person/",
    "/groups/",
    "/conditions/",
    "/courses/",
    "/profile-fields/",
    "/profile-fields/house/",
    "/roles/",
    "/organization/",
    "/presets/",
    "/presets/moodle/",
    "/team/",
    "/activity/",
    "/own-password/",
    "/own-settings/",
    "/help/",
    "/help/import-in-the-browser/",
    "/help/limits/",
    "/help/reference/errors/",
    "/components/",
)
STEPS = ("source", "columns", "settings", "review", "rename", "again", "preview")


def test_axe_finds_nothing_on_any_page(visitor: Visitor) -> None:
    visit = visitor()
    found = {path: looked(visit, path) for path in LISTS}
    path = visit.hand_in(name="axe.csv", text=ROSTER)
    visit.plan(path)
    found |= {step: looked(visit, f"{path}{step}/") for step in STEPS}
    visit.page.get_by_role("button", name=re.compile("^Import ")).click()
    visit.page.get_by_role("button", name="Undo this import").wait_for()
    found["result"] = visit.violations()
    visit.press("Undo this import")
    visit.previewed()
    found["undo"] = visit.violations()
    visit.press(re.compile("Undo import|Send for approval"))
    visit.page.locator(".state").first.wait_for()

    out = visitor(signed_in=False)
    found["sign-in"] = looked(out, "/sign-in/")
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


def looked(visit: Visit, path: str) -> list[str]:
    visit.go(path)
    if path.endswith("/review/"):
        visit.page.locator(".tabulator-row").first.wait_for()
    return visit.violations()


def test_an_import_needs_no_mouse(visit: Visit) -> None:
    page = visit.page
    path = visit.hand_in(name="keys.csv", text=f"{HEAD}\nswift,Swift,Snow,swift@x.example,Leeds,,\n")
    press(visit, "Looks good – continue")
    expect(page).to_have_url(re.compile(f"{path}preview/"))
    visit.go(f"{path}settings/")
    press(visit, "Preview changes")
    visit.previewed()
    press(visit, "Import 1 person")

    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()


def press(visit: Visit, words: str) -> None:
    """Go by the tabulator key to what is called so, and press Enter there."""
    for _ in range(120):
        visit.page.keyboard.press("Tab")
        focused = visit.page.evaluate("document.activeElement.innerText ?? ''")
        if focused.strip() == words:
            outline = visit.page.evaluate(
                "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow; })()"
            )
            assert outline != "nonenone", "nobody sees where the keyboard is"
            visit.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to “{words}”")


def test_no_page_is_wider_than_a_phone(visitor: Visitor) -> None:
    visit = visitor(width=390)
    path = visit.hand_in(name="phone.csv", text=ROSTER)
    visit.plan(path)
    pages = [*LISTS, *(f"{path}{step}/" for step in STEPS)]
    wide = {}
    for page in pages:
        visit.go(page)
        if page.endswith("/review/"):
            visit.page.locator(".tabulator-row").first.wait_for()
        wide[page] = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert {page: more for page, more in wide.items() if more > 0} == {}


def test_the_focus_leaves_pages_in_both_directions(visit: Visit) -> None:
    path = visit.hand_in(name="focus.csv", text=ROSTER)
    visit.plan(path)
    trapped = []
    pages = ("/imports/new/", "/people/", "/people/amelia.okafor/edit/", "/organization/", "/team/")
    for page in (*pages, *(f"{path}{step}/" for step in STEPS)):
        for key in ("Tab", "Shift+Tab"):
            visit.go(page)
            if page.endswith("/review/"):
                visit.page.locator(".tabulator-row").first.wait_for()
            if not leaves(visit, key):
                trapped.append((page, key))

    assert trapped == []


def leaves(visit: Visit, key: str) -> bool:
    """Whether the key moves the focus from one end of the page to the other, and out of it."""
    visit.page.evaluate("document.activeElement.blur()")
    for _ in range(400):
        visit.page.keyboard.press(key)
        if visit.page.evaluate("document.activeElement === document.body || !document.hasFocus()"):
            return True
    return False
