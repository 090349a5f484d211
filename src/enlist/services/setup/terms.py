"""The organisation's terms, which people accept when they activate their account."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import PolicyError
from enlist.services.access import Right, Scope, needs
from enlist.store.setup import terms

LONGEST: Final = 100_000


@needs(Right.SEE_SETUP)
def terms_show(scope: Scope) -> str:
    """The terms that count now; "" for none."""
    found = terms.current(scope.organization)
    return found.text if found else ""


@needs(Right.CHANGE_ORGANIZATION)
def terms_change(scope: Scope, *, text: str) -> bool:
    """Set the terms, "" for none; whether this changed anything. Earlier texts are kept. Raises PolicyError."""
    # PostgreSQL refuses a NUL; browsers send other line ends than files have.
    text = "\n".join(text.replace("\0", "").strip().splitlines())
    if len(text) > LONGEST:
        raise PolicyError("terms_too_long", limit=LONGEST, field="terms")
    return terms.change(scope, text=text)
