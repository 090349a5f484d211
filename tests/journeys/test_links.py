"""Links between learners and their parents and instructors, on the command line."""

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
    assert removed.out == "mia is no longer parent of leo.\n"
    assert (gone.code, gone.err) == (2, "Error: mia isn't linked to leo as parent.\nCheck the names.\n")
    assert site.enlist("links", "list", "leo").err == "Nobody.\n"
