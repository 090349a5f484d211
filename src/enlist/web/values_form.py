"""A form of values that somebody types: only those that were changed since it was made are sent on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

# Before the name of a value in the form: what stood there when the form was made.
_WAS: Final = "was-"


@dataclass(frozen=True)
class Value:
    """A value: its name, what it is called, what it was and is now, (value, title) of each option, a word of help.

    kind: text, long (several lines); with options it is a select. needed: it cannot be blank.
    """

    name: str
    title: Any
    was: str = ""
    now: str = ""
    options: Sequence[tuple[str, Any]] = ()
    help: Any = ""
    kind: str = "text"
    needed: bool = False


YES_NO: Final = ("yes", "no")


def changed(sent: QueryDict) -> dict[str, str]:
    """The values that somebody did change, by name."""
    names = [name.removeprefix(_WAS) for name in sent if name.startswith(_WAS)]
    return {name: sent.get(name, "").strip() for name in names if sent.get(name, "").strip() != sent[_WAS + name]}
