"""People without a role in the team, on a phone: from the link to their courses, and what they see of themselves."""

import re
import sqlite3
from base64 import b64encode

import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, Visit, Visitor

pytestmark = pytest.mark.slow

LEARNER, OTHER, PASSWORD = "amelia.okafor", "swan", "walnut harbour"
ROSTER = (
    "username,firstname,lastname,email,course1,role1\n"
    f"{LEARNER},Amelia,Okafor,amelia@x.example,MATH-7,student\n{OTHER},Swan,Hill,swan@x.example,,\n"
)


@pytest.fixture
def link(school: Served) -> str:
    """The path of an activation link of a learner who is in a course with a web address."""
    file = school.site.file("learners.csv", text=ROSTER)
    update = ("--set", "upload_type=add_and_update", "--yes")
    assert school.site.enlist("import", file, *update).code == 0
    assert school.site.enlist("courses", "set", "MATH-7", "url=https://lms.example.org/math").code == 0
    terms = school.site.file("terms.txt", text="Be kind.\n\n" * 40)
    assert school.site.enlist("invitations", "terms", terms).code == 0
    made = school.site.enlist("invitations", "link", LEARNER)
    return re.sub(r"^https?://[^/]+", "", made.out.strip())


def looked(visit: Visit, name: str) -> list[str]:
    """What axe finds, and how much wider than the window the page is."""
    more = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*visit.violations(), *([f"{name} is {more} px too wide"] if more > 0 else [])]


def test_an_invited_person_is_at_their_courses_after_two_clicks_on_a_phone(
    visitor: Visitor, school: Served, link: str
) -> None:
    visit = visitor(width=390, signed_in=False)
    page, found = visit.page, dict[str, list[str]]()
    visit.go(link)
    expect(page.get_by_text(LEARNER)).to_be_visible()
    page.get_by_label("New password (required)").fill("walnut")
    expect(page.get_by_text("Too short: use at least 8 characters")).to_be_visible()
    for label in ("New password (required)", "New password again"):
        page.get_by_label(label).fill(PASSWORD)
    expect(page.get_by_text("Fair: longer is better")).to_be_visible()
    found["activate"] = looked(visit, "activate")
    page.get_by_label("I have read the terms and accept them").check()
    page.get_by_role("button", name="Activate and sign in").click()
    page.wait_for_url("**/my-courses/")

    expect(page.get_by_role("link", name=re.compile("^Open "))).to_have_attribute(
        "href", "https://lms.example.org/math"
    )
    found["courses"] = looked(visit, "courses")
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#menu a")).to_have_text(["My courses", "My details"])
    page.locator("#menu").get_by_role("link", name="My details").click()
    expect(page.get_by_text("amelia.okafor@northfield.example")).to_be_visible()
    found["details"] = looked(visit, "details")
    page.get_by_role("link", name="Edit").click()
    found["edit"] = looked(visit, "edit")
    page.get_by_label("City").fill("Bath")
    visit.press("Save")
    expect(page.get_by_text("Bath")).to_be_visible()
    with page.expect_download() as data:
        page.get_by_role("link", name="Download my data").click()
    assert data.value.suggested_filename == "my-data.json"
    visit.go("/own-password/")
    found["own password"] = looked(visit, "own password")
    # A browser reports pages that answer with an error.
    page.goto(f"http://{school.address}/people/")
    expect(page.get_by_text("This page is for the team.")).to_be_visible()
    found["refused"] = looked(visit, "refused")
    page.goto(f"http://{school.address}{link}")
    expect(page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    found["over"] = looked(visit, "over")
    visit.wrong = [each for each in visit.wrong if not re.search("status of (403|410)", each)]

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_forgotten_password_and_an_empty_list_of_courses(visitor: Visitor, school: Served, link: str) -> None:
    del link
    visit, found = visitor(width=390, signed_in=False), dict[str, list[str]]()
    visit.go("/sign-in/")
    visit.page.get_by_role("link", name="Forgot your password?").click()
    found["forgot"] = looked(visit, "forgot")
    visit.page.get_by_label("Username or e-mail address").fill("nobody@x.example")
    visit.page.get_by_role("button", name="Send the link").click()
    expect(visit.page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    found["sent"] = looked(visit, "sent")

    visit.go(re.sub(r"^https?://[^/]+", "", school.site.enlist("invitations", "link", OTHER).out.strip()))
    for label in ("New password (required)", "New password again"):
        visit.page.get_by_label(label).fill(PASSWORD)
    visit.page.get_by_label("I have read the terms and accept them").check()
    visit.press("Activate and sign in")
    expect(visit.page.get_by_text("You aren't in a course yet.")).to_be_visible()
    found["empty"] = looked(visit, "empty")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def path_for(school: Served, person: str) -> str:
    """The path of a new activation link."""
    return re.sub(r"^https?://[^/]+", "", school.site.enlist("invitations", "link", person).out.strip())


def activate(visit: Visit) -> None:
    """Choose a password on the page of a link, and accept the terms if there are some."""
    for label in ("New password (required)", "New password again"):
        visit.page.get_by_label(label).fill(PASSWORD)
    if (terms := visit.page.get_by_label("I have read the terms and accept them")).count():
        terms.check()
    visit.press("Activate and sign in")


def test_a_link_that_expired_or_whose_person_left_leads_to_a_way_on(visitor: Visitor, school: Served) -> None:
    for person in ("late", "left"):
        names = (f"firstname={person.title()}", "lastname=Hill", f"email={person}@x.example")
        assert school.site.enlist("people", "add", person, *names).code == 0
    paths = {person: path_for(school, person) for person in ("late", "left")}
    visit = visitor(width=390, signed_in=False)
    visit.go(paths["left"])
    assert school.site.enlist("people", "set", "left", "state=inactive").code == 0
    # The form was open when the person was deactivated.
    activate(visit)
    expect(visit.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()

    database = sqlite3.connect(school.site.folder / "var" / "enlist.sqlite3")
    with database:
        database.execute("UPDATE store_accounttoken SET created_at = datetime(created_at, '-15 days')")
    database.close()
    visit.go(paths["late"])
    expect(visit.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    visit.page.get_by_role("link", name="Send me a new link").click()
    visit.page.get_by_label("Username or e-mail address").fill("late@x.example")
    visit.press("Send the link")
    expect(visit.page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    visit.wrong = [each for each in visit.wrong if "status of 410" not in each]


def test_an_instructor_sees_the_courses_of_their_students(visitor: Visitor, school: Served, link: str) -> None:
    del link
    names = ("firstname=Ivo", "lastname=Kos", "email=ivo@x.example")
    assert school.site.enlist("people", "add", "ivo", *names, "--role", "instructor").code == 0
    assert school.site.enlist("links", "add", LEARNER, "instructor", "ivo").code == 0
    visit, found = visitor(width=390, signed_in=False), dict[str, list[str]]()
    visit.go(path_for(school, "ivo"))
    activate(visit)
    visit.go("/my-students/")
    found["students"] = looked(visit, "students")
    visit.page.get_by_role("link", name="Amelia Okafor").click()
    expect(visit.page.get_by_role("heading", name="Amelia Okafor")).to_be_visible()
    expect(visit.page.get_by_role("heading", name=re.compile("Math"))).to_be_visible()
    found["student"] = looked(visit, "student")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_link_is_copied_on_the_page_of_a_person(visit: Visit, school: Served) -> None:
    assert school.site.enlist("people", "add", "wren", "firstname=Wren", "lastname=Hill", "email=w@x.example").code == 0
    page = visit.page
    visit.go("/people/?state=not_activated&search=wren")
    found = {"list": looked(visit, "list")}
    page.get_by_role("link", name="Wren Hill").click()
    found["person"] = looked(visit, "person")
    visit.press(re.compile("Copy activation link"))
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"http://{visit.address}/choose-password/[\w-]{{32}}/", copied)
    found["link"] = looked(visit, "link")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("link", name="My courses").click()
    expect(page.get_by_role("heading", name="My courses")).to_be_visible()
    found["courses of the team"] = looked(visit, "courses of the team")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def read_code(page: Page, png: bytes) -> str:
    """The text of the QR code in a picture, by an independent reader."""
    grey = page.context.new_page().evaluate(
        """async png => {
            const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
            canvas.drawImage(picture, 0, 0);
            const { data, width, height } = canvas.getImageData(0, 0, picture.width, picture.height);
            return [height, width, Array.from(data).filter((_, at) => at % 4 == 1)];
        }""",
        b64encode(png).decode(),
    )
    height, width, pixels = grey
    [found] = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", shape=[height, width]))
    return str(found.text)


def test_a_card_is_printed_and_scanned_with_a_phone(visitor: Visitor, school: Served) -> None:
    rows = "".join(f"pupil{number},Ada,Hill,\n" for number in range(9))
    file = school.site.file("pupils.csv", text=f"username,firstname,lastname,email\n{rows}")
    assert school.site.enlist("import", file, "--set", "missing_email=warn", "--yes").code == 0
    visit, found = visitor(), dict[str, list[str]]()
    page = visit.page
    visit.go("/people/?search=pupil")
    for number in range(9):
        page.locator(f"input[value=pupil{number}]").check()
    page.get_by_role("button", name="More").click()
    visit.press("Print sign-in cards…")
    found["asked"] = looked(visit, "asked")
    visit.press("Make cards")
    found["cards"] = looked(visit, "cards")
    link = page.locator(".sign-in-cards .link").first.inner_text()
    code = read_code(page, page.locator(".sign-in-cards .code").first.screenshot())
    assert code == link
    page.evaluate("window.print = () => document.title = 'printed'")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.get_by_text("9 cards to hand over")).to_be_hidden()
    expect(page.get_by_role("link", name="Imports")).to_be_hidden()
    expect(page.locator(".sign-in-cards li")).to_have_count(9)

    phone = visitor(width=390, signed_in=False)
    phone.go(code.removeprefix(f"http://{school.address}"))
    expect(phone.page.get_by_text("pupil0")).to_be_visible()
    for label in ("New password (required)", "New password again"):
        phone.page.get_by_label(label).fill(PASSWORD)
    if (terms := phone.page.get_by_label("I have read the terms and accept them")).count():
        terms.check()
    phone.press("Activate and sign in")
    expect(phone.page.get_by_role("heading", name="My courses")).to_be_visible()
    found["phone"] = looked(phone, "phone")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
