"""What an error is about: the field of a form, so that a page can show the sentence beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .family import EnlistError


@contextmanager
def about_field(name: str) -> Iterator[None]:
    """Errors raised inside are about this field, where they name none themselves."""
    try:
        yield
    except EnlistError as error:
        error.fields.setdefault("field", name)
        raise
