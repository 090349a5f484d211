"""A parent of two, who also has a role in the team: linked on the pages of the children, and what she sees of them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OWNER, Served, Visit, Visitor

pytestmark = pytest.mark.slow

CHILDREN = ("amelia.okafor", "swan")
ROSTER = (
    "username,firstname,lastname,email,course1,role1\n"
    "amelia.okafor,Amelia,Okafor,amelia@x.example,MATH-7,student\nswan,Swan,Hill,swan@x.example,,\n"
)


def looked(visit: Visit, name: str) -> list[str]:
    """What axe finds, and how much wider than the window the page is."""
    more = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*visit.violations(), *([f"{name} is {more} px too wide"] if more > 0 else [])]


def test_a_parent_with_an_office_role_is_linked_and_sees_her_children(visitor: Visitor, school: Served) -> None:
    file = school.site.file("children.csv", text=ROSTER)
    assert school.site.enlist("import", file, "--set", "upload_type=add_and_update", "--yes").code == 0
    visit = visitor()
    page, found = visit.page, dict[str, list[str]]()
    for child in CHILDREN:
        visit.go(f"/people/{child}/")
        page.get_by_text("Add a parent or instructor…").click()
        page.get_by_label("Username", exact=True).fill(OWNER)
        found[f"form of {child}"] = looked(visit, child)
        visit.press("Add link")
        expect(page.get_by_text(f"{OWNER} is linked to {child}.")).to_be_visible()
        found[child] = looked(visit, child)

    visit.go(f"/people/{OWNER}/")
    expect(page.get_by_role("region", name="Roles").get_by_role("listitem")).to_have_text(
        [re.compile("Owner"), re.compile("Parent")]
    )
    found["owner"] = looked(visit, "owner")

    phone = visitor(width=390)
    phone.page.get_by_role("button", name="Your account").click()
    phone.page.get_by_role("link", name="My children").click()
    expect(phone.page.get_by_role("heading", level=2)).to_have_text(["Swan Hill", "Amelia Okafor"])
    found["my children"] = looked(phone, "my children")
    phone.page.get_by_role("link", name="Amelia Okafor").click()
    expect(phone.page.get_by_role("heading", name="Details")).to_be_visible()
    found["my child"] = looked(phone, "my child")

    school.site.enlist("people", "set", CHILDREN[0], "email=")
    phone.go("/my-children/")
    phone.page.get_by_role("link", name="Set up this account").click()
    phone.page.wait_for_url("**/password/")
    found["set up"] = looked(phone, "set up")
    for name in ("new", "again"):
        phone.page.locator(f"input[name={name}]").fill("plum tractor sings")
    phone.press("Save")
    expect(phone.page.get_by_text(f"{CHILDREN[0]} can sign in with this password now.")).to_be_visible()
    expect(phone.page.get_by_role("link", name="Choose a new password")).to_be_visible()

    visit.go(f"/people/{CHILDREN[1]}/")
    visit.press(f"Remove the link to {OWNER}")
    expect(page.get_by_text(f"Removed the link of {OWNER} to {CHILDREN[1]}.")).to_be_visible()
    phone.go("/my-children/")
    expect(phone.page.get_by_role("heading", level=2)).to_have_text(["Amelia Okafor"])
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
