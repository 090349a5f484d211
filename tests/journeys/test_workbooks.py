"""Workbooks on the command line: the settings for formulas and macros."""

import json

import pytest

from tests.journeys.conftest import Site
from tests.support.workbooks import packed, sheet

HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>email</t></is></c></row>'
ROW = (
    '<row r="2"><c r="A2" t="s"><v>1</v></c>'
    '<c r="B2" t="str"><f>A2&amp;"@example.org"</f><v>jdoe@example.org</v></c></row>'
)
WITH_FORMULA = sheet(HEADER + ROW)
WANTED = ("--set", "upload_type=update", "--json")


def flags(out: str) -> list[tuple[str, list[str]]]:
    return [(flag["level"], flag["sentences"]) for flag in json.loads(out)["flags"] if "formula" in flag["code"]]


@pytest.mark.spec("WL-09")
def test_formulas_give_their_value_or_fail_their_row_with_the_address(site: Site) -> None:
    site.enlist("init")
    file = site.file("people.xlsx", text=packed(WITH_FORMULA))

    by_value = site.enlist("plan", file, *WANTED)
    refused = site.enlist("plan", file, *WANTED, "--set", "formulas=refuse")

    assert flags(by_value.out) == [("notice", ["Cell B2 holds a formula; the value that was last computed is used."])]
    assert flags(refused.out) == [("error", ["Cell B2 holds a formula, which this import's settings refuse."])]


@pytest.mark.spec("WL-09")
def test_workbooks_with_macros_are_refused_unless_the_settings_let_them_in(site: Site) -> None:
    site.enlist("init")
    file = site.file("people.xlsm", text=packed({**WITH_FORMULA, "xl/vbaProject.bin": b"x"}))

    refused = site.enlist("plan", file, *WANTED)
    let_in = site.enlist("plan", file, *WANTED, "--set", "macros=let_in")

    assert refused.code == 3
    assert json.loads(refused.out)["error"]["code"] == "workbook_with_macros"
    assert refused.err == (
        "Error: people.xlsm has macros, which this import doesn't accept.\n"
        "Save it as .xlsx, or add --set macros=let_in. Macros are never run.\n"
    )
    assert flags(let_in.out) == [("notice", ["Cell B2 holds a formula; the value that was last computed is used."])]
