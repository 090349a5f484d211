"""Lines that aren't rows: blank ones, totals, titles, and a last one with an open quotation mark."""

import pytest

from enlist.formats.files.options import ReadOptions
from enlist.formats.reading import read

HEAD = "username;firstname;lastname;email\n"
ANN = "ann;Ann;Lee;ann@example.org\n"
BOB = "bob;Bob;Ray;bob@example.org\n"


def lines_and_codes(text: str) -> tuple[list[int], list[tuple[int, str, str | None]]]:
    table = read(text.encode())
    return table.lines.to_list(), [row for row in table.flags.select("line", "code", "value").rows() if row[0]]


@pytest.mark.parametrize("blank", [";;;\n", " ; ;\t;\n", ";\n", ";;;;;;\n", '"";"";"";""\n'])
def test_lines_of_delimiters_are_left_out_and_counted(blank: str) -> None:
    assert lines_and_codes(HEAD + blank + ANN + blank * 25) == ([3], [(2, "lines_blank", "26")])


def test_a_line_with_a_value_beyond_the_header_is_no_blank_line() -> None:
    assert lines_and_codes(HEAD + ANN + ";;;;x\n") == ([2, 3], [(3, "row_long", "5")])


def test_blank_lines_are_left_out_even_if_every_line_is_a_row() -> None:
    assert read((HEAD + ANN + ";;;\n").encode(), options=ReadOptions(lines="all")).lines.to_list() == [2]


@pytest.mark.parametrize(
    "total",
    [
        "Anzahl: 2;;;", "Total;2;;", "Gesamt: 2 Schüler;;;", "Nombre d'élèves : 2;;;", "Número de alumnos: 2;;;",
        "2 Teilnehmer;;;", ";Summe;;", "Итого: 2;;;", "合計: 2;;;", "Liczba uczniów: 2;;;", "Insgesamt 2;;;",
        "=== Total: 2 ===;;;", "(2 rows);;;", "Stand: 01.03.2026;;;", "Confidential;;;", "*** End of report ***;;;",
    ],
)  # fmt: skip
def test_a_total_is_left_out_wherever_it_stands(total: str) -> None:
    assert lines_and_codes(f"{HEAD}{ANN}{total}\n{BOB}") == ([2, 4], [(3, "line_of_totals", None)])


@pytest.mark.parametrize("row", ["total;Tom;Total;t@x.org", "counts;;;", "sum12;;;", "summer;Sum;;", "Ann Total;;;"])
def test_a_row_that_only_begins_like_a_total_stays(row: str) -> None:
    assert lines_and_codes(f"{HEAD}{row}\n{ANN}")[0] == [2, 3]


def test_the_title_of_a_block_and_its_header_are_left_out() -> None:
    found = lines_and_codes(f"{HEAD}{ANN}Anzahl: 1;;;\n\nKlasse 5b;;;\n{HEAD}{BOB}")

    assert found == ([2, 7], [(6, "header_again", None), (3, "line_of_totals", None), (5, "line_of_title", None)])


@pytest.mark.parametrize(
    "title",
    ["Klasse 5b", "Class: 5B", "Grade 7", "7. Klasse", "Gruppe Rot", "Classe de 6e", "Grupo 2", "Osztály 7.a",
     "Класс 5 Б",
     "5a Klasse", "Team Blue", "クラス 2"],
)  # fmt: skip
def test_the_name_of_a_class_alone_is_a_title(title: str) -> None:
    assert lines_and_codes(f"{HEAD}{title};;;\n{ANN}{title};;;\n{BOB}") == (
        [3, 5], [(2, "line_of_title", None), (4, "line_of_title", None)]
    )  # fmt: skip


@pytest.mark.parametrize(
    "row", ["klasse5b;;;", "class-5b;;;", "Klasse 5b;Ann;;", ";Klasse 5b;;", "anna;;;", "ann lee;;;"]
)
def test_a_row_that_only_resembles_a_title_stays(row: str) -> None:
    assert lines_and_codes(f"{HEAD}{row}\n{ANN}")[0] == [2, 3]


@pytest.mark.parametrize("number", ["Nr.", "No", "#", "Lfd. Nr.", "S.No", "N°", "№ п/п", "序号", "Poř. č."])
def test_lines_of_a_form_with_only_their_number_are_left_out_and_counted(number: str) -> None:
    text = f"{number};{HEAD}1;{ANN}2;{BOB}3;;;;\n4.;;;;\n"

    assert lines_and_codes(text) == ([2, 3], [(4, "lines_numbered", "2")])


def test_numbers_below_another_header_are_values() -> None:
    assert lines_and_codes("idnumber;username;email\n7;;\n")[0] == [2]


def test_lines_of_unusual_spaces_are_blank() -> None:
    assert lines_and_codes(f"{HEAD}{ANN}\u00a0;\u2003;;\n;\u00a0;;\n{BOB}") == ([2, 5], [(3, "lines_blank", "2")])


def test_the_points_of_a_gradebook_are_no_person() -> None:
    text = 'Student;ID;SIS Login ID;Essay\n    Points Possible;;;10\n"Lee, Ann";5;ann;7\n'

    assert lines_and_codes(text) == ([3], [(2, "line_of_totals", None)])


@pytest.mark.parametrize(
    "last",
    [
        pytest.param('bob;Bob;"Ray;bob@example.org', id="within the row"),
        pytest.param('bob;Bob;Ray;"bob@example.org\n', id="in its last cell"),
        pytest.param('bob;Bob;Ray;"bob@example.org\nand more text\n', id="over two lines"),
        pytest.param('bob;"Bob;Ray', id="in a row that is cut off"),
    ],
)
@pytest.mark.parametrize("body", [ANN, ANN * 3, ANN + 'x;"X\ny";Z;x@example.org\n'])
def test_a_last_row_with_an_open_quotation_mark_is_flagged_and_the_others_are_read(body: str, last: str) -> None:
    table = read((HEAD + body + last).encode())
    whole = read((HEAD + body).encode())

    assert table.frame.head(-1).equals(whole.frame)
    assert table.flags.filter(code="quote_open_row").select("row", "line").rows() == [
        (whole.height, 2 + body.count("\n"))
    ]


@pytest.mark.parametrize("cell", ["NULL", "nan", "None", "(null)"])
def test_words_for_nothing_are_told_and_a_person_called_null_is_not(cell: str) -> None:
    table = read(f"{HEAD}ann;{cell};Null;a@example.org\n".encode())

    assert table.flags.select("line", "column", "code", "value").rows() == [(2, "firstname", "null_shown", cell)]


def test_the_sign_for_unreadable_bytes_is_an_error_in_a_good_file_too() -> None:
    table = read(f"{HEAD}ann;Ann;M\ufffdller;a@example.org\n".encode())

    assert table.flags.select("line", "column", "code").rows() == [(2, "lastname", "undecodable")]
