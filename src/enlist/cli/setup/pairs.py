"""Pairs: FIELD=VALUE, as commands that change something by hand take them."""

from __future__ import annotations

from collections.abc import Iterable

from enlist.core.errors import PolicyError


def pairs(said: Iterable[str]) -> dict[str, str]:
    """Field → value. Raises PolicyError for a word without an equals sign."""
    return dict(_pair(each) for each in said)


def _pair(said: str) -> tuple[str, str]:
    field, equals, value = said.partition("=")
    if not equals or not field.strip():
        raise PolicyError("value_misspelled", value=said)
    return field.strip(), value
