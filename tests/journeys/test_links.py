"""Links between learners and their parents and instructors, and roles, on the command line."""

import json

from tests.journeys.conftest import Site


def test_a_parent_is_linked_listed_and_unlinked(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text="username,firstname,lastname,email\nleo,Leo,Lee,leo@x.org\nmia,Mia,Lee,mia@x.org\n")
    site.enlist("import", "list.csv", "--yes")

    added, again = (site.enlist("links", "add", "leo", "parent", "mia") for _ in range(2))
    found = json.loads(site.enlist("links", "list", "mia", "--json").out)
    wrong = site.enlist("links", "add", "leo", "parent", "leo")
    removed, gone = (site.enlist("links", "remove", "leo", "parent", "mia") for _ in range(2))

    assert (added.out, again.out) == ("mia is now parent of leo.\n", "Nothing to do.\n")
    assert [(each["username"], each["kind"], each["link"]) for each in found] == [("leo", "learner", "parent")]
    assert (wrong.code, wrong.err) == (2, "Error: leo can't be linked to themselves.\nName two people.\n")
    assert removed.out == "Removed mia as parent of leo.\n"
    assert (gone.code, gone.err) == (2, "Error: mia isn't linked to leo as parent.\nCheck the names.\n")
    assert site.enlist("links", "list", "leo").err == "Nobody.\n"


def test_somebody_gets_roles_and_loses_some(site: Site) -> None:
    site.enlist("init")
    site.enlist("team", "add", "ada", "owner", "--firstname", "Ada", "--lastname", "Lee", "--email", "ada@x.org")

    added, again = (site.enlist("roles", "add", "ada", "parent") for _ in range(2))
    listed = site.enlist("roles", "list", "ada")
    shown = site.enlist("people", "show", "ada").out.splitlines()
    line = site.enlist("people", "list").out.splitlines()[1]
    last = site.enlist("roles", "remove", "ada", "owner")
    removed = site.enlist("roles", "remove", "ada", "parent", "--json")
    wrong = site.enlist("roles", "add", "ada", "king")

    assert (added.out, again.out) == ("ada has the role parent now.\n", "Nothing to do.\n")
    assert (listed.out, "roles: owner, parent" in shown) == ("owner\nparent\n", True)
    assert "  owner, parent  " in line
    assert (last.code, last.err) == (2, "Error: ada is the last owner.\nMake somebody else an owner first.\n")
    assert json.loads(removed.out) == {"username": "ada", "roles": ["owner"]}
    assert wrong.err.splitlines()[0] == "Error: “king” isn't a role on this site."


def test_a_file_with_roles_adds_them_and_its_undo_takes_them(site: Site) -> None:
    site.enlist("init")
    head, mia = "username,firstname,lastname,email,role\n", "mia,Mia,Lee,mia@x.org"
    site.file("one.csv", text=f"{head}{mia},instructor\n")
    site.file("two.csv", text=f"{head}{mia},parent\n")
    for name in ("one.csv", "two.csv"):
        update = ("--set", "upload_type=add_and_update", "--set", "site_role=column", "--yes")
        done = site.enlist("import", name, *update)
    both = site.enlist("roles", "list", "mia")
    site.enlist("undo", "2", "--yes")

    assert (done.code, "roles added" in done.out) == (0, True)
    assert both.out == "instructor\nparent\n"
    assert site.enlist("roles", "list", "mia").out == "instructor\n"
