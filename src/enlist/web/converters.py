"""Converters: what an address may have in the place of a number or a name; all else is no address of ours (404)."""

from __future__ import annotations

import re
from typing import Final

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter

# What divides an address, or is a step within one, is encoded once more than browsers and servers decode it.
_ENCODED: Final = {"%": "%25", "/": "%2F"}
_DOTS: Final = {".": "%2E", "..": "%2E%2E"}
_DECODED: Final = {"%25": "%", "%2F": "/", "%2E": "."}


class Number(IntConverter):
    """The number of an import: databases hold no larger ones."""

    regex = "[0-9]{1,9}"


class Key(IntConverter):
    """The key of a row: databases hold no larger ones."""

    regex = "[0-9]{1,18}"


class Name(StringConverter):
    """What people or files call something: it may hold a slash, or be dots alone."""

    def to_python(self, value: str) -> str:
        """The name that an address has."""
        return re.sub("%2[5FE]", lambda found: _DECODED[found[0]], value)

    def to_url(self, value: str) -> str:
        """The name as an address has it."""
        return _DOTS.get(value) or re.sub("[%/]", lambda found: _ENCODED[found[0]], value)


def register() -> None:
    """Let addresses use them, as number, key and name."""
    for name, converter in (("number", Number), ("key", Key), ("name", Name)):
        register_converter(converter, name)
