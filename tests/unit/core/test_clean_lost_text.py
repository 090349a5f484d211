"""Names that a program before Enlist converted wrongly."""

import pytest

from enlist.core.clean import lost_text
from enlist.core.flags.flags import sentences

from .cleaning import column


def found(cell: str, *, is_name: bool = True) -> list[tuple[str, str | None]]:
    return list(lost_text(column([cell]), is_name=is_name).select("code", "detail").rows())


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("PÃ¢mela", "Pâmela", id="read as cp1252"),
        pytest.param("LetÃ\xadcia", "Letícia", id="with a soft hyphen, which clean-up would remove"),
        pytest.param("MÃ¼ller-LÃ¼denscheidt", "Müller-Lüdenscheidt", id="twice in a name"),
        pytest.param("Oâ€™Brien", "O’Brien", id="an apostrophe"),
        pytest.param("JĂĽrgen", "Jürgen", id="read as cp1250"),
        pytest.param("РњР°СЂРёСЏ", "Мария", id="Russian, read as cp1251"),
        pytest.param("J√ºrgen", "Jürgen", id="read as Mac Roman"),
        pytest.param("JosÃƒÂ©", "José", id="several times"),
    ],
)
def test_text_that_was_read_in_a_wrong_encoding_is_told_with_what_it_was(cell: str, meant: str) -> None:
    assert found(cell) == [("text_twice", meant)]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("O&#39;Brien", "O'Brien", id="a number"),
        pytest.param("M&uuml;ller", "Müller", id="a name"),
        pytest.param("Arts &amp; Crafts", "Arts & Crafts", id="an ampersand"),
        pytest.param("Dvo&#x159;&aacute;k", "Dvořák", id="several"),
    ],
)
def test_entities_are_told_with_the_text(cell: str, meant: str) -> None:
    assert found(cell) == [("text_entities", meant)]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("Andr\\u00e9", "André", id="JSON"),
        pytest.param("Ren=C3=A9", "René", id="quoted-printable"),
        pytest.param("Zo%C3%AB", "Zoë", id="of a web address"),
        pytest.param("Jos_x00e9_", "José", id="of a workbook"),
    ],
)
def test_escapes_are_told_with_the_text(cell: str, meant: str) -> None:
    assert found(cell) == [("text_entities", meant)]


@pytest.mark.parametrize("cell", ["50%", "100% sure", "a=b", "x_y_z", "C:\\users", "%ZZ%ZZ", "=41"])
def test_signs_that_are_no_escapes_are_left_alone(cell: str) -> None:
    assert found(cell, is_name=False) == []


def test_a_lost_letter_is_offered_where_another_row_has_the_name() -> None:
    cells = column(["Müller", "M?ller", "Françoise M?ller", "?ukasz", "Peña", "Pe?a", "Möller-Groß", "Gro?"])
    notes = lost_text(cells, is_name=True)

    assert notes.select("value", "detail").rows() == [
        ("M?ller", "Müller"), ("Françoise M?ller", "Françoise Müller"), ("?ukasz", None),
        ("Pe?a", "Peña"), ("Gro?", None)
    ]  # fmt: skip


def test_of_two_names_that_fit_a_lost_letter_none_is_offered() -> None:
    notes = lost_text(column(["Müller", "Möller", "M?ller"]), is_name=True)

    assert notes.get_column("detail").to_list() == [None]


@pytest.mark.parametrize("cell", ["M?ller", "?ukasz", "Dvo??k", "Andr?"])
def test_a_question_mark_in_a_name_is_told(cell: str) -> None:
    assert found(cell) == [("text_lost", None)]
    assert found(cell, is_name=False) == []


@pytest.mark.parametrize(
    "cell",
    [
        "José",
        "Łukasz Bąk",
        "Мария",
        "ВІКТОР",
        "Ngô Thị Ánh",
        "R&D",
        "AT&T; Bell",
        "Ä Ö Ü",
        "Ærø",
        "山田",
        "",
        "São",
    ],
)
def test_names_as_they_are_stay(cell: str) -> None:
    assert found(cell) == []


def test_the_sentence_offers_what_was_meant() -> None:
    flags = lost_text(column(["PÃ¢mela"]), is_name=True)

    assert sentences(flags).to_list() == [
        "“PÃ¢mela” looks like text that was converted in a wrong encoding. Did you mean “Pâmela”?"
    ]
