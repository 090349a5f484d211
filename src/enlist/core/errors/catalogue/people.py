"""Errors about people: who is meant, and what can't be done to them."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import LeaseTaken, NotFound, PolicyError

from .kind import ErrorKind

PEOPLE: Final = (
    ErrorKind("person_unknown", NotFound, "Nobody has the username “{username}”.", "Check its spelling."),
    ErrorKind("username_ambiguous", PolicyError, "Several people who were removed had the username “{username}”.",
              "Choose one: {people}."),
    ErrorKind("erasure_incomplete", LeaseTaken,
              "New files with this person keep coming in, so not all of their data is erased yet.", "Try again."),
)  # fmt: skip
