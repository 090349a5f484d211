"""The report of a plan for people and programs."""

import json
from dataclasses import replace

import polars as pl
import pytest

from enlist.core.changes import COURSE_GROUPS_SCHEMA, COURSES_SCHEMA, ROLES_SCHEMA
from enlist.core.directory.directory import ProfileField, Reference, empty_directory, people_schema
from enlist.core.flags.flags import FLAG_SCHEMA, no_flags
from enlist.core.plan.labels import Labels
from enlist.core.plan.people import first_people
from enlist.core.plan.plan import STATUSES_SCHEMA, Head, LazyParts, Part, Plan, assemble
from enlist.core.report.changes import Cell, Change, RecordChange, changes
from enlist.core.report.people import index_people
from enlist.core.report.report import as_json, counted, failures, flag_groups, text
from enlist.core.table.printable import lines_text
from enlist.core.table.table import Source, Table

REFERENCE = Reference(
    courses=pl.DataFrame([(1, "MATH", None, 0, True)], schema=COURSES_SCHEMA, orient="row"),
    roles=pl.DataFrame([(1, "student", "", "student", True, False)], schema=ROLES_SCHEMA, orient="row"),
    frames={"course_group": pl.DataFrame([(1, 1, "Set A")], schema=COURSE_GROUPS_SCHEMA, orient="row")},
    profile_fields=(ProfileField(1, "house", "House", "choice", ("Oak", "Elm")),),
)
LABELS = Labels(
    names={
        "person": {7: "anna", 8: "boris"},
        "course": {1: "MATH"},
        "role": {1: "student"},
        "course_group": {1: "MATH / Set A"},
    },
    fields={"profile_field_house": "House"},
)


def person(number: int, username: str, **cells: str | None) -> dict[str, object]:
    blank = {name: "" for name, kind in people_schema(REFERENCE).items() if kind == pl.String}
    usual = {"username": username, "username_key": username, "state": "active", "site_role": "learner"}
    return {**blank, **usual, "person": number, "profile_field_house": None, **cells}


def flagged(*cells: tuple[int | None, int | None, str | None, str | None, str, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=FLAG_SCHEMA, orient="row")


def fated(*cells: tuple[int, int, int | None, str]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=STATUSES_SCHEMA, orient="row")


def planned(*parts: Part, rows: int = 4) -> Plan:
    head = Head(organization="school", preset="moodle", file_name="roster.csv", file_sha256="ab", rows=rows)
    return assemble(head, parts)


def whole() -> Plan:
    """A plan with a change of every kind that an import makes."""
    first = Part(
        frames={
            "create_course_group": pl.DataFrame({"course_group": [-1], "course": [1], "name": ["Set B"]}),
            "update": pl.DataFrame(
                {
                    "person": [7, 8],
                    "version": [1, 1],
                    "before:city": ["Perth", "Bern"],
                    "after:city": ["Sydney", "Bern"],
                    "before:profile_field_house": [None, "Elm"],
                    "after:profile_field_house": ["Oak", "Oak"],
                }
            ),
            "create": pl.DataFrame(
                [
                    person(
                        -1,
                        "chen",
                        firstname="伟",
                        lastname="陈",
                        email="chen@example.org",
                        email_key="chen@example.org",
                    )
                ]
            ),
            "enrol": pl.DataFrame(
                {"person": [-1, 7], "course": [1, 1], "role": [1, 1], "status": ["active", "suspended"]}
            ),
            "join": pl.DataFrame({"person": [-1, 7], "course_group": [-1, 1]}),
        },
        statuses=fated((0, 2, 8, "updated"), (1, 3, None, "failed"), (2, 4, -1, "created"), (3, 6, 7, "updated")),
        flags=flagged((1, 3, "E-Mail", "email", "email_bad", "x@@y", "two @ signs.")),
    )
    return planned(first)


def test_it_reports_counts_changes_and_flags_in_sentences() -> None:
    assert text(whole(), labels=LABELS).splitlines() == [
        "roster.csv: 4 rows, preset moodle.",
        "",
        "Rows",
        "  1  failed",
        "  1  created",
        "  2  updated",
        "",
        "Changes",
        "  1  course groups created",
        "  2  people updated",
        "  1  people created",
        "  2  enrolments",
        "  2  course group memberships",
        "",
        "The people to change",
        "  line 2  boris  updated",
        "      House: Elm → Oak",
        "  line 6  anna  updated",
        "      city: Perth → Sydney",
        "      House: (blank) → Oak",
        "      enrolled in MATH as student, suspended",
        "      joins MATH / Set A",
        "  line 4  chen  created",
        "      username: chen · first name: 伟 · last name: 陈 · e-mail: chen@example.org",
        "      enrolled in MATH as student",
        "      joins MATH / Set B",
        "",
        "Errors (1)",
        "  1 × line 3, column “E-Mail”",
        "      “x@@y” is not an e-mail address: two @ signs.",
        "      Fix: Correct the address.",
    ]


def test_it_shows_numbers_for_people_and_records_without_names() -> None:
    assert changes(whole(), limit=1) == [
        Change(8, "person 8", 2, "updated", (Cell("profile_field_house", "Elm", "Oak"),)),
    ]
    assert changes(whole(), limit=3)[1].record_changes == (
        RecordChange("enrol", "course 1", "role 1", "suspended"),
        RecordChange("join", "course group 1"),
    )


def test_it_takes_the_names_out_of_a_directory() -> None:
    reference = REFERENCE
    directory = empty_directory(reference)
    people = pl.DataFrame([{**person(7, "anna"), "version": 1}], schema=people_schema(reference))

    assert Labels.of(replace(directory, people=people)) == replace(
        LABELS, names={**LABELS.names, "person": {7: "anna"}}
    )


def test_it_loads_no_more_parts_than_the_changes_it_shows_need() -> None:
    plan = whole()
    loaded: list[int] = []

    def load(number: int) -> Part:
        loaded.append(number)
        return plan.parts[0]

    lazy = Plan(head=plan.head, parts=LazyParts(3, load=load))

    assert [change.person for change in changes(lazy, limit=3)] == [8, 7, -1]
    assert loaded == [0]
    assert changes(lazy, limit=0) == []


def test_it_reports_a_changed_state_and_an_update_together() -> None:
    turned = pl.DataFrame({"person": [7, 8], "version": [1, 1]})
    city = pl.DataFrame({"person": [7], "version": [1], "before:city": ["Rome"], "after:city": ["Bonn"]})
    plan = assemble(Head(), [Part(frames={"update": city, "deactivate": turned})])

    assert [(change.name, change.kind) for change in changes(plan, limit=9, labels=LABELS)] == [
        ("anna", "updated and deactivated"),
        ("boris", "deactivated"),
    ]
    assert text(plan, labels=LABELS).splitlines()[-5:] == [
        "  anna  updated and deactivated",
        "      city: Rome → Bonn",
        "      account status: active → inactive",
        "  boris  deactivated",
        "      account status: active → inactive",
    ]


def test_who_loses_something_comes_before_who_changes() -> None:
    city = pl.DataFrame({"person": [1], "version": [1], "before:city": ["Rome"], "after:city": ["Bonn"]})
    leave = pl.DataFrame({"person": [2], "people_group": [1], "source": ["import"]})
    join = pl.DataFrame({"person": [0], "people_group": [1], "source": ["import"]})
    plan = assemble(Head(), [Part(frames={"leave_group": leave, "update": city, "join_group": join})])

    assert first_people(plan, limit=9) == [2, 1, 0]
    assert index_people(plan).people.get_column("person").to_list() == [2, 1, 0]


def test_it_shows_an_undo_without_lines() -> None:
    restored = person(7, "anna", city="Perth", state="inactive")
    part = Part(
        frames={
            "leave": pl.DataFrame({"person": [8], "course_group": [1]}),
            "unenrol": pl.DataFrame({"person": [8], "course": [1], "role": [1], "status": ["active"]}),
            "remove": pl.DataFrame([{**person(9, "chen"), "version": 3}]),
            "restore": pl.DataFrame([{**restored, "version": 3, "after:version": 2}]),
        }
    )
    plan = assemble(Head(kind="undo", undoes=12, file_name="roster.csv"), [part])

    assert text(plan, labels=LABELS).splitlines() == [
        "Undo of import 12, roster.csv.",
        "",
        "Changes",
        "  1  course group memberships ended",
        "  1  enrolments ended",
        "  1  people removed",
        "  1  people restored",
        "",
        "The people to change",
        "  chen  removed",
        "  boris",
        "      leaves MATH / Set A",
        "      no longer enrolled in MATH as student",
        "  anna  restored",
        "      username: anna · city: Perth · account status: inactive",
    ]


def test_it_reports_that_there_is_nothing_to_do() -> None:
    same = Part(statuses=fated((0, 2, 7, "unchanged")))

    assert text(planned(same, rows=1)) == "roster.csv: 1 row, preset moodle. Nothing to do.\n\nRows\n  1  unchanged"
    undone = assemble(Head(kind="undo", undoes=3, file_name="a.csv"), [])
    assert text(undone) == "Undo of import 3, a.csv. Nothing to do."


def test_it_does_not_call_it_nothing_when_rows_failed() -> None:
    failed = Part(statuses=fated((0, 2, None, "failed")))

    assert text(planned(failed, rows=1)).splitlines()[0] == "roster.csv: 1 row, preset moodle. Nothing can be applied."
    some = Part(statuses=fated((0, 2, None, "failed"), (1, 3, 7, "unchanged")))
    assert text(planned(some, rows=2)).splitlines()[0] == (
        "roster.csv: 2 rows, preset moodle. What can be applied changes nothing."
    )


def test_it_gathers_flags_of_one_kind_over_all_parts() -> None:
    bad = [(n, n + 2, "mail", "email", "email_bad", f"{n}@@", "two @ signs.") for n in range(15)]
    option = (20, 22, "House", "profile_field_house", "choice_unknown", "Ash", "Oak, Elm")
    plan = planned(Part(flags=flagged(*bad[10:], option)), Part(flags=flagged(*bad[:10])), Part(), rows=40)

    groups = flag_groups(plan)

    assert [(g.code, g.level, g.column, g.field, g.count) for g in groups] == [
        ("email_bad", "error", "mail", "email", 15),
        ("choice_unknown", "warning", "House", "profile_field_house", 1),
    ]
    assert groups[0].lines == tuple(range(2, 14))
    assert groups[0].sentences == tuple(f"“{n}@@” is not an e-mail address: two @ signs." for n in (10, 11, 12))
    assert "  15 × lines 2, 3, 4 and 12 more, column “mail”" in text(plan).splitlines()


def test_it_puts_errors_before_warnings_before_notices() -> None:
    notice = (None, None, "Shoe", None, "column_ignored", "1", "“Shoe”")
    warning = (3, 5, None, None, "row_short", "4", "6")
    error = (4, 6, None, "username", "username_missing", None, None)

    lines = text(planned(Part(flags=flagged(notice, warning, error)))).splitlines()

    assert lines[2:] == [
        "Errors (1)",
        "  1 × line 6",
        "      There is no username in this row.",
        "      Fix: Fill it, or set a pattern that generates usernames (username_from).",
        "",
        "Warnings (1)",
        "  1 × line 5",
        "      This row has fewer cells than the header (4 instead of 6); the missing ones count as blank.",
        "      Fix: Check that no cell has slipped into a neighbouring column.",
        "",
        "Notices (1)",
        "  1 × column “Shoe”",
        "      These columns match no field and aren't imported (1): “Shoe”.",
        "      Fix: Map a column to a field if it should count.",
    ]


@pytest.mark.spec("EN-05")
def test_it_gives_back_the_rows_with_errors_as_they_were() -> None:
    frame = pl.DataFrame(
        {"user": ["a", "b", "c"], "E-Mail": ["x@@y", "b@example.org", ""], "enlist_line": ["9", "9", "9"]}
    )
    source = Source("roster.csv", "ab", "utf-8", ",", 1, "fast")
    table = Table(frame, pl.Series([2, 3, 5], dtype=pl.Int64), source, no_flags())
    flags = flagged(
        (None, None, "Shoe", None, "column_ignored", "1", "“Shoe”"),
        (1, 3, None, None, "row_short", "2", "3"),
        (2, 5, "user", "username", "username_reserved", "c", None),
        (0, 2, "E-Mail", "email", "email_bad", "x@@y", "two @ signs."),
        (2, 5, None, "email", "email_missing", None, None),
    )

    found = failures(table, plan=planned(Part(flags=flags)))

    assert found.to_dicts() == [
        {
            "enlist_line": 2,
            "enlist_problems": "E-Mail: “x@@y” is not an e-mail address: two @ signs. Correct the address.",
            "user": "a",
            "E-Mail": "x@@y",
        },
        {
            "enlist_line": 5,
            "enlist_problems": "user: Username “c” is reserved. Choose another. "
            "A new person needs an e-mail address. Fill it, or set a default for it.",
            "user": "c",
            "E-Mail": "",
        },
    ]
    assert failures(table, plan=planned()).shape == (0, 4)


def test_its_json_has_keys_that_stay() -> None:
    plan = whole()

    told = json.loads(json.dumps(as_json(plan, labels=LABELS, limit=1)))

    assert told == {
        "organization": "school",
        "kind": "import",
        "undoes": None,
        "preset": "moodle",
        "policy": {},
        "file": {"name": "roster.csv", "sha256": "ab"},
        "rows": 4,
        "statuses": {"created": 1, "failed": 1, "updated": 2},
        "changes": {"create": 1, "create_course_group": 1, "enrol": 2, "join": 2, "update": 2},
        "passwords": {},
        "results": {},
        "first_changes": [
            {
                "person": 8,
                "name": "boris",
                "line": 2,
                "kind": "updated",
                "cells": [{"field": "profile_field_house", "old": "Elm", "new": "Oak"}],
                "record_changes": [],
            }
        ],
        "awaiting": {"changes": {}, "people": 0},
        "flags": [
            {
                "code": "email_bad",
                "level": "error",
                "column": "E-Mail",
                "field": "email",
                "count": 1,
                "lines": [3],
                "sentences": ["“x@@y” is not an e-mail address: two @ signs."],
                "fix": "Correct the address.",
            }
        ],
        "empty": False,
        "fingerprint": plan.fingerprint,
    }


def test_no_cell_can_drive_the_terminal_or_deceive_its_reader() -> None:
    part = Part(
        frames={"create": pl.DataFrame([person(-1, "e\x1b[2Jvil", firstname="\u202etxt.exe", city="x" * 80)])},
        statuses=fated((0, 2, -1, "created")),
        flags=flagged((0, 2, "a\rb", "city", "too_long", None, "\x9b31m")),
    )

    told = text(planned(part))

    assert not any((ord(letter) < 32 and letter != "\n") or 0x7F <= ord(letter) < 0xA0 for letter in told)
    assert "  line 2  e\\x1b[2Jvil  created" in told
    assert "first name: \\u202etxt.exe" in told
    assert f"city: {'x' * 59}…" in told
    assert "column “a\\rb”" in told


def test_it_names_lines_as_people_do() -> None:
    assert [lines_text(range(4, 4 + n), count=n) for n in (0, 1, 2, 3, 4)] == [
        "",
        "line 4",
        "lines 4 and 5",
        "lines 4, 5 and 6",
        "lines 4, 5, 6 and 1 more",
    ]
    assert [counted(1, one="row"), counted(1204, one="row"), counted(2, one="person", many="people")] == [
        "1 row",
        "1,204 rows",
        "2 people",
    ]
