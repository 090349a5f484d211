"""Passwords in the reader: sealed if the caller can, otherwise not read at all."""

import polars as pl
import pytest

from enlist.core.table.table import Table
from enlist.formats import ReadOptions, read

SEAL = ReadOptions(seal=lambda cells: cells.str.reverse())
TEXT = 'username,Password,city\nann,"Corr3ct-Horse",Bern\nbob,,Graz\ncat, hunter2 ,Linz\n'
# Quoting that only the careful road reads.
ODD = TEXT.replace("cat", 'c"at"')


@pytest.mark.parametrize("text", [TEXT, ODD.replace("\n", "\r\n"), TEXT.replace("\n", "\r")])
def test_they_are_sealed_trimmed_and_beside_the_table(text: str) -> None:
    table = read(text.encode(), options=SEAL)

    assert table.headers == ("username", "city")
    assert table.sealed.rows() == [(2, False, "esroH-tc3rroC"), (4, True, "2retnuh")]
    assert "secret_not_handled" not in table.flags.get_column("code").to_list()


def test_without_a_seal_they_are_not_read() -> None:
    table = read(TEXT.encode())

    assert (table.headers, table.sealed.height) == (("username", "city"), 0)
    assert table.flags.get_column("code").to_list() == ["secret_not_handled"]


@pytest.mark.parametrize(
    "header",
    ["Pasword", "Initial passwords", "password,pwd"],
)
def test_what_may_be_no_password_or_which_one_nobody_knows_is_left_out(header: str) -> None:
    more = ",other" if "," in header else ""
    table = read(f"username,{header},city\nann,secret{more},Bern\n".encode(), options=SEAL)

    assert (table.headers, table.sealed.height) == (("username", "city"), 0)
    assert set(table.flags.get_column("code")) == {"secret_not_handled"}


def test_a_slice_has_the_passwords_of_its_rows() -> None:
    table = read(TEXT.encode(), options=SEAL)

    def lines(part: Table) -> list[int]:
        return part.sealed.get_column("line").to_list()

    assert (lines(table.slice(0, 2)), lines(table.slice(2, 2))) == ([2], [4])


def test_untypable_bytes_are_reported_and_not_shown() -> None:
    table = read(b"username,password\nann,abc\x00def\nbob,Corr3ct-Horse\n", options=SEAL)

    assert table.sealed.get_column("line").to_list() == [3]
    (told,) = table.flags.filter(pl.col("code") == "password_unreadable").to_dicts()
    assert (told["line"], told["row"], told["field"], told["value"]) == (2, 0, "password", None)
