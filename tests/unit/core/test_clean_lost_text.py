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
