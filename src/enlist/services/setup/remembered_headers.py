"""Headers that Enlist remembers from earlier files (EN-07)."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.errors import NotFound
from enlist.services.access import Right, Scope, needs
from enlist.store.imports import remembered_headers

from .labels import doer


@dataclass(frozen=True)
class RememberedHeader:
    """A header and the field chosen for it. by: a username, "" for the machine's owner."""

    header: str
    field: str
    by: str


@needs(Right.IMPORT)
def headers_list(scope: Scope) -> list[RememberedHeader]:
    """Every remembered header, in alphabetical order."""
    found = remembered_headers.listed(scope.organization)
    return [RememberedHeader(each.header, each.field, by=doer(each.by_id, person=each.by) or "") for each in found]


@needs(Right.IMPORT)
def headers_forget(scope: Scope, *, header: str | None = None) -> int:
    """Forget one header, or all; how many were forgotten. Raises NotFound for a header that isn't remembered."""
    forgotten = remembered_headers.forget(scope.organization, header=header)
    if header is not None and not forgotten:
        raise NotFound("header_not_remembered", column=header)
    return forgotten
