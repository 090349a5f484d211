"""Finding codes of countries and regions by their names."""

import json
from collections.abc import Callable

import pytest

from .conftest import Answer

Enlist = Callable[..., Answer]


@pytest.mark.spec("WL-08")
def test_it_finds_countries_and_regions_by_their_names(enlist: Enlist) -> None:
    assert enlist("codes", "Deutschl") == Answer(0, "code  name\nDE    Germany\n", "")
    assert json.loads(enlist("codes", "Québ", "--of", "Kanada", "--json").out) == {"CA-QC": "Quebec"}
    assert enlist("codes", "xyzzy") == Answer(0, "No name matches.\n", "")


def test_an_unknown_country_is_reported(enlist: Enlist) -> None:
    answer = enlist("codes", "--of", "Nowhere")

    assert answer == Answer(2, "", "Error: There is no country “Nowhere”.\n`enlist codes` lists them.\n")
