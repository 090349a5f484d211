"""FIELD=VALUE arguments."""

from __future__ import annotations

from collections.abc import Iterable

from enlist.core.errors import PolicyError


def pairs(arguments: Iterable[str]) -> dict[str, str]:
    """Field → value. Raises PolicyError for an argument without a field or an equals sign."""
    return dict(map(_pair, arguments))


def _pair(argument: str) -> tuple[str, str]:
    field, equals, value = argument.partition("=")
    if not equals or not field.strip():
        raise PolicyError("value_misspelled", value=argument)
    return field.strip(), value
