import polars as pl
import pytest

from enlist.core.clean import fold, mixed, skeletons
from enlist.core.flags.flags import sentences
from enlist.core.headers.match import match_headers
from tests.support.corpora import corpus_json

from .cleaning import column
from .test_validate import checked, flags, table


@pytest.mark.spec("NE-15")
@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("P\u0430ul", "Paul", id="a Cyrillic letter in a Latin name"),
        pytest.param("\u0410nn", "Ann", id="a capital one"),
        pytest.param("\u0418\u0432aн", "Иван", id="a Latin letter in a Cyrillic name"),
        pytest.param("M\u03b1ria", "Maria", id="a Greek letter"),
        pytest.param("ａｎｎ", "ann", id="wide letters"),
        pytest.param("Ann Pet\u0440ov", "Ann Petpov", id="in the second word"),
        pytest.param("zЖz", None, id="nothing looks like it"),
    ],
)
def test_it_finds_words_in_two_alphabets_and_offers_them_in_one(cell: str, meant: str | None) -> None:
    assert mixed(column(["Ann", cell])).rows() == [(1, "lookalike", cell, meant)]


@pytest.mark.parametrize("cell", ["Anna Петрова", "Zoë", "Иван", "山田 Taro", "Ελένη", "Ann-Мария", "", "µ5"])
def test_words_in_one_alphabet_each_are_nothing_odd(cell: str) -> None:
    assert mixed(column([cell])).is_empty()


@pytest.mark.spec("NE-15")
def test_it_warns_of_people_who_look_alike() -> None:
    given = table(
        {
            "username": ["paul", "p\u0430ul", "PAUL", "ian", "lan"],
            "firstname": ["Paul", "Paul", "Paul", "Ian", "lan"],
            "lastname": ["Ray", "Ray", "Ray", "Lee", "Lee"],
        }
    )
    told = match_headers(given).flags

    assert told.select("row", "line", "column", "field", "code", "value", "detail").rows() == [
        (0, 2, "username", "username", "lookalike_value", "paul", "p\u0430ul"),
        (1, 3, "username", "username", "lookalike_value", "p\u0430ul", "paul"),
        (2, 4, "username", "username", "lookalike_value", "PAUL", "p\u0430ul"),
        (3, 5, "lastname", "lastname", "lookalike_value", "Ian Lee", "lan Lee"),
        (4, 6, "lastname", "lastname", "lookalike_value", "lan Lee", "Ian Lee"),
    ]
    assert sentences(told).item(3) == "“Ian Lee” looks like “lan Lee”, and is written otherwise."


def test_each_part_of_a_file_has_its_own_lookalikes() -> None:
    whole = table({"username": ["paul", "ann", "p\u0430ul"]})
    headers = match_headers(whole)

    from enlist.core.directory.directory import Reference
    from enlist.core.policy import Policy
    from enlist.core.rows.check import check

    parts = [check(whole.slice(n, 1), headers, policy=Policy(), reference=Reference()) for n in range(3)]
    assert [part.flags.filter(pl.col("code") == "lookalike_value").get_column("row").to_list() for part in parts] == [
        [0],
        [],
        [2],
    ]


def test_a_wide_address_is_offered_in_usual_letters() -> None:
    rows = checked({"username": ["ann"], "email": ["ａｎｎ@example.org"]})

    assert (0, "email", "email", "lookalike", "ａｎｎ@example.org", "ann@example.org") in flags(rows)


def test_a_column_looks_as_each_of_its_values_does() -> None:
    cells = column(["Ian", "modern", "p\u0430ul", "100", "O|", ""])

    assert skeletons(cells).to_list() == ["lan", "rnodern", "paul", "loo", "ol", ""]
    assert [skeletons(column([cell])).item() for cell in cells] == skeletons(cells).to_list()


def test_every_pair_of_the_collection_is_found() -> None:
    pairs = corpus_json("confusables/package/data/confusables.json")
    cells = [f"x{each}y{number}" for number, pair in enumerate(pairs.items()) for each in pair]
    told = match_headers(table({"username": cells})).flags.filter(pl.col("code") == "lookalike_value")
    found = set(told.get_column("row"))

    same = {n for n, (one, other) in enumerate(pairs.items()) if fold(one) == fold(other)}
    missed = [pair for n, pair in enumerate(pairs.items()) if n not in same and not {2 * n, 2 * n + 1} <= found]
    assert len(pairs) == 6294
    assert missed == []
