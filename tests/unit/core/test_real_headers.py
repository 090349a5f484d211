"""Headers of real files in 49 languages, frozen in `tests/samples/headers.toml`: are they understood?"""

import tomllib
from pathlib import Path

import pytest

from enlist.core.errors import HeaderError
from enlist.core.headers.match import match_headers

LISTS = tomllib.loads((Path(__file__).parents[2] / "samples" / "headers.toml").read_text("utf-8"))["list"]
HEADERS = {(number, header): slug for number, each in enumerate(LISTS) for header, slug in each["headers"].items()}


@pytest.fixture(scope="module")
def matched() -> dict[tuple[int, str], tuple[str, bool]]:
    """Each header's field, and whether the interface shows a doubt; a refused file is understood nowhere."""
    found: dict[tuple[int, str], tuple[str, bool]] = {}
    for number, each in enumerate(LISTS):
        try:
            columns = match_headers(list(each["headers"])).columns
        except HeaderError:
            found |= {(number, header): ("refused", True) for header in each["headers"]}
        else:
            found |= {(number, column.header): (column.slug or "", bool(column.flag)) for column in columns}
    return found


def test_the_list_is_long_enough_and_every_header_has_a_source() -> None:
    assert len(HEADERS) >= 400
    assert len({each["language"] for each in LISTS}) >= 30
    assert all(each["source"].startswith("http") for each in LISTS)


def test_most_headers_are_understood(matched: dict[tuple[int, str], tuple[str, bool]]) -> None:
    wrong = [(header, found) for header, slug in HEADERS.items() if (found := matched[header])[0] != slug]

    assert len(wrong) <= 0.1 * len(HEADERS), wrong


def test_hardly_any_is_misunderstood_without_a_doubt(matched: dict[tuple[int, str], tuple[str, bool]]) -> None:
    wrong = [
        (header, found, slug)
        for header, slug in HEADERS.items()
        if (found := matched[header])[0] not in ("", slug) and not found[1]
    ]

    assert len(wrong) < 0.01 * len(HEADERS), wrong
