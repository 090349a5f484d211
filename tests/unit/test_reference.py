"""The reference pages match the code; `make reference` writes them."""

import pytest

import make_reference


@pytest.mark.parametrize("name", make_reference.PAGES)
def test_a_reference_page_is_not_stale(name: str) -> None:
    assert (make_reference.REFERENCE / name).read_text("utf-8") == make_reference.PAGES[name]()


def test_every_reference_page_is_made() -> None:
    assert {path.name for path in make_reference.REFERENCE.iterdir()} == set(make_reference.PAGES)
