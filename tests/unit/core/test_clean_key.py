import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.clean import fold, fold_key

from .cleaning import column


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ann@Example.ORG", "ann@example.org", id="case"),
        pytest.param("ÉMILE", "e\u0301mile", id="case and composition, beyond ASCII"),
        pytest.param("Straße", "STRASSE", id="sharp s has no capital in most fonts"),
        pytest.param("ΟΔΥΣΣΕΥΣ", "οδυσσευς", id="a final sigma"),
    ],
)
def test_equivalent_texts_have_one_key(one: str, other: str) -> None:
    keys = fold_key(column([one, other])).to_list()

    assert keys == [fold(one)] * 2


def test_others_have_their_own() -> None:
    assert fold_key(column(["jose", "josé", "", "jose "])).to_list() == ["jose", "josé", "", "jose "]


def test_a_missing_value_has_a_missing_key() -> None:
    assert fold_key(column(["Ann", "É"]).extend_constant(None, 1)).to_list() == ["ann", "é", None]


@given(st.lists(st.text(max_size=10) | st.text(alphabet="aÉßİΣσς\u0345\u0301ǰΐ", max_size=6)))
def test_columns_are_folded_as_single_values_and_only_once(values: list[str]) -> None:
    keys = fold_key(column(values))

    assert keys.to_list() == [fold(value) for value in values]
    assert fold_key(keys).to_list() == keys.to_list()
