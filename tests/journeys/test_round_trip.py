"""From a file to the directory and back: plan, apply, undo, export, import again."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.journeys.conftest import Answer, Site

EXAMPLE = Path(__file__).parents[2] / "examples" / "roster.csv"
UPDATING = ("--set", "upload_type=add_and_update", "--set", "update_details=from_file")
ONLY = ("--set", "upload_type=update")


def people(site: Site) -> list[dict[str, str]]:
    """Everybody as a file, administrators included."""
    return list(csv.DictReader(io.StringIO(site.enlist("people", "export", "--administrators").out)))


@pytest.mark.spec("EN-01")
@pytest.mark.spec("EN-03")
@pytest.mark.spec("EN-10")
@pytest.mark.slow
def test_a_roster_goes_in_out_and_in_again(site: Site) -> None:
    site.enlist("init", "--demo")
    before = people(site)

    planned = site.enlist("plan", str(EXAMPLE), *UPDATING, "--save", "roster.plan", "--json")
    plan = json.loads(planned.out)
    assert (planned.code, plan["rows"], plan["statuses"]) == (
        6,
        376,
        {"created": 245, "enrolled": 12, "failed": 5, "unchanged": 91, "updated": 23},
    )
    assert people(site) == before

    applied = site.enlist("apply", "roster.plan", "--json")
    assert (applied.code, json.loads(applied.out)) == (
        6,
        {
            "number": 1,
            "verbs": plan["changes"],
            "nothing_to_do": False,
            "waiting": None,
            "waiting_people": 0,
        },
    )
    after = people(site)
    assert len(after) == len(before) + 245

    again = site.enlist("import", str(EXAMPLE), *UPDATING, "--yes", "--json")
    assert json.loads(again.out)["plan"]["changes"] == {}
    assert json.loads(again.out)["outcome"] is None
    exported = site.enlist("people", "export", "-o", "people.csv")
    assert exported == Answer(0, "", "Excluded: 3 administrators.\n")
    same = site.enlist("import", "people.csv", *UPDATING, "--yes")
    assert (same.code, same.out.splitlines()[:4]) == (
        0,
        ["people.csv: 642 rows, preset moodle. Nothing to do.", "", "Rows", "  642  unchanged"],
    )

    undone = site.enlist("undo", "1", "--yes", "--people", "0")
    assert (undone.code, undone.out.splitlines()[0]) == (7, "Undo of import 1, roster.csv.")
    assert people(site) == after
    assert site.enlist("approve", "2", "--confirm", "279").code == 0
    assert people(site) == before
    listed = json.loads(site.enlist("imports", "--json").out)
    assert [(each["number"], each["kind"], each["state"], each["undoes"]) for each in listed] == [
        (2, "undo", "applied", 1),
        (1, "import", "undone", None),
    ]
    twice = site.enlist("undo", "1", "--yes")
    assert (twice.code, twice.err) == (3, "Error: Import 1 is undone, so it can't be undone.\n")


def test_a_plan_is_shown_old_and_new_and_does_exactly_that(site: Site) -> None:
    site.enlist("init", "--demo")
    rows = "Login,Vorname,Nachname,E-Mail,Ort\nmisaki.ando,,,,Leeds\nnew.one,Neo,One,neo@example.org,Ürümqi\n"
    site.file("list.csv", text=rows)

    shown = site.enlist("import", "list.csv", *UPDATING, "--yes", "--map", "Ort=city")

    assert shown.code == 0
    assert shown.out.splitlines() == [
        "list.csv: 2 rows, preset moodle.",
        "",
        "Rows",
        "  1  created",
        "  1  updated",
        "",
        "Changes",
        "  1  people updated",
        "  1  people created",
        "",
        "The people to change",
        "  line 2  misaki.ando  updated",
        "      city: Weston → Leeds",
        "  line 3  new.one  created",
        "      username: new.one · first name: Neo · last name: One · e-mail: neo@example.org · city: Ürümqi",
        "",
        "Import 1 is applied: people updated: 1, people created: 1.",
    ]
    assert [line for line in shown.err.splitlines() if line.startswith("Column")] == [
        "Column “Login” is imported as username. Recognised as “username”.",
        "Column “Vorname” is imported as firstname. Recognised as “first name”.",
        "Column “Nachname” is imported as lastname. Recognised as “last name”.",
        "Column “E-Mail” is imported as email. It is the field's name.",
    ]
    assert "city: Leeds" in site.enlist("people", "show", "misaki.ando").out.splitlines()


@pytest.mark.spec("EN-12")
def test_it_works_in_a_pipe(site: Site) -> None:
    site.enlist("init")
    rows = "username;firstname;lastname;email\nann;Ann;Lee;ann@example.org\n"

    done = site.enlist("import", "-", "--yes", "--json", stdin=rows)

    assert (done.code, json.loads(done.out)["outcome"]["verbs"]) == (0, {"create": 1})
    assert json.loads(done.out)["plan"]["file"]["name"] == "standard input"
    assert site.enlist("people", "export").out == "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n"


def test_a_plan_made_before_a_change_is_refused(site: Site) -> None:
    site.enlist("init", "--demo")
    site.file("one.csv", text="username,city\nmisaki.ando,Leeds\n")
    site.file("two.csv", text="username,city\nmisaki.ando,York\n")
    assert site.enlist("plan", "one.csv", *UPDATING, *ONLY, "--save", "one.plan").code == 0
    assert site.enlist("import", "two.csv", *UPDATING, *ONLY, "--yes").code == 0

    refused = site.enlist("apply", "one.plan")

    assert refused == Answer(
        4,
        "",
        "Error: People changed since this plan was made: 1 (misaki.ando). Nothing was applied.\nMake the plan again.\n",
    )
    assert "city: York" in site.enlist("people", "show", "misaki.ando").out


def test_what_is_no_plan_is_refused(site: Site) -> None:
    site.enlist("init")
    site.file("no.plan", text="no plan")

    assert site.enlist("apply", "no.plan") == Answer(
        3, "", "Error: no.plan isn't a plan made by Enlist.\nMake a plan with `enlist plan … --save`.\n"
    )


def test_a_missing_import_is_reported(site: Site) -> None:
    site.enlist("init")

    for words in (["show", "7"], ["undo", "7", "--yes"]):
        assert site.enlist(*words) == Answer(2, "", "Error: There is no import 7.\n`enlist imports` lists them.\n")


def test_an_import_can_be_looked_at_later(site: Site) -> None:
    site.enlist("init")
    file = site.file("ann.csv", text="username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n")
    site.enlist("import", file, "--yes", "--set", "note=from the office")

    told = json.loads(site.enlist("show", "1", "--json").out)
    shown = site.enlist("show", "1").out.splitlines()

    assert (told["number"], told["state"], told["note"]) == (1, "applied", "from the office")
    assert told["plan"]["first_changes"][0]["name"] == "ann"
    assert shown[:2] == ["number: 1", "kind: import"]
    assert shown[-4:] == [
        "",
        "The people to change",
        "  line 2  ann  created",
        "      username: ann · first name: Ann · last name: Lee · e-mail: ann@example.org",
    ]


def test_passwords_are_in_no_answer_and_no_file(site: Site) -> None:
    site.enlist("init")
    lines = ["ann,Ann,,ann@example.org,Tr0ub4dor", "bob,Bob,Ray,b@example.org,Tr0ub4dor"]
    rows = "\n".join(["username,firstname,lastname,email,password", *lines])

    answer = site.enlist("import", site.file("p.csv", text=rows), "--yes", "--failures", "f.csv", "--json")
    planned = site.enlist("plan", "p.csv", "--save", "p.plan")

    assert answer.code == planned.code == 6
    told = [answer.out, answer.err, planned.out, planned.err, site.enlist("show", "1", "--json").out]
    kept = [path.read_bytes() for path in site.folder.rglob("*") if path.is_file() and path.name != "p.csv"]
    assert not any("Tr0ub4dor" in text for text in told)
    assert not any(b"Tr0ub4dor" in content for content in kept)
