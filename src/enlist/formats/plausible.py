"""Plausible: in which of the usual encodings a few lines with names read like names."""

from __future__ import annotations

import unicodedata
from typing import Final

from charset_normalizer import from_bytes

# What people's lists come in, the commonest first; every other encoding can be named.
USUAL: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp932", "euc_jp", "gb18030", "big5", "cp949",
    "cp1255", "cp1256", "cp874", "cp1258", "iso8859_15", "iso8859_2", "koi8_r", "mac_roman", "cp850",
)  # fmt: skip
_TYPOGRAPHY: Final = frozenset("\u00a0’‘“”„«»–—…·°\u3000、。・（）")


def likeliest(sample: bytes) -> list[str]:
    """Encodings that can read these bytes, the likeliest first; of those that read them alike, the commonest.

    charset-normalizer judges whole texts, and lists of names are short: what no name looks like counts first.
    """
    readings: dict[str, str] = {}
    for encoding in USUAL:
        text = _read(sample, encoding=encoding)
        if text is not None:
            readings.setdefault(text, encoding)
    chaos = {match.encoding: match.chaos for match in from_bytes(sample, cp_isolation=list(USUAL))}
    ranks = {encoding: (_oddness(text), chaos.get(encoding, 1.0)) for text, encoding in readings.items()}
    return sorted(ranks, key=ranks.__getitem__)


def _read(sample: bytes, *, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _oddness(text: str) -> int:
    """How many letters stand where no name has them."""
    padded = f"  {text} "
    return sum(_is_odd(padded[place : place + 4]) for place in range(len(text)))


def _is_odd(window: str) -> bool:
    """Whether the third letter is out of place among the two before and the one after it."""
    first, before, letter, after = tuple(window)
    if letter.isascii():
        return False
    if not letter.isalpha():
        return letter not in _TYPOGRAPHY and not unicodedata.category(letter).startswith("M")
    if not _is_latin(letter):
        return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    is_third = not before.isascii() and not first.isascii()
    is_capital_inside = letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
    return is_third or is_capital_inside


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
