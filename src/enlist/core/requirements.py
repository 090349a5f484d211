"""Requirements: what a file must have at all before its rows are looked at."""

from __future__ import annotations

from .errors import FileError, HeaderError
from .headers import HeaderMatch
from .policy import Policy
from .table import Table


def require(table: Table, *, headers: HeaderMatch, policy: Policy) -> None:
    """Refuse a file in which no row could name anybody (EC-02, R8).

    Raises FileError where there are no rows, HeaderError where no column has what people are found by.
    """
    name = table.source.name
    if not table.height:
        raise FileError(f"{name} has a header and no rows.", hint="Add the rows, or choose another file.")
    found = set(headers.headers) | ({"username"} if policy.username_from else set())
    if not found & set(policy.match_by):
        wanted = " or ".join(policy.match_by)
        raise HeaderError(
            f"{name} has no column for {wanted}, so no row names anybody.",
            hint=f"Map one of its columns to {policy.match_by[0]}: {', '.join(table.headers)}.",
        )
