"""Printable: text from a file, safe for terminals and readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# C0, DEL and C1 can drive a terminal; bidi controls, separators and invisible characters can deceive its reader.
UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
# How many lines are listed before the rest is counted.
_LINES_SHOWN: Final = 3


def printable(text: str, *, widest: int | None = None) -> str:
    """The text with control characters written as `\\x1b`, `\\u202e` and so on.

    Text longer than `widest` ends with an ellipsis.
    """
    safe = UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return safe if widest is None or len(safe) <= widest else safe[: widest - 1] + "…"


def lines_text(lines: Sequence[int], *, count: int) -> str:
    """`line 4`, `lines 4 and 17`, `lines 4, 17, 23 and 9 more`; `lines` may hold only the first of `count`."""
    if not lines:
        return ""
    if count == 1:
        return f"line {lines[0]}"
    shown = [str(line) for line in lines[:_LINES_SHOWN]]
    last = f"{count - len(shown)} more" if count > len(shown) else shown.pop()
    return f"lines {', '.join(shown)} and {last}"
