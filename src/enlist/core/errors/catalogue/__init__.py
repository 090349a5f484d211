"""The catalogue of errors: every code with its sentence, by what the error is about."""

from __future__ import annotations

from typing import Final

from .columns import COLUMNS
from .files import FILES
from .kind import ErrorKind
from .plans import PLANS
from .settings import SETTINGS
from .setup import SETUP
from .workbooks import WORKBOOKS

__all__ = ["ERRORS", "ErrorKind"]

ERRORS: Final = {kind.code: kind for kind in (*FILES, *WORKBOOKS, *COLUMNS, *SETTINGS, *PLANS, *SETUP)}
