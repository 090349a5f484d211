"""Path converters for numbers, keys and names. Other values lead to a 404."""

from __future__ import annotations

import re
from typing import Final

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter

# Browsers and servers decode slashes and resolve dots, so these are encoded twice.
_ENCODED: Final = {"%": "%25", "/": "%2F"}
_DOTS: Final = {".": "%2E", "..": "%2E%2E"}
_DECODED: Final = {"%25": "%", "%2F": "/", "%2E": "."}


class Number(IntConverter):
    """The number of an import, within the range of the database."""

    regex = "[0-9]{1,9}"


class Key(IntConverter):
    """A primary key, within the range of the database."""

    regex = "[0-9]{1,18}"


class Name(StringConverter):
    """A name from people or files: it may contain slashes, or be dots only."""

    def to_python(self, value: str) -> str:
        """Decode a name."""
        return re.sub("%2[5FE]", lambda found: _DECODED[found[0]], value)

    def to_url(self, value: str) -> str:
        """Encode a name."""
        return _DOTS.get(value) or re.sub("[%/]", lambda found: _ENCODED[found[0]], value)


def register() -> None:
    """Register the converters as number, key and name."""
    for name, converter in (("number", Number), ("key", Key), ("name", Name)):
        register_converter(converter, name)
