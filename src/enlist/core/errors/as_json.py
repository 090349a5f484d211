"""Errors as JSON: for programs, and to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .catalogue import ERRORS
from .family import EnlistError

# Fields that say where something is wrong stand beside the code.
_PLACES = ("line", "column")


def error_record(error: EnlistError) -> dict[str, Any]:
    """An error as it is stored: its code and its fields; `error_from` makes it again."""
    return {"code": error.code, "fields": _plain(error)}


def error_from(stored: Mapping[str, Any]) -> EnlistError:
    """The error that was stored so, of the class that the catalogue names."""
    kind = ERRORS.get(stored["code"])
    if kind is None:
        return EnlistError("error_of_other_version", code=stored["code"])
    return kind.family(kind.code, **stored["fields"])


def error_json(error: EnlistError, *, hint: str | None = None) -> dict[str, Any]:
    """Code, message, hint, the line and column it is about (null: none), and all fields of the sentence.

    hint: an interface's own words.
    """
    fields = _plain(error)
    places = {name: fields.get(name) for name in _PLACES}
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint if hint is None else hint,
        **places,
        "fields": fields,
    }


def _plain(error: EnlistError) -> dict[str, Any]:
    return {name: value if isinstance(value, int | float) else str(value) for name, value in error.fields.items()}
