"""Cleaning: one column function for each kind of field.

Each takes a String series without nulls and returns a `Cleaned`: the values, and notes about changed and bad ones.
Expressions handle ordinary values; only the rest are read one by one, each distinct value once.
"""

from .code import boolean, choice, language, site_role, time_zone
from .column import NOTE_SCHEMA, Cleaned, note, notes_on
from .date import date
from .email import email
from .full_name import full_name
from .groups import group_names
from .key import fold, fold_key, plain, plain_key
from .lost_text import lost_text
from .phone import phone
from .place import country, region
from .similarity.lookalikes import mixed, skeletons
from .text import long_text, tags, text
from .username import Spelling, spell, username
from .web import web_address

__all__ = [
    "NOTE_SCHEMA",
    "Cleaned",
    "Spelling",
    "boolean",
    "choice",
    "country",
    "date",
    "email",
    "fold",
    "fold_key",
    "full_name",
    "group_names",
    "language",
    "long_text",
    "lost_text",
    "mixed",
    "note",
    "notes_on",
    "phone",
    "plain",
    "plain_key",
    "region",
    "site_role",
    "skeletons",
    "spell",
    "tags",
    "text",
    "time_zone",
    "username",
    "web_address",
]
