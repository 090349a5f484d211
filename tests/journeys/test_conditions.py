"""Groups by condition on the command line."""

import json

from tests.journeys.conftest import Site

PEOPLE = "username,firstname,lastname,email,department\nann,Ann,Lee,ann@x.org,Biology\nbob,Bob,Lee,bob@x.org,Physics\n"


def test_a_group_is_filled_by_a_condition_which_is_changed_and_undone(site: Site) -> None:
    site.enlist("init")
    site.file("list.csv", text=PEOPLE)
    site.enlist("import", "list.csv", "--yes")
    site.enlist("groups", "add", "Scientists")

    none = site.enlist("conditions", "list")
    added = site.enlist("conditions", "add", "Biology", "department is biology", "--automatic-removal", "--yes")
    used = site.enlist("conditions", "use", "Scientists", "Biology", "--yes")
    listed = json.loads(site.enlist("conditions", "list", "--json").out)
    refused = site.enlist("conditions", "remove", "Biology", "--yes")
    changed = site.enlist("conditions", "set", "Biology", "--requirement", "department is Physics", "--yes", "--json")
    undone = site.enlist("undo", str(json.loads(changed.out)["outcome"]["number"]), "--yes")
    taken = site.enlist("conditions", "use", "Scientists", "--yes")
    gone = site.enlist("conditions", "remove", "Biology", "--yes")
    wrong = site.enlist("conditions", "add", "Odd", "department Biology", "--yes")

    assert none.err == "There are no conditions yet. Add one with `enlist conditions add NAME REQUIREMENT`.\n"
    assert "Nobody" not in added.out
    assert "  Scientists uses the condition Biology\n" in used.out
    assert "      joins Scientists (by a condition)\n" in used.out
    assert listed == [
        {
            "name": "Biology",
            "clauses": ["department is biology"],
            "match": "all",
            "automatic_removal": True,
            "id": listed[0]["id"],
            "groups": ["Scientists"],
            "parts": [{"field": "department", "operator": "is", "value": "biology"}],
        }
    ]
    assert "is used by groups (Scientists)" in refused.err
    assert json.loads(changed.out)["plan"]["changes"] == {"leave_group": 1, "change_condition": 1, "join_group": 1}
    assert "ann\n      joins Scientists (by a condition)" in undone.out
    assert "leaves Scientists (by a condition)" in taken.out
    assert "conditions removed: 1" in gone.out
    assert wrong.err.startswith("Error: “department Biology” isn't a requirement.")


def test_nothing_changes_without_an_answer(site: Site) -> None:
    site.enlist("init")

    asked = site.enlist("conditions", "add", "Biology", "department is Biology")

    assert asked.code == 2
    assert site.enlist("conditions", "list").err.startswith("There are no conditions yet.")
    assert site.enlist("imports").err == "There are no imports yet.\n"
