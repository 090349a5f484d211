"""One entry of the catalogue of errors."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.errors.family import EnlistError


@dataclass(frozen=True)
class ErrorKind:
    """An error: its code, its class, its sentence and what usually helps, both with named fields.

    The hint names no command and no page. An interface that has something better to say has its own hint for the code.
    """

    code: str
    family: type[EnlistError]
    sentence: str
    hint: str = ""
