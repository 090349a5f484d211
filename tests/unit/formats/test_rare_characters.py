"""Rare characters between and around cells: blanks, and quotation marks that are text."""

import pytest

from enlist.core.errors import FileError
from enlist.formats import ReadOptions, read

ESCAPED = (
    rb"username,firstname,description" b"\n" rb'ann,Ann,"says \"hello\", and goes"' b"\n" rb'bob,Bob,"5\" tall"' b"\n"
)


@pytest.mark.spec("EN-06")
def test_a_backslash_before_a_quotation_mark_makes_it_text() -> None:
    table = read(ESCAPED)

    assert table.frame.rows() == [("ann", "Ann", 'says "hello", and goes'), ("bob", "Bob", '5" tall')]
    assert table.flags.is_empty()


@pytest.mark.spec("EN-06")
def test_the_quotation_mark_can_be_chosen_or_turned_off() -> None:
    carets = ESCAPED.replace(b"\\", b"^")

    assert read(carets, options=ReadOptions(escape="^")).frame.row(1) == ("bob", "Bob", '5" tall')
    assert "quotes_repaired" in read(ESCAPED, options=ReadOptions(escape="")).flags.get_column("code").to_list()
    with pytest.raises(FileError, match="“ab” can't be the escape character"):
        read(ESCAPED, options=ReadOptions(escape="ab"))


def test_a_backslash_elsewhere_is_text() -> None:
    assert read(b'username,city\nann,"C:\\here"\nbob,\\\n').frame.rows() == [("ann", "C:\\here"), ("bob", "\\")]


@pytest.mark.spec("EN-06")
def test_blanks_delimit_where_nothing_else_does_and_cells_are_quoted() -> None:
    table = read(b'id name town "full address"\n1 Ann Rome "Via 1, Rome"\n2 Bob "New York" "Street 2"\n')

    assert table.source.delimiter == " "
    assert table.frame.rows() == [("1", "Ann", "Rome", "Via 1, Rome"), ("2", "Bob", "New York", "Street 2")]


@pytest.mark.parametrize("data", [b"Full name\nAda Lovelace\nBob Ray\n", b'Motto\n"To be or not"\n"Carpe diem"\n'])
def test_a_column_of_texts_is_one_column(data: bytes) -> None:
    assert read(data).frame.width == 1
