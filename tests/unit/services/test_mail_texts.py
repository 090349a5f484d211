"""All mails to people say the same in all five languages, and use only values that they get."""

import re
import tomllib
from importlib import resources
from typing import Any

import pytest

TEXTS: dict[str, dict[str, Any]] = tomllib.loads(
    resources.files("enlist.services.accounts").joinpath("mail_texts.toml").read_text("utf-8")
)
# Its page is in English.
ENGLISH_ONLY = {"notice"}


def shape(texts: dict[str, Any]) -> dict[str, Any]:
    """The same tables and keys, with what each text mentions instead of the text."""
    return {
        key: shape(text) if isinstance(text, dict) else set(re.findall(r"\{(\w+)\}", text))
        for key, text in texts.items()
        if key not in ENGLISH_ONLY
    }


def test_there_are_five_languages() -> None:
    assert list(TEXTS) == ["en", "de", "fr", "es", "pt"]


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_has_every_text_with_the_same_values(language: str) -> None:
    assert shape(TEXTS[language]) == shape(TEXTS["en"])
    assert {key for key, text in TEXTS[language].items() if isinstance(text, dict)} >= {
        "invitation", "one_time", "reset", "address", "address_changed", "children",
    }  # fmt: skip
