"""The history of people, on the command line."""

import csv
import io
import json

from tests.journeys.conftest import Answer, Site

HEAD = "username,firstname,lastname,email"


def test_a_person_is_edited_and_the_history_shows_it(site: Site) -> None:
    site.enlist("init")
    site.file("ann.csv", text=f"{HEAD}\nann,Ann,Lee,ann@example.org\n")
    site.enlist("import", "ann.csv", "--yes")

    changed = site.enlist("people", "set", "ann", "city=Bern", "lastname=Ray")
    again = site.enlist("people", "set", "ann", "city=Bern")
    refused = site.enlist("people", "set", "ann", "country=Narnia")
    history = site.enlist("history", "ann")
    activity = site.enlist("activity")

    assert changed == Answer(0, "lastname: Lee → Ray\ncity: (blank) → Bern\n", "")
    assert again == Answer(0, "Nothing to do.\n", "")
    assert (refused.code, refused.err.splitlines()[0][:47]) == (2, "Error: The field country can't have this value:")
    lines = history.out.splitlines()
    assert [line.partition("  ")[2] if line[0] != " " else line for line in lines[:5]] == [
        "person changed",
        "    lastname: Lee → Ray",
        "    city: (blank) → Bern",
        "import 1 (ann.csv, line 2)",
        "    created",
    ]
    assert activity.out.splitlines()[0].endswith("  person changed  ann")
    assert [each["what"] for each in json.loads(site.enlist("history", "ann", "--json").out)] == [
        "person_changed",
        "import",
    ]


def test_every_value_of_an_import_goes_to_a_file_that_no_spreadsheet_runs(site: Site) -> None:
    site.enlist("init")
    file = site.file("two.csv", text=f"{HEAD}\nann,Ann,=Lee,ann@example.org\nbob,Bob,Ray,b@example.org\n")
    site.enlist("import", file, "--yes")

    written = site.enlist("show", "1", "--changes", "values.csv")
    piped = site.enlist("show", "1", "--changes", "-")

    assert written.err == "Wrote the values that import 1 changes to values.csv.\n"
    assert (site.folder / "values.csv").read_text("utf-8") == piped.out
    rows = list(csv.reader(io.StringIO(piped.out)))
    assert rows[0] == ["line", "username", "change", "field", "old", "new", "enlist_guard"]
    assert rows[3] == ["2", "ann", "created", "lastname", "", "'=Lee", ""]
    assert len(rows) == 9


def test_an_empty_history_and_an_unknown_person_are_reported(site: Site) -> None:
    site.enlist("init")

    assert site.enlist("activity") == Answer(0, "", "The audit log is empty.\n")
    assert site.enlist("history", "zoe").code == 2
