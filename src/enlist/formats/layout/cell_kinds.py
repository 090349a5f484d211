"""Cell kinds: what a cell looks like, to distinguish a line of names from a line of values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

BLANK, NUMBER, DATE, EMAIL, ADDRESS, CODE, LONG, WORD = (
    "blank",
    "number",
    "date",
    "email",
    "address",
    "code",
    "long",
    "word",
)

_KINDS: Final = (
    (NUMBER, re.compile(r"[+-]?[$€£¥]?\s?[0-9][0-9.,'\u00a0 ]*\s?[%€$£]?|[+-]?[0-9.]+[eE][+-]?[0-9]+")),
    (DATE, re.compile(r"[0-9]{1,4}([-/.:])[0-9]{1,2}(?:\1[0-9]{1,4})?([T ]\d\d?:\d\d.*)?|[0-9]{1,2}:\d\d.*")),
    (EMAIL, re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    (ADDRESS, re.compile(r"(https?://|www\.)\S+")),
    (CODE, re.compile(r"(?=\S*[0-9])(?=\S*[^\W\d_])[\w./#:+-]+")),
)
# Names of columns never look like these.
VALUES: Final = frozenset((NUMBER, DATE, EMAIL, ADDRESS))

_LONG: Final = 60
# A column has a kind if at least this share of its cells look alike.
_SHARE: Final = 0.5


def kind_of(cell: str) -> str:
    """What a cell looks like."""
    if not cell:
        return BLANK
    if len(cell) > _LONG:
        return LONG
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(cell)), WORD)


def usual_kind(cells: Iterable[str]) -> str:
    """What most cells of a column look like, without blank ones."""
    kinds = Counter(kind_of(cell) for cell in cells if cell)
    if not kinds:
        return BLANK
    kind, count = kinds.most_common(1)[0]
    return kind if count >= _SHARE * kinds.total() else WORD
