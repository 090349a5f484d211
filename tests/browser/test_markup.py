"""Markup in names and texts is shown as text on every page and in every editor of a grid (statement S14)."""

import io
import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
import xlsxwriter
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import OWNER, Served, Visit, Visitor
from tests.database.routes import routes

pytestmark = pytest.mark.slow

# It leaves an attribute: a picture whose handler runs, a link over the whole window. As long as usernames can be.
ATTACK = "\"'><img class=pwned src=x onerror=pwned()><a class=pwned href=//evil.example style=inset:0>"
SCRIPT = "<script class=pwned>pwned()</script>"
# As short as names of sheets are.
SHORT = "<b class=pwned onclick=p()>"
# Downloads, and answers without a page, which no browser shows.
UNSEEN = {
    "choose-password", "help-page", "import-download", "import-preset-remove", "import-template", "my-data",
    "my-details-confirm", "notices", "set-up", "sign-out",
}  # fmt: skip
# Report every element that is created from markup, even where it isn't visible.
WATCH = """(() => {
  const look = (html) => {
    if (/<(?:a|img|script|b) class=pwned/.test(String(html))) console.error(`markup came through: ${html}`);
  };
  const [element, shadow] = [Element.prototype, ShadowRoot.prototype];
  const sinks = [[element, "innerHTML"], [element, "outerHTML"], [shadow, "innerHTML"]];
  for (const [owner, name] of sinks) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { ...found, set(html) { look(html); found.set.call(this, html); } });
  }
  const calls = [
    [element, "insertAdjacentHTML"], [element, "setHTMLUnsafe"], [Document, "parseHTMLUnsafe"],
    [Document.prototype, "write"], [DOMParser.prototype, "parseFromString"],
    [Range.prototype, "createContextualFragment"],
  ];
  for (const [owner, name] of calls) {
    const call = owner[name];
    if (call) owner[name] = function (...given) { given.forEach(look); return call.apply(this, given); };
  }
})();"""
# Elements that came of a text, and handlers of any element.
FOUND = """() => [...document.querySelectorAll("*")].filter((each) =>
  each.matches(".pwned, [href^='//evil'], script:not([src]):not([type])")
  || [...each.attributes].some((attribute) => attribute.name.startsWith("on"))
).map((each) => each.outerHTML.slice(0, 200))
"""
# Whatever a page says: its text, what controls hold, what is said of them.
SAID = """() => [document.title, document.body.textContent, ...[...document.querySelectorAll("*")].flatMap((each) => [
  each.value, each.title, each.placeholder, each.label, each.ariaLabel, ...Object.values(each.dataset),
])].join("\\n")"""
POISON = """
import django, json, sys
django.setup()
from enlist.store.models import *
owner, attack = sys.argv[1:]
here = Organization.objects.get()
here.name = "Org" + attack + "<script class=pwned>pwned()</script>"
here.reference_version += 1_000_000
here.save()
texts = ("firstname", "lastname", "idnumber", "institution", "department", "city", "address", "description")
Person.objects.filter(username=owner).update(**{name: name + attack for name in texts})
named = Person.objects.filter(site_role="learner").order_by("pk")[0]
Person.objects.filter(pk=named.pk).update(username="user" + attack, username_key=("user" + attack).lower(),
    email="mail" + attack, email_key=("mail" + attack).lower(), **{name: name + attack for name in texts})
manager = Person.objects.filter(site_role="learner").order_by("pk")[1]
name = "manager" + attack
Person.objects.filter(pk=manager.pk).update(site_role="manager", username=name, username_key=name)
top = Group.objects.create(organization=here, name="group" + attack, idnumber="idnumber" + attack)
Group.objects.create(organization=here, name="below" + attack, parent=top)
rule = Condition.objects.create(
    organization=here, name="condition" + attack, clauses=json.dumps([["city", "is", "clause" + attack]]))
GroupCondition.objects.create(organization=here, group=top, condition=rule)
course = Course.objects.create(organization=here, shortname="course" + attack, name="coursename" + attack)
Enrolment.objects.create(organization=here, person=named, course=course, source="group",
    role=Role.objects.get(shortname="student"))
GroupMembership.objects.create(organization=here, person=named, group=top)
GroupCourse.objects.create(
    organization=here, group=top, course=course, role=Role.objects.get(shortname="student"))
CourseGroup.objects.create(organization=here, course=course, name="coursegroup" + attack)
Role.objects.filter(shortname="student").update(name="role" + attack)
Role.objects.create(organization=here, shortname="short" + attack, name="", archetype="student")
for field in ProfileField.objects.all():
    field.name = field.shortname + attack
    field.options = [*field.options, "option" + attack] if field.options else []
    if field.kind == "text" and not field.unique:
        field.default = "default" + attack
    field.save()
keys = {"group": str(top.pk), "course": str(course.pk), "condition": str(rule.pk)}
print(json.dumps({"username": "user" + attack, **keys}))
"""


@dataclass(frozen=True)
class Poisoned:
    """The arguments of pages about what is called by markup."""

    arguments: dict[str, str]


@pytest.fixture(scope="module")
def poisoned(school: Served) -> Poisoned:
    """The demo school, where everything that people name is called by markup."""
    done = school.site.python("-c", POISON, OWNER, ATTACK, DJANGO_SETTINGS_MODULE="enlist.project.settings")
    assert done.code == 0, done.err
    assert school.site.enlist("people", "set", f"user{ATTACK}", "city=Rome").code == 0
    return Poisoned(json.loads(done.out.splitlines()[-1]) | {"field": "house", "name": "moodle"})


@pytest.fixture
def visit(visitor: Visitor, poisoned: Poisoned) -> Visit:
    del poisoned
    found = visitor()
    found.page.add_init_script(WATCH)
    return found


def safe(page: Page, *texts: str) -> None:
    """Nothing of the page came of a text, and these stand on it as they are."""
    assert page.evaluate(FOUND) == []
    said = page.evaluate(SAID)
    assert [text for text in texts if text + ATTACK not in said] == []


def handed_in(visit: Visit) -> str:
    """A workbook that is called by markup as everything in it; the path of its import."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(SHORT)
        book.add_worksheet("two")
        names = (
            "username",
            "firstname",
            "lastname",
            "email",
            "cohort1",
            "course1",
            "role1",
            "profile_field_house",
            "header",
        )
        for row, prefix in enumerate(("", "cell", "other")):
            for column, name in enumerate(names):
                plain = {"username": f"heron{row}", "email": f"heron{row}@x.example", "lastname": "Hill"}
                text = plain.get(name, f"{prefix}{name}{ATTACK}") if row else name
                sheet.write_string(row, column, f"header{ATTACK}{SCRIPT}" if name == "header" and not row else text)
        sheet.write_string(3, 0, "stork")
        sheet.write_string(3, 3, f"wrong{ATTACK}")
    visit.go("/imports/new/")
    file = FilePayload(name=f"{SHORT}.xlsx", mimeType="application/octet-stream", buffer=stream.getvalue())
    visit.page.get_by_label("Drop a file here, or choose one").set_input_files(file)
    path = visit.handed_in()
    visit.go(f"{path}source/")
    visit.page.locator(".understood").wait_for()
    return path


def test_names_of_people_and_things_are_text_on_every_page(visit: Visit, poisoned: Poisoned) -> None:
    pages = [route for route in routes() if "number" not in route.arguments and route.name not in UNSEEN]
    for route in pages:
        visit.go(reverse(route.name, kwargs={name: poisoned.arguments[name] for name in route.arguments}))
        safe(visit.page)
    said = {
        "/people/": ("firstname", "group"),
        "/people/?by=username&search=user": ("user", "mail"),
        reverse("person", kwargs={"username": poisoned.arguments["username"]}): (
            "user",
            "mail",
            "address",
            "description",
            "group",
            "coursename",
        ),
        "/groups/": ("group", "idnumber", "below", "Org", "firstname"),
        f"/groups/{poisoned.arguments['group']}/": ("group", "idnumber", "coursename"),
        "/courses/": ("course", "coursename"),
        f"/courses/{poisoned.arguments['course']}/": ("coursename", "coursegroup"),
        "/profile-fields/": ("house", "option"),
        "/profile-fields/house/": ("option",),
        f"/merge-people/?{urlencode({'kept': poisoned.arguments['username'], 'other': 'pavlos.karagianni'})}": (
            "user",
            "firstname",
        ),
        "/conditions/": ("condition", "clause", "group"),
        f"/conditions/{poisoned.arguments['condition']}/": ("condition", "clause"),
        "/roles/": ("role", "short"),
        "/team/": ("manager", "firstname"),
        "/activity/": ("user", "city"),
        "/add-person/": ("option",),
        f"/people/?search={'begins' + ATTACK.replace('#', '')}&by=lastname": ("begins",),
        f"/imports/?text={'looked' + ATTACK}": ("looked",),
    }
    for path, texts in said.items():
        visit.go(path)
        safe(visit.page, *texts)
    # Pieces of pages name no icon, so the browser asks for one and notes that there is none.
    visit.wrong[:] = [wrong for wrong in visit.wrong if "404 (Not Found)" not in wrong]


def test_what_a_file_holds_is_text_on_the_way_to_its_result_and_in_every_editor(
    visit: Visit, poisoned: Poisoned
) -> None:
    page = visit.page
    path = handed_in(visit)
    safe(page, "header", "cellfirstname")
    assert SHORT in page.evaluate(SAID)
    for step, texts in (("columns", ("header", "house")), ("settings", ("house", "option"))):
        visit.go(f"{path}{step}/")
        safe(page, *texts)
    visit.plan(path)
    safe(page)
    visit.go(f"{path}review/")
    page.locator(".tabulator-row").first.wait_for()
    safe(page, "header", "cellfirstname", "cellcohort1", "cellprofile_field_house", "wrong", "option")
    editors(visit)
    visit.plan(path)
    page.get_by_role("button", name=re.compile("^Import ")).click()
    page.get_by_role("button", name="Undo this import").wait_for()
    safe(page)
    assert SHORT in page.evaluate(SAID)
    for listed in ("/people/", "/activity/", "/imports/"):
        visit.go(listed)
        safe(page)
    assert SHORT in page.evaluate(SAID)


def editors(visit: Visit) -> None:
    """Every editor of the grid, opened; its lists are of the organisation's names."""
    page = visit.page
    lists = {"4": "idnumber", "5": "course", "6": "short", "7": "option"}
    for column in map(str, range(9)):
        cell = page.locator(f".tabulator-cell[tabulator-field=c{column}]").nth(2)
        cell.dblclick()
        page.locator(".tabulator-cell.tabulator-editing").wait_for()
        if column in lists:
            page.keyboard.press("Control+a")
            page.keyboard.press("Delete")
            item = page.locator(".tabulator-edit-list-item", has_text=lists[column] + ATTACK)
            expect(item.first).to_be_visible()
        safe(page)
        page.keyboard.press("Escape")
    copied(page)
    page.locator(".name-button").last.click()
    safe(page)
    page.keyboard.press("Escape")
    page.locator(".meaning-button").last.click()
    safe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Find and replace").click()
    page.locator("#find").fill("pwned")
    page.locator("#new").fill(f"new{ATTACK}")
    page.locator("button[name=look]").click()
    expect(page.locator("[data-found] ins").first).to_contain_text("new")
    safe(page, "new")
    chosen(page)


def copied(page: Page) -> None:
    """What is copied out of the grid is text as well."""
    page.locator(".tabulator-cell[tabulator-field=c1]").first.click()
    page.keyboard.press("Control+c")
    assert f"cellfirstname{ATTACK}" in page.evaluate("navigator.clipboard.readText()")
    safe(page)


def chosen(page: Page) -> None:
    """A choice of a list is put into its cell as it is, and what is said of that too."""
    cell = page.locator(".tabulator-cell[tabulator-field=c4]").nth(2)
    cell.dblclick()
    page.locator(".tabulator-edit-list-item", has_text=f"idnumber{ATTACK}").click()
    expect(cell).to_contain_text(f"idnumber{ATTACK}")
    page.locator(".name-button").last.click()
    page.keyboard.type(f"renamed{ATTACK}")
    # Another name of a column loads the page again.
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text(f"renamed{ATTACK}")
    safe(page, "renamed")


def test_what_is_typed_into_a_grid_is_text(visit: Visit) -> None:
    page = visit.page
    visit.go("/imports/new/")
    page.get_by_role("tab", name="Type into a grid").click()
    page.locator("#typed .tabulator-cell[tabulator-field=c0]").first.click()
    page.evaluate(
        """text => {
            const block = new DataTransfer();
            block.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { bubbles: true, clipboardData: block });
            document.querySelector("#typed .tabulator-cell").dispatchEvent(paste);
        }""",
        f"one{ATTACK}\ttwo{ATTACK}",
    )
    expect(page.locator("#typed .tabulator-cell[tabulator-field=c0]").first).to_contain_text("one")
    page.get_by_label("Name of column 1", exact=True).fill(f"name{ATTACK}")
    safe(page, "one", "two", "name")
    page.locator("#typed .tabulator-cell[tabulator-field=c1]").first.dblclick()
    safe(page, "two")
