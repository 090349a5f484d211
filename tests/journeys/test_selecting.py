"""An import selects people, and the command line lists them."""

import json

from tests.journeys.conftest import Site

HEAD = "username,firstname,lastname,email\n"


def test_the_people_that_an_import_created_are_listed(site: Site) -> None:
    site.enlist("init")
    site.enlist("import", site.file("a.csv", text=f"{HEAD}ann,Ann,Lee,ann@example.org\n"), "--yes")
    two = f"{HEAD}bob,Bob,Ray,bob@example.org\nann,Ann,Lee,ann@example.org\n"
    site.enlist("import", site.file("b.csv", text=two), "--set", "select_for_bulk=new", "--yes")

    listed = site.enlist("selected", "2")
    as_json = site.enlist("selected", "2", "--json")
    nobody = site.enlist("selected", "1")
    shown = json.loads(site.enlist("show", "2", "--json").out)

    assert (listed.code, listed.out) == (0, "bob\n")
    assert json.loads(as_json.out) == {"number": 2, "select_for_bulk": "new", "people": ["bob"]}
    assert shown["selected"] == 1
    assert (nobody.code, nobody.out, nobody.err) == (0, "", "Nobody: its setting select_for_bulk is none.\n")
