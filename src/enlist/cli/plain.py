"""Answers of services as JSON values."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime

from enlist.core.errors import EnlistError, error_json


def plain(value: object) -> object:
    """A dataclass as `values_of`, an error as `error_json`, a datetime in ISO 8601, anything else as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return values_of(value)
    if isinstance(value, EnlistError):
        return error_json(value)
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def values_of(answer: object) -> dict[str, object]:
    """The fields of a dataclass, named as the `json` of their metadata says ("" leaves one out).

    One that is None by default is left out if it is None.
    """
    if not is_dataclass(answer):
        raise TypeError(f"{type(answer).__name__} isn't a dataclass")
    named = {each.metadata.get("json", each.name): each for each in fields(answer)}
    values = {name: getattr(answer, each.name) for name, each in named.items() if name}
    return {name: value for name, value in values.items() if value is not None or named[name].default is not None}
