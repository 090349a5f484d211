"""The team, and acting as a member, on the command line."""

import json

from tests.journeys.conftest import Site

NAMES = ("--firstname", "Ada", "--lastname", "Lee", "--email", "ada@x.org")


def test_a_team_is_made_and_each_acts_with_their_rights(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text="username,firstname,lastname,email\nbob,Bob,Fox,bob@x.org\n")

    made = site.enlist("team", "add", "ada", "owner", *NAMES)
    imported = site.enlist("--as", "ada", "import", "list.csv", "--yes")
    given = site.enlist("team", "role", "bob", "viewer", ENLIST_AS="ada")
    refused = site.enlist("--as", "bob", "import", "list.csv", "--yes")
    unknown = site.enlist("--as", "zoe", "imports")
    last = site.enlist("team", "remove", "ada")
    out = site.enlist("team", "remove", "bob", "--json")

    assert (made.code, made.out) == (0, "Created ada as owner.\n")
    assert imported.code == 0
    assert json.loads(site.enlist("imports", "--json").out)[0]["by"] == "ada"
    assert (given.code, given.out) == (0, "Role of bob: learner → viewer.\n")
    assert (refused.code, refused.err) == (
        8, "Error: Your role (viewer) doesn't allow you to import files. Nothing was done.\nAsk an administrator.\n",
    )  # fmt: skip
    assert (unknown.code, unknown.err) == (
        2,
        "Error: Nobody active has the username “zoe”, so you can't act as them.\n",
    )
    assert (last.code, last.err.splitlines()[0]) == (2, "Error: ada is the last owner.")
    assert json.loads(out.out) == {"username": "bob", "role": "learner", "before": "viewer"}
    assert [each["username"] for each in json.loads(site.enlist("team", "list", "--json").out)] == ["ada"]
