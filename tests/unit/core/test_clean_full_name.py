from functools import partial

import pytest

from enlist.core.clean import full_name

from .cleaning import Note, column


def split(cell: str, *, family_first: bool = False) -> tuple[str | None, str | None, list[Note]]:
    names = full_name(column([cell]), family_first=family_first)
    return names.first.item(), names.last.item(), list(names.notes.select("code", "detail").rows())


reversed_split = partial(split, family_first=True)


@pytest.mark.spec("WL-05")
@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        pytest.param("Ada Lovelace", "Ada", "Lovelace", id="two words"),
        pytest.param("Mary Ann Evans", "Mary Ann", "Evans", id="at the last blank"),
        pytest.param("Ludwig van Beethoven", "Ludwig", "van Beethoven", id="a particle"),
        pytest.param("Vincent van der Berg", "Vincent", "van der Berg", id="two particles"),
        pytest.param("Ursula von der Leyen", "Ursula", "von der Leyen", id="German ones"),
        pytest.param("María de la Cruz", "María", "de la Cruz", id="Spanish ones"),
        pytest.param("Anna Van Dyck", "Anna", "Van Dyck", id="a capital one"),
        pytest.param("LUDWIG VAN BEETHOVEN", "LUDWIG", "VAN BEETHOVEN", id="all in capitals"),
        pytest.param("Van Morrison", "Van", "Morrison", id="a particle that is a first name"),
        pytest.param("José Ortega y Gasset", "José", "Ortega y Gasset", id="two family names joined"),
        pytest.param("Osama bin Zayed", "Osama", "bin Zayed", id="an Arabic one"),
        pytest.param("Martin King Jr.", "Martin", "King Jr.", id="what comes after"),
        pytest.param("Martin King, Jr.", "Martin", "King Jr.", id="after a comma"),
        pytest.param("Novák, Jan", "Jan", "Novák", id="the family name before a comma"),
        pytest.param("van Beethoven, Ludwig", "Ludwig", "van Beethoven", id="and a particle"),
        pytest.param("山田 太郎", "太郎", "山田", id="Japanese: the family name comes first"),
        pytest.param("김 민준", "민준", "김", id="Korean"),
        pytest.param("", "", "", id="none"),
    ],
)
def test_it_splits_first_and_last_names(cell: str, first: str, last: str) -> None:
    assert split(cell) == (first, last, [])


@pytest.mark.spec("WL-05")
@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        pytest.param("Иванов Пётр Сергеевич", "Пётр Сергеевич", "Иванов", id="with the father's name"),
        pytest.param("Kovács János", "János", "Kovács", id="Hungarian"),
        pytest.param("van Beethoven Ludwig", "Ludwig", "van Beethoven", id="with a particle"),
        pytest.param("山田 太郎", "太郎", "山田", id="Japanese"),
    ],
)
def test_it_reads_columns_that_begin_with_the_family_name(cell: str, first: str, last: str) -> None:
    assert reversed_split(cell)[:2] == (first, last)


@pytest.mark.spec("WL-05")
@pytest.mark.parametrize(
    ("cell", "first", "last", "notes"),
    [
        pytest.param("Plato", "Plato", "", [("name_single", None)], id="one word"),
        pytest.param(
            "Pablo Diego José Ruiz",
            "Pablo Diego José",
            "Ruiz",
            [("name_split", "Pablo Diego José | Ruiz")],
            id="four words",
        ),
        pytest.param("王小明", "小明", "王", [("name_split", "小明 | 王")], id="no blank between"),
        pytest.param("欧阳娜娜", "娜娜", "欧阳", [("name_split", "娜娜 | 欧阳")], id="a family name of two signs"),
    ],
)
def test_it_reports_when_it_is_not_sure(cell: str, first: str, last: str, notes: list[Note]) -> None:
    assert split(cell) == (first, last, notes)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        pytest.param(
            ["DUPONT Jean", "DE LA TOUR Anne-Marie", "LE Huy"],
            [("Jean", "DUPONT"), ("Anne-Marie", "DE LA TOUR"), ("Huy", "LE")],
            id="first",
        ),
        pytest.param(["Ana GARCÍA LÓPEZ", "Jo Ann LEE"], [("Ana", "GARCÍA LÓPEZ"), ("Jo Ann", "LEE")], id="last"),
        pytest.param(
            ["AJ Brown", "Tom Lee", "Una Ray"], [("AJ", "Brown"), ("Tom", "Lee"), ("Una", "Ray")], id="initials"
        ),
        pytest.param(["DUPONT JEAN", "LEE ANN"], [("DUPONT", "JEAN"), ("LEE", "ANN")], id="everything"),
    ],
)
def test_capitals_are_the_family_name_where_most_names_have_some(
    cells: list[str], names: list[tuple[str, str]]
) -> None:
    found = full_name(column(cells))

    assert list(zip(found.first, found.last, strict=True)) == names


def test_it_tidies_names_as_text() -> None:
    assert split("Ada\u200b  Lovelace ") == (
        "Ada",
        "Lovelace",
        [("invisible_removed", "U+200B"), ("blanks_folded", "Ada Lovelace")],
    )


@pytest.mark.parametrize(
    ("cell", "known", "rest"),
    [
        pytest.param("Anna Maria Berg", "Anna Maria", "Berg", id="two first names"),
        pytest.param("Berg Anna Maria", "Anna Maria", "Berg", id="behind the family name"),
        pytest.param("Berg, Anna Maria", "anna maria", "Berg", id="behind a comma, in other letters"),
        pytest.param("Anna Maria Garcia Lopez", "Anna Maria", "Garcia Lopez", id="two family names"),
        pytest.param("Annabel Berg", "Anna", "Berg", id="only the beginning of a word: split as always"),
        pytest.param("Olga Berg", "", "Berg", id="no first name in this row"),
    ],
)
def test_with_a_known_name_the_other_is_the_rest(cell: str, known: str, rest: str) -> None:
    names = full_name(column([cell]), known=column([known]))

    assert names.last.item() == rest
    assert names.notes.is_empty()
