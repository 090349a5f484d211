"""Telling: what services say, as a page says it: what helps at a command is a page or a button there, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_lazy as _

from enlist.core.errors import EnlistError

from .hints import HINTS

# What a hint names, and what a page has for it; {0} is what stands in brackets. The first that fits is taken.
_PAGES: Final = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"Look at it(?: again)? with `enlist show \d+`, then confirm (that number|[\d,]+)\.",
         _("Look at it again, then type {0}.")),
        (r"`enlist undo \d+` takes it back\.", _("“Undo this import” takes it back.")),
        (r"`enlist imports` (tells how far|lists what does)\.", _("The page Imports {0}.")),
        (r"`enlist (?:limits|retention)` (.*)", _("The page Organisation {0}")),
        (r"`enlist people set USERNAME email=…` gives", _("The page of a person gives")),
        (r"`enlist team add` with their names makes them\.", _("Add them on the page People first.")),
        (r"; or `enlist team`", _("; or on the page Team")),
        (r", or say --set macros=let_in: they are never run\.",
         _(", or let workbooks with macros in: no macro is ever run.")),
        (r", set defaults\.email, or set", _(", give a default value for email (Settings), or set")),
        (r"or set new_people = skip if nobody", _("or choose “Update” (Settings) if nobody")),
        (r"(?:passwords = column|existing_passwords = from_file) needs a column for password: add it, or .*?\.(?= |$)",
         _("Passwords are to come from the file, and no column has any: add one, or change that (Settings).")),
        # What lists things is a page away.
        (r"\s*`enlist (?:\w+ list|imports|headers|team add)` [^.]*\.", ""),
        (r" \(--[^)]+\)", ""),
    )
)  # fmt: skip


def told(error: EnlistError) -> str:
    """What is wrong, and what helps."""
    if error.code in HINTS:
        return f"{error.message} {str(HINTS[error.code]).format(**error.fields)}"
    return on_page(f"{error.message} {error.hint}")


def on_page(text: str) -> str:
    """A message without the names of commands and flags."""
    for pattern, said in _PAGES:
        text = pattern.sub(_filled(str(said)), text)
    return text.strip()


def _filled(said: str) -> Callable[[re.Match[str]], str]:
    return lambda found: said.format(*found.groups())
