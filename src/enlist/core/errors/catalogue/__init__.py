"""The catalogue of errors: every code with its sentence, by what the error is about."""

from __future__ import annotations

from typing import Final

from .columns import COLUMNS
from .kind import ErrorKind
from .plans import PLANS
from .settings import SETTINGS
from .setup import SETUP

__all__ = ["ERRORS", "ErrorKind"]

ERRORS: Final = {kind.code: kind for kind in (*COLUMNS, *SETTINGS, *PLANS, *SETUP)}
