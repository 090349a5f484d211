"""The catalogue of errors: every code with its sentence, by what the error is about."""

from __future__ import annotations

from typing import Final

from .accounts import ACCOUNTS
from .backups import BACKUPS
from .columns import COLUMNS
from .database import DATABASE
from .environment import ENVIRONMENT
from .files import FILES
from .imports import IMPORTS
from .jobs import JOBS
from .kind import ErrorKind
from .people import PEOPLE
from .plans import PLANS
from .requests import REQUESTS
from .settings import SETTINGS
from .setup import SETUP
from .workbooks import WORKBOOKS

__all__ = ["ERRORS", "ErrorKind"]

_ALL: Final = (
    *FILES,
    *WORKBOOKS,
    *COLUMNS,
    *SETTINGS,
    *PLANS,
    *IMPORTS,
    *PEOPLE,
    *ACCOUNTS,
    *SETUP,
    *BACKUPS,
    *JOBS,
    *DATABASE,
    *REQUESTS,
    *ENVIRONMENT,
)
ERRORS: Final = {kind.code: kind for kind in _ALL}
