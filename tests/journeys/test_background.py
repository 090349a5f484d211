"""Background imports, on the command line."""

import json

from tests.journeys.conftest import Answer, Site

ROSTER = "username,firstname,lastname,email\nann,Ann,Lee,ann@example.org\n"


def test_a_background_import_is_watched_and_done_by_a_worker(site: Site) -> None:
    site.enlist("init")
    file = site.file("roster.csv", text=ROSTER)

    assert site.enlist("import", file, "--yes", "--background", "--key", "autumn") == Answer(
        0, "Queued import 1: `enlist imports --watch` shows its progress.\n", ""
    )
    assert site.enlist("import", file, "--yes", "--background", "--key", "autumn") == Answer(
        0, "Import 1 already has the key “autumn”.\n", ""
    )
    assert site.enlist("worker", "--until-empty") == Answer(
        0, "", "Waiting for jobs.\nJob 1 (imports.carry_out, import 1): done.\n"
    )
    assert site.enlist("import", file, "--yes", "--key", "autumn") == Answer(
        0,
        "Import 1 is applied: people created: 1.\n",
        "Import 1 already has the key “autumn”.\n",
    )
    assert site.enlist("imports", "--watch") == Answer(0, "", "No import is running.\n")
    assert site.enlist("cancel", "1") == Answer(
        3, "", "Error: Import 1 is applied, so it can't be cancelled.\nUndo it with `enlist undo 1`.\n"
    )


def test_what_waits_is_cancelled(site: Site) -> None:
    site.enlist("init")
    handed = site.enlist("import", site.file("roster.csv", text=ROSTER), "--yes", "--background", "--json")
    assert (handed.code, json.loads(handed.out)) == (0, {"number": 1, "is_new": True})

    assert site.enlist("cancel", "1") == Answer(0, "Cancelled import 1; nothing was applied.\n", "")
    assert site.enlist("worker", "--until-empty", "--json").out == ""
    assert [each["state"] for each in json.loads(site.enlist("imports", "--json").out)] == ["cancelled"]
    assert site.enlist("people", "list") == Answer(0, "", "Nobody.\n")


def test_in_the_background_nobody_is_asked_and_nothing_is_written(site: Site) -> None:
    file = site.file("roster.csv", text=ROSTER)
    answer = site.enlist("import", file, "--yes", "--background", "--failures", "failed.csv")

    assert (answer.code, answer.err.splitlines()[0]) == (
        2,
        "Error: The rows with errors aren't known yet, because the import runs in the background.",
    )
