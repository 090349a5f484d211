"""Storable: text that every database accepts. PostgreSQL has no NUL, and unpaired surrogates aren't UTF-8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_storable(value: Any) -> bool:
    """Whether all text in a JSON value can be stored."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, Mapping):
        return all(is_storable(key) and is_storable(each) for key, each in value.items())
    return not isinstance(value, Sequence) or all(map(is_storable, value))
