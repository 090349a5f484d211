import pytest

from enlist.core.errors import FileError
from enlist.core.flags.flags import sentences
from enlist.core.table.table import Table
from enlist.formats import ReadOptions, read

PASTED = ReadOptions(pasted=True)


def pasted(text: str) -> Table:
    return read(text.encode(), name="pasted", options=PASTED)


@pytest.mark.spec("TM-14")
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_pasted_text_is_read_by_its_titles(delimiter: str) -> None:
    table = pasted("First name,Last name,Email\nAnn,Lee,ann@example.org\n".replace(",", delimiter))

    assert table.frame.rows(named=True) == [{"First name": "Ann", "Last name": "Lee", "Email": "ann@example.org"}]
    assert table.flags.is_empty()


@pytest.mark.spec("TM-13", "TM-14")
def test_every_block_is_read_below_its_own_titles() -> None:
    first = "username\tfirst name\tgrade\nann\tAnn\t7\nbob\tBob\t8\n\n\n"
    table = pasted(first + "Login,FIRST NAME,phone\neve,Eve,112\n \nfirst name;username\nZoë;zoe")

    assert table.frame.rows(named=True) == [
        {"username": "ann", "first name": "Ann", "grade": "7", "phone": ""},
        {"username": "bob", "first name": "Bob", "grade": "8", "phone": ""},
        {"username": "eve", "first name": "Eve", "grade": "", "phone": "112"},
        {"username": "zoe", "first name": "Zoë", "grade": "", "phone": ""},
    ]
    assert table.lines.to_list() == [2, 3, 7, 10]
    assert sentences(table.flags).to_list() == [
        "3 blocks were read, each below its own titles; a column that a block lacks is blank in its rows."
    ]


def test_a_blank_line_among_rows_parts_nothing() -> None:
    table = pasted("username,firstname\nann,Ann\n\nbob,Bob\n")

    assert table.frame.get_column("username").to_list() == ["ann", "bob"]
    assert table.lines.to_list() == [2, 4]


def test_a_blank_line_in_quotation_marks_parts_nothing() -> None:
    table = pasted('username,description\nann,"one\n\nusername,email\ntwo"\n')

    assert table.frame.get_column("description").to_list() == ["one\n\nusername,email\ntwo"]


def test_problems_in_a_block_are_reported_with_their_line() -> None:
    table = pasted("username,email\nann,ann@example.org\n\nusername,firstname\nbob,Bob,extra\n")

    assert table.flags.select("row", "line", "code").rows() == [(None, None, "blocks_joined"), (1, 5, "row_long")]


def test_a_block_that_cannot_be_read_is_named() -> None:
    with pytest.raises(FileError, match="Columns 1 and 2 in line 4 are both called “username”"):
        pasted("username,email\nann,ann@example.org\n\nusername,username\nbob,Bob\n")


def test_only_the_first_table_of_a_file_is_read_and_the_next_is_reported() -> None:
    table = read(b"username,email\nann,ann@example.org\n\nbob,bob@example.org\n\nusername,firstname\neve,Eve\n")

    assert table.frame.rows() == [("ann", "ann@example.org"), ("bob", "bob@example.org")]
    assert table.flags.select("line", "code").rows() == [(6, "second_table")]
