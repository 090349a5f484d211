"""Errors as JSON: for programs, and to be kept."""

from __future__ import annotations

from typing import Any

from .family import EnlistError

# Fields that say where something is wrong stand beside the code.
_PLACES = ("line", "column")


def error_json(error: EnlistError, *, hint: str | None = None) -> dict[str, Any]:
    """Code, message, hint, the line and column it is about (null: none), and all fields of the sentence.

    hint: an interface's own words.
    """
    fields = {name: value if isinstance(value, int | float) else str(value) for name, value in error.fields.items()}
    places = {name: fields.get(name) for name in _PLACES}
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint if hint is None else hint,
        **places,
        "fields": fields,
    }
