"""Delimiters, quotation marks and headers are detected in the first lines, or chosen."""

import pytest

from enlist.formats.files.options import ReadOptions
from enlist.formats.layout.layout import find_layout
from enlist.formats.reading import read

DELIMITERS = [
    pytest.param("username,email\na;b,c;d\n", ",", id="a known header outweighs the signs in cells"),
    pytest.param("username;last name, title\nx;Doe, Dr.\n", ";", id="the other sign stands inside every cell"),
    pytest.param("id;start;end\n1;10:30;11:30\n2;9:00;9:45\n", ";", id="times hold colons"),
    pytest.param("code|site\n1|http://x.org\n2|http://y.org\n", "|", id="addresses of web pages hold colons"),
    pytest.param('"a;1";b,"c;2"\n"d;3";e,"f;4"\n', ";", id="quoted signs do not count"),
    pytest.param('"a","b:c:d"\n"e","f"\n', ",", id="a wrong delimiter leaves text beside quotes"),
    pytest.param("HH:mm:ss.S,HH:mm:ss.SS\n15:02:37.1,15:02:37.14\n", ",", id="times have colons inside"),
    pytest.param("Page\nhttp://a.example/x\nhttps://b.example/y\n", ",", id="addresses have one too"),
    pytest.param("jdoe:Jane:10:20\nasmith:Al:11:30\n", ":", id="but colons may delimit numbers"),
    pytest.param("a\tb,c\td\n1\t2\t3\n4\t5,6\t7\n", "\t", id="most rows as wide as the header"),
    pytest.param("a,b\n1,2\n1;2;3\n3,4\n", ",", id="one strange row changes nothing"),
    pytest.param("a^b\n1^2\n", "^", id="carets"),
    pytest.param("a:b\n1:2\n", ":", id="colons"),
    pytest.param("username\njdoe\n", ",", id="one column has none"),
    pytest.param("\n \nusername;email\nx;y\n", ";", id="blank lines before the header"),
]


@pytest.mark.parametrize(("text", "delimiter"), DELIMITERS)
def test_it_finds_the_delimiter(text: str, delimiter: str) -> None:
    assert find_layout(text, options=ReadOptions()).dialect.delimiter == delimiter


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", "§"])
def test_it_takes_the_delimiter_that_is_named(delimiter: str) -> None:
    text = delimiter.join(["username", "city"]) + "\n" + delimiter.join(["jdoe", "Bonn"]) + "\n"

    assert read(text.encode(), options=ReadOptions(delimiter=delimiter)).frame.rows() == [("jdoe", "Bonn")]


@pytest.mark.parametrize(
    ("options", "row"),
    [
        pytest.param(ReadOptions(), ("Doe, John", "'t Hooft"), id="found"),
        pytest.param(ReadOptions(quote='"'), ("Doe, John", "'t Hooft"), id="named"),
        pytest.param(ReadOptions(quote=""), ('"Doe', 'John"'), id="none at all"),
    ],
)
def test_it_goes_by_the_quote_that_is_found_or_named(options: ReadOptions, row: tuple[str, str]) -> None:
    assert read(b'lastname,city\n"Doe, John",\'t Hooft\n', options=options).frame.row(0) == row


def test_cells_of_secret_headers_are_left_out_by_name_too() -> None:
    table = read(b"username,Kuerzel\njdoe,s3cret\n", options=ReadOptions(secret={"Kuerzel"}))

    assert (table.headers, table.secrets, table.frame.rows()) == (("username",), ("Kuerzel",), [("jdoe",)])


def test_a_column_without_header_or_cells_leaves_no_trace() -> None:
    table = read(b"username,,city,\njdoe,,Bonn,\nmsmith, ,Rome\n")

    assert (table.headers, table.flags.height) == (("username", "city"), 0)
