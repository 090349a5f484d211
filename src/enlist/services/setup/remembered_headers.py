"""Headers: what is remembered of the columns of earlier files (EN-07)."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.errors import NotFound
from enlist.services.access import Right, Scope, needs
from enlist.store.imports import remembered_headers

from .labels import doer


@dataclass(frozen=True)
class RememberedHeader:
    """A header, our field, and who said so: a username, "" where it was typed on the machine."""

    header: str
    field: str
    by: str


@needs(Right.IMPORT)
def headers_list(scope: Scope) -> list[RememberedHeader]:
    """Every header that is remembered, by header."""
    known = remembered_headers.listed(scope.organization)
    return [RememberedHeader(each.header, each.field, by=doer(each.by_id, person=each.by) or "") for each in known]


@needs(Right.IMPORT)
def headers_forget(scope: Scope, *, header: str | None = None) -> int:
    """Forget one header, or all of them; how many that were. Raises NotFound where that header is not remembered."""
    forgotten = remembered_headers.forget(scope.organization, header=header)
    if header is not None and not forgotten:
        raise NotFound("header_not_remembered", column=header)
    return forgotten
