import pytest

from enlist.core.clean import web_address

from .cleaning import Note, one


@pytest.mark.parametrize(
    "cell",
    [
        "https://example.org",
        "HTTP://Example.org:8080/a?b=c#d",
        "https://münchen.example/straße",
        "http://192.0.2.1/",
        "http://localhost/x",
        "",
    ],
)
def test_it_takes_addresses_of_pages(cell: str) -> None:
    assert one(web_address, cell=cell) == (cell, [])


@pytest.mark.parametrize(
    ("cell", "value", "notes"),
    [
        pytest.param(
            "example.org/me", "https://example.org/me", [("url_completed", "https://example.org/me")], id="bare"
        ),
        pytest.param("javascript:alert(1)", None, [("url_bad", None)], id="a program"),
        pytest.param("ftp://example.org", None, [("url_bad", None)], id="no page"),
        pytest.param("see my page", None, [("url_bad", None)], id="words"),
        pytest.param("https://exa mple.org", None, [("url_bad", None)], id="a blank inside"),
        pytest.param("https://", None, [("url_bad", None)], id="nothing behind it"),
    ],
)
def test_it_completes_or_refuses_all_else(cell: str, value: str | None, notes: list[Note]) -> None:
    assert one(web_address, cell=cell) == (value, notes)
