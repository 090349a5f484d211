"""The header lines are detected and reported, and can be chosen."""

import pytest

from enlist.core.flags.flags import sentences
from enlist.core.table.table import Table
from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read


def codes(table: Table) -> list[tuple[int | None, str]]:
    return table.flags.select("line", "code").rows()


@pytest.mark.spec("EN-06")
def test_titles_and_blank_lines_above_the_header_are_left_out_and_reported() -> None:
    table = read(b"People of 2026,,\n,,\nusername,city,phone\njdoe,Bonn,1\nmsmith,Rome,2\n")

    assert (table.headers, table.lines.to_list()) == (("username", "city", "phone"), [4, 5])
    assert codes(table) == [(1, "line_above_header")]


def test_a_title_of_one_cell_does_not_hide_the_delimiter() -> None:
    table = read(b"People of our school\n\nusername;city\njdoe;Bonn\n")

    assert (table.source.delimiter, table.headers) == (";", ("username", "city"))


def test_the_line_that_names_the_delimiter_for_excel_is_no_row() -> None:
    assert read(b"sep=;\nusername;a,b\njdoe;x,y\n").frame.rows() == [("jdoe", "x,y")]


def test_a_header_of_two_lines_is_read_as_one() -> None:
    table = read(b"Person,,Contact,\nfirst name,last name,e-mail,phone\nJohn,Doe,jdoe@example.org,1\n")

    assert (table.headers, table.height) == (("first name", "last name", "e-mail", "phone"), 1)


def test_a_header_that_is_there_twice_counts_once() -> None:
    table = read(b"username,email\nusername,email\njdoe,jdoe@example.org\n")

    assert (table.headers, table.height, table.source.header) == (
        ("username", "email"),
        1,
        (("username", "email"), ("username", "email")),
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"jdoe,John,jdoe@example.org\nmsmith,Mary,m@example.org\n", id="addresses"),
        pytest.param(b"28/01/2018,00:00,2,MG-8769\n29/01/2018,00:15,0,RI-3895\n", id="dates and numbers"),
        pytest.param(b"1,2.5\n3,4\n", id="nothing but numbers"),
    ],
)
def test_a_file_without_header_is_reported_and_loses_no_row(data: bytes) -> None:
    table = read(data)

    assert (table.source.header_line, table.height) == (0, 2)
    assert table.headers == tuple(f"Column {number + 1}" for number in range(data.split(b"\n")[0].count(b",") + 1))
    assert sentences(table.flags).to_list() == [
        "No line of this file names its columns; they are called Column 1, Column 2 and so on."
    ]


def test_somebody_names_the_columns_and_leaves_one_out() -> None:
    table = read(b"jdoe,s3cret,x,Bonn\n", options=ReadOptions(names=("username", "password", "", "city")))

    assert (table.headers, table.secrets, table.frame.rows()) == (
        ("username", "city"),
        ("password",),
        [("jdoe", "Bonn")],
    )
    assert "s3cret" not in str(table.flags.rows())


@pytest.mark.parametrize(
    ("line", "headers", "rows"),
    [
        pytest.param(2, ("a", "b"), [("jdoe", "Bonn")], id="the line that is named"),
        pytest.param(0, ("Column 1", "Column 2"), [("username", "city"), ("a", "b"), ("jdoe", "Bonn")], id="none"),
    ],
)
def test_the_header_line_can_be_chosen(line: int, headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = read(b"username,city\na,b\njdoe,Bonn\n", options=ReadOptions(header=line))

    assert (table.headers, table.frame.rows()) == (headers, rows)


def test_an_extra_blank_cell_in_the_header_is_left_out_and_reported() -> None:
    table = read(b"username,,city\njdoe,Bonn\nmsmith,Rome\n")

    assert (table.headers, table.frame.rows()) == (("username", "city"), [("jdoe", "Bonn"), ("msmith", "Rome")])
    assert codes(table) == [(1, "header_spare")]


@pytest.mark.spec("NE-15")
@pytest.mark.parametrize(
    ("row", "cells", "code"),
    [
        pytest.param('x,"2,"a, b",c', ("x", '"2', "a, b", "c"), "quotes_repaired", id="one that opens only"),
        pytest.param('x,2,""a, b"",c', ("x", "2", '"a, b"', "c"), "quotes_repaired", id="two instead of one"),
        pytest.param('x,2,"a "good" b",c', ("x", "2", 'a "good" b', "c"), "quotes_repaired", id="inside, not doubled"),
        pytest.param(
            'x,2a long text" ,b,c', ("x", '2a long text"', "b", "c"), "quote_odd_end", id="one that closes only"
        ),
    ],
)
def test_quotation_marks_out_of_place_cost_no_row(row: str, cells: tuple[str, ...], code: str) -> None:
    table = read(f"username,number,title,city\n{row}\ny,1,t,Bonn\n".encode())

    assert table.frame.rows() == [cells, ("y", "1", "t", "Bonn")]
    assert codes(table) == [(2, code)]


def test_single_quotation_marks_are_distinguished_from_apostrophes() -> None:
    rows = "".join(f"u{n},O'Neil,'Rome, {n}'\n" for n in range(3))

    assert read(f"username,lastname,city\n{rows}".encode()).frame.row(0) == ("u0", "O'Neil", "Rome, 0")


def test_the_header_over_again_is_no_row() -> None:
    table = read(b"username,email\na,a@example.org\nusername,email\nb,b@example.org\n")

    assert (table.frame.get_column("username").to_list(), table.lines.to_list()) == (["a", "b"], [2, 4])
    assert codes(table) == [(3, "header_again")]


def test_another_table_below_is_not_read_but_reported() -> None:
    table = read(b"username,email,city\na,a@example.org,Bonn\n\nusername,city\nb,Rome\nc,Oslo\n")

    assert (table.frame.get_column("username").to_list(), codes(table)) == (["a"], [(4, "second_table")])
    assert sentences(table.flags).to_list() == ["Another table begins in line 4; it was not read (rows: 2)."]


@pytest.mark.parametrize("line", ["Total: 2,,,", "End of report,,,", "Gesamt,,2,"])
def test_totals_at_the_end_are_no_rows(line: str) -> None:
    table = read(f"username,firstname,city,phone\na,A,Bonn,1\nb,B,Rome,2\n{line}\n".encode())

    assert (table.height, codes(table)) == (2, [(4, "line_of_totals")])


def test_somebody_called_total_is_a_row() -> None:
    table = read(b"username,firstname,city,phone\na,A,Bonn,1\ntotal,Tom,Rome,2\n")

    assert (table.height, codes(table)) == (2, [])


def test_equal_lines_of_unknown_words_are_joined_like_others() -> None:
    table = read(b"Menge,Preis,Farbe\nMenge,Preis,Farbe\n4,2.50,blau\n5,3.50,rot\n")

    assert table.headers == ("Menge Menge", "Preis Preis", "Farbe Farbe")
    assert table.flags.get_column("code").to_list() == ["header_lines"]


def test_another_table_with_more_columns_is_not_read_but_reported() -> None:
    table = read(b"username,email\nann,ann@example.org\nusername,email,Farbe\nbob,bob@example.org,rot\n")

    assert table.frame.rows() == [("ann", "ann@example.org")]
    assert table.flags.select("line", "code").rows() == [(3, "second_table")]


def test_a_line_that_names_the_delimiter_is_reported() -> None:
    table = read(b"sep=;\nusername;a,b\njdoe;x,y\n")

    assert sentences(table.flags).to_list() == ["This line names the delimiter: “;”."]


def test_different_line_ends_are_reported() -> None:
    mixed = read(b"username,city\njdoe,Bonn\rmsmith,Rome\n")
    in_a_cell = read(b'username,city\njdoe,"Bonn\rBeuel"\nmsmith,Rome\n')

    assert (mixed.height, in_a_cell.height) == (2, 2)
    assert sentences(mixed.flags).to_list() == [
        "Lines end in several ways, from line 2 on; each was read as a line of its own."
    ]
    assert in_a_cell.flags.is_empty()


def test_a_narrower_table_below_is_recognised_by_its_titles() -> None:
    table = read(b"username,firstname,lastname,email\njdoe,J,Doe,j@example.org\n\nusername,course1\njdoe,MATH\n")

    assert table.frame.rows() == [("jdoe", "J", "Doe", "j@example.org")]
    assert sentences(table.flags).to_list() == ["Another table begins in line 4; it was not read (rows: 1)."]


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        ("Total;2;;\n", [("Total", "2", "", "")]),
        ("username;firstname;lastname;email\n", [("username", "firstname", "lastname", "email")]),
        (
            "course;title;room;credits\nM1;Maths;7;3\n",
            [("course", "title", "room", "credits"), ("M1", "Maths", "7", "3")],
        ),
    ],
)
def test_every_line_can_be_read_as_a_row(below: str, rows: list[tuple[str, ...]]) -> None:
    data = f"username;firstname;lastname;email\njdoe;John;Doe;j@example.org\n{below}".encode()
    table = read(data, options=ReadOptions(lines="all"))

    assert table.frame.rows() == [("jdoe", "John", "Doe", "j@example.org"), *rows]
    assert table.flags.is_empty()


def test_a_misplaced_quotation_mark_in_the_header_is_reported() -> None:
    table = read(b'"username","email"x,"city"\njdoe,j@example.org,Bonn\n')

    assert table.headers == ("username", '"email"x', "city")
    assert sentences(table.flags).to_list() == ["A quotation mark in line 1, the header, is out of place."]


@pytest.mark.parametrize("between", ["", "b,Bob,Bee,b@x.org\n"])
def test_a_row_that_swallowed_others_is_reported(between: str) -> None:
    head = "username,firstname,lastname,email\n"
    table = read(f'{head}x,"Xan,Yu,x@x.org\n{between}y,Yan",Zu,y@x.org\nz,Zoe,Zed,z@x.org\n'.encode())
    last = 3 + len(between.splitlines())

    assert table.lines.to_list() == [2, last + 1]
    assert table.flags.select("row", "line", "code", "detail").rows() == [(0, 2, "quote_joins", str(last))]


def test_texts_of_several_lines_are_not_reported() -> None:
    head = "username,firstname,lastname,address\n"
    table = read(f'{head}x,Xan,Yu,"Main St 1, Bonn\nGermany"\ny,"Y\nan",Zu,\n'.encode())

    assert table.frame.rows() == [("x", "Xan", "Yu", "Main St 1, Bonn\nGermany"), ("y", "Y\nan", "Zu", "")]
    assert table.flags.is_empty()


def test_lines_that_only_draw_a_line_are_no_rows() -> None:
    table = read(b"username|city\n--------|----\njdoe|Bonn\n---|\nmsmith|Rome\n========|====\n")

    assert table.frame.rows() == [("jdoe", "Bonn"), ("msmith", "Rome")]
    assert sentences(table.flags).to_list() == [
        f"Line {line} only draws a line; it was left out." for line in (2, 4, 6)
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quotation_marks_around_whole_lines_are_taken_off(end: str) -> None:
    lines = ['"username,city,room"', '"jdoe,""Bonn, Germany"",7",,', '"msmith,Rome,8"']
    table = read(end.join(lines).encode())

    assert table.headers == ("username", "city", "room")
    assert table.frame.rows() == [("jdoe", "Bonn, Germany", "7"), ("msmith", "Rome", "8")]
    assert table.lines.to_list() == [2, 3]
    assert table.flags.get_column("code").to_list() == ["lines_wrapped"]


def test_quotation_marks_around_whole_lines_can_be_kept() -> None:
    assert read(b'"username,city"\n"jdoe,Bonn"\n', options=ReadOptions(quote='"')).headers == ("username,city",)
