"""Headers are recognised, explained, remembered and forgotten; corrected rows map automatically."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from enlist.formats import read
from tests.journeys.conftest import Site

FILE = "Kennzahl,First name,Surname,emial\nann,Ann,Lee,ann@example.org\nbob,Bob,Ray,bob@@example.org\n"
SAFE = ("--set", "malformed_email=refuse")


@pytest.mark.spec("EN-07")
def test_a_mapped_column_is_remembered_until_it_is_forgotten(site: Site) -> None:
    site.enlist("init")
    file = site.file("people.csv", text=FILE)

    first = site.enlist("import", file, "--map", "Kennzahl=username", *SAFE, "--yes", "--json")
    assert first.code == 6
    assert "The import will remember this for “Kennzahl”, “emial”: see `enlist headers`." in first.err
    assert [
        (flag["code"], flag["sentences"])
        for flag in json.loads(first.out)["plan"]["flags"]
        if flag["level"] == "warning"
    ] == [
        (
            "header_guessed",
            [
                "Column “emial” is imported as e-mail (80% sure). It is similar to “email”, another name for it."
                " All of its cells look like e-mail addresses."
            ],
        )
    ]

    assert json.loads(site.enlist("headers", "--json").out) == [
        {"header": "emial", "field": "email", "by": ""},
        {"header": "Kennzahl", "field": "username", "by": ""},
    ]
    assert site.enlist("plan", file, *SAFE).code == 6

    assert site.enlist("headers", "--forget", "Kennzahl").out == "Headers forgotten: 1.\n"
    assert site.enlist("plan", file, *SAFE).code == 3
    assert site.enlist("headers", "--forget-all").out == "Headers forgotten: 1.\n"
    assert site.enlist("headers").out == "No headers are remembered.\n"


@pytest.mark.spec("EN-05", "EN-07")
def test_failing_rows_are_fixed_in_their_workbook_and_map_automatically(site: Site) -> None:
    site.enlist("init")
    file = site.file("people.csv", text=FILE)
    site.enlist("import", file, "--map", "Kennzahl=username", *SAFE, "--yes", "--failures", "errors.xlsx")

    table = read(site.folder / "errors.xlsx")
    assert table.frame.rows() == [("bob", "Bob", "Ray", "bob@@example.org")]
    repaired_cells = _with(site.folder / "errors.xlsx", old="bob@@example.org", new="bob@example.org")

    again = site.enlist("import", site.file("repaired_cells.xlsx", text=repaired_cells), *SAFE, "--yes", "--json")
    assert (again.code, json.loads(again.out)["outcome"]["verbs"]) == (0, {"create": 1})


def _with(workbook: Path, *, old: str, new: str) -> bytes:
    """The workbook as somebody saves it who typed something else into a cell."""
    stream = io.BytesIO()
    with zipfile.ZipFile(workbook) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old.encode(), new.encode()))
    return stream.getvalue()


@pytest.mark.spec("TM-13", "TM-14")
def test_pasted_blocks_are_planned_together(site: Site) -> None:
    site.enlist("init")
    tabs = "username\tFirst name\tLast name\tEmail\nann\tAnn\tLee\tann@example.org\n"
    pasted = tabs + "\nEmail,Login,Surname,First name\nbob@example.org,bob,Ray,Bob\n"

    answer = site.enlist("plan", "-", "--json", stdin=pasted)

    assert (answer.code, json.loads(answer.out)["statuses"]) == (0, {"created": 2})
