"""Errors about accounts: organisations, rights, the team, passwords and mails."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import NotAllowed, NotFound

from .kind import ErrorKind

_START_AGAIN: Final = "Ask somebody with the right to do it to start it again."

ACCOUNTS: Final = (
    ErrorKind("no_organization", NotFound, "There is no organisation yet.", "Create one."),
    ErrorKind("several_organizations", NotFound, "There are several organisations.", "Choose one: {organizations}."),
    ErrorKind("organization_unknown", NotFound, "There is no organisation “{organization}”.",
              "Organisations: {organizations}."),
    ErrorKind("organization_gone", NotFound, "The organisation doesn't exist any more."),
    ErrorKind("requester_erased", NotAllowed, "The person who asked for this was erased. Nothing was done.",
              _START_AGAIN),
    ErrorKind("requester_inactive", NotAllowed, "The person who asked for this isn't active any more. Nothing was done.",
              _START_AGAIN),
)  # fmt: skip
