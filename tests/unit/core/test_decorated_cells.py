"""Cells with something around their value: addresses as mail programs write them, a spreadsheet's mark of text."""

import polars as pl
import pytest

from enlist.core.clean import email
from tests.unit.core.test_validate import checked, values


@pytest.mark.parametrize(
    "cell",
    [
        "Ann Lee <ann@x.org>", '"Lee, Ann" <ann@x.org>', "<ann@x.org>",
        "mailto:ann@x.org", "MAILTO: ann@x.org?subject=Hi",
        "'ann@x.org'", "“ann@x.org”", "ann@x.org;", "ann@x.org,", "(ann@x.org)", "smtp:ann@x.org", "`ann@x.org`",
        "[ann@x.org](mailto:ann@x.org)", "ann@x.org#mailto:ann@x.org#", "ann@x.org (private)",
        "ann＠x.org", "<mailto:ann@x.org>",
    ],
)  # fmt: skip
def test_an_address_is_taken_out_of_what_is_around_it(cell: str) -> None:
    cleaned = email(pl.Series([cell]))

    assert cleaned.values.to_list() == ["ann@x.org"]
    assert cleaned.notes.select("code", "value", "detail").rows() == [("email_unwrapped", cell, "ann@x.org")]


@pytest.mark.parametrize(
    "cell", ["ann@x.org; bob@x.org", "ann@x.org, bob@x.org", "ann@x.org bob@x.org", "ann@x.org / bob@x.org",
             "Ann <ann@x.org>; Bob <bob@x.org>", "ann@x.org und bob@x.org"]
)  # fmt: skip
def test_of_several_addresses_the_first_is_offered(cell: str) -> None:
    cleaned = email(pl.Series([cell]))

    assert cleaned.values.to_list() == [None]
    assert cleaned.notes.select("code", "detail").rows() == [("email_several", "ann@x.org")]


@pytest.mark.parametrize(
    "cell",
    ["a nn@x.org", "ann (at) x.org", "ann[at]x[dot]org", "ann@@x.org", "ann@x,org", "ann at x dot org", "ann@x..org"],
)
def test_what_was_probably_meant_is_offered(cell: str) -> None:
    cleaned = email(pl.Series([cell]))

    assert cleaned.values.to_list() == [None]
    assert cleaned.notes.select("code", "detail").rows() == [("email_bad_like", "ann@x.org")]


@pytest.mark.parametrize("cell", ["ann", "ann@", "no address", "ann@localhost"])
def test_what_is_no_address_stays_none(cell: str) -> None:
    assert email(pl.Series([cell])).notes.get_column("code").to_list() == ["email_bad"]


def test_a_spreadsheets_mark_of_text_is_removed_and_said() -> None:
    rows = checked({"username": ["ann", "bob"], "idnumber": ["'0031", "0031"], "phone1": ["'+49 151 1234567", ""]})

    assert values(rows, "idnumber", "phone1") == [("0031", "+49 151 1234567"), ("0031", None)]
    assert rows.flags.select("row", "column", "code", "value", "detail").rows() == [
        (0, "idnumber", "apostrophe_removed", "'0031", "0031"),
        (0, "phone1", "apostrophe_removed", "'+49 151 1234567", "+49 151 1234567"),
    ]


def test_a_name_keeps_its_apostrophe() -> None:
    rows = checked({"username": ["jan"], "lastname": ["'t Hooft"], "firstname": ["Jan"]})

    assert values(rows, "lastname") == [("'t Hooft",)]


def test_two_spellings_of_one_mailbox_are_flagged() -> None:
    addresses = [
        "gina.mehl@googlemail.com",
        "ginamehl@gmail.com",
        "GinaMehl@gmail.com",
        "gina.mehl@x.org",
        "bob@gmail.com",
    ]
    rows = checked({"username": list("abcde"), "email": addresses})

    found = rows.flags.filter(pl.col("code") == "mailbox_twin").select("row", "detail").rows()
    assert found == [(0, addresses[1]), (1, addresses[0]), (2, addresses[0])]
