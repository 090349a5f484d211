"""Headers: what is remembered of the columns of earlier files (EN-07)."""

from __future__ import annotations

from typing import Any

from enlist.core.errors import NotFound
from enlist.services.access import Right, Scope, needs
from enlist.store.imports import remembered_headers

from .labels import doer


@needs(Right.IMPORT)
def headers_list(scope: Scope) -> list[dict[str, Any]]:
    """Every header that is remembered, by header, as plain values: header, field, by."""
    known = remembered_headers.listed(scope.organization)
    return [
        {"header": each.header, "field": each.field, "by": doer(each.by_id, person=each.by) or ""} for each in known
    ]


@needs(Right.IMPORT)
def headers_forget(scope: Scope, *, header: str | None = None) -> int:
    """Forget one header, or all of them; how many that were. Raises NotFound where that header is not remembered."""
    forgotten = remembered_headers.forget(scope.organization, header=header)
    if header is not None and not forgotten:
        raise NotFound("header_not_remembered", column=header)
    return forgotten
