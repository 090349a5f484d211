"""Cleaning: one column function for each kind of field.

Each takes a String series without nulls and gives a `Cleaned`: the values, and notes about those that were changed or
are bad. Expressions decide about the ordinary values; only those they cannot accept are read one by one, each once.
"""

from .code import boolean, choice, country, language, site_role, time_zone
from .column import NOTE_SCHEMA, Cleaned, note
from .email import email
from .key import fold, fold_key
from .text import long_text, text
from .username import Spelling, spell, username

__all__ = [
    "NOTE_SCHEMA",
    "Cleaned",
    "Spelling",
    "boolean",
    "choice",
    "country",
    "email",
    "fold",
    "fold_key",
    "language",
    "long_text",
    "note",
    "site_role",
    "spell",
    "text",
    "time_zone",
    "username",
]
