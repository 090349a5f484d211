"""Templates for defaults and usernames: ``%-1f%-l`` turns John Doe into jdoe.

A code is ``%``, then at most one sign, then at most one whole number, then one letter:

    letter   f first name · l last name · u username        sign   - lower · + UPPER · ~ Title Case
    number   keep that many leading characters              %%     a percent sign

Everything else stays as it is (``100%``, ``%x``, ``%--f``). Source: the documented grammar, EC-14 and EC-15.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import polars as pl

LETTERS = {"f": "firstname", "l": "lastname", "u": "username"}

_CODE = re.compile(r"%(?:(?P<percent>%)|(?P<sign>[-+~])?(?P<number>[0-9]+)?(?P<letter>[flu]))")

# Unicode's word-break classes MidLetter, MidNumLet and Single_Quote: they occur inside words.
_INSIDE_WORDS = frozenset("'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a")
_MARKS = frozenset({"Mn", "Me", "Cf", "Lm", "Sk"})


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a pattern: which name, in which case, how many of its leading characters (None = all)."""

    letter: str
    sign: str
    limit: int | None


def references(pattern: str) -> frozenset[str]:
    """The letters (``f``, ``l``, ``u``) whose values the pattern uses."""
    return frozenset(piece.letter for piece in _pieces(pattern) if isinstance(piece, Code))


def expression(pattern: str) -> pl.Expr:
    """The pattern as a text column, from the columns ``firstname``, ``lastname`` and ``username`` that it references.

    A missing name counts as the empty text, so the result is never null.
    """
    parts = [_column(piece) if isinstance(piece, Code) else pl.lit(piece) for piece in _pieces(pattern)]
    return pl.concat_str(parts) if parts else pl.lit("")


def expand(pattern: str, *, first: str | None, last: str | None, user: str | None) -> str:
    """The pattern for one person: the same result as :func:`expression`."""
    names = {"f": first or "", "l": last or "", "u": user or ""}
    return "".join(
        _spell(names[piece.letter], sign=piece.sign)[: piece.limit] if isinstance(piece, Code) else piece
        for piece in _pieces(pattern)
    )


def title_case(text: str) -> str:
    """Each word with a capital, as Unicode casts titles: Mary-Jane, O'neil, Van Der Berg.

    Not ``str.title``, which starts a new word after an apostrophe (O'Neil).
    """
    return "".join(
        _title_word("".join(letters)) if within else "".join(letters)
        for within, letters in groupby(text, key=lambda letter: _is_cased(letter) or _is_ignorable(letter))
    )


def _pieces(pattern: str) -> Iterator[str | Code]:
    end = 0
    for match in _CODE.finditer(pattern):
        if match.start() > end:
            yield pattern[end : match.start()]
        yield "%" if match["percent"] else Code(match["letter"], match["sign"] or "", _limit(match["number"]))
        end = match.end()
    if end < len(pattern):
        yield pattern[end:]


def _limit(number: str | None) -> int | None:
    # 0 keeps everything, as in the peer; no name has a thousand million characters.
    digits = (number or "").lstrip("0")
    return int(digits) if 0 < len(digits) < 10 else None


def _column(code: Code) -> pl.Expr:
    spelled = pl.col(LETTERS[code.letter]).map_batches(
        partial(_spell_column, sign=code.sign), return_dtype=pl.String, is_elementwise=True
    )
    return spelled if code.limit is None else spelled.str.head(code.limit)


def _spell_column(names: pl.Series, *, sign: str) -> pl.Series:
    names = names.cast(pl.String).fill_null("")
    # Polars and Python follow different versions of Unicode, so only ASCII takes the fast path.
    fast = names.str.contains(r"^[\x00-\x7F]*$") if sign != "~" else pl.repeat(False, len(names), eager=True)
    rest = names.filter(~fast).unique()
    spelled = pl.Series([_spell(name, sign=sign) for name in rest], dtype=pl.String)
    converted = {"-": names.str.to_lowercase, "+": names.str.to_uppercase}.get(sign, names.clone)()
    return converted.zip_with(fast, names.replace(rest, spelled))


def _spell(name: str, *, sign: str) -> str:
    name = unicodedata.normalize("NFC", name)
    match sign:
        case "-":
            return name.lower()
        case "+":
            return name.upper()
        case "~":
            return title_case(name)
        case _:
            return name


def _title_word(word: str) -> str:
    start = next((place for place, letter in enumerate(word) if not _is_ignorable(letter)), len(word))
    head, rest = word[start : start + 1], word[start:]
    # Lower-case the whole word and cut its head: a final sigma depends on the letters before it.
    return word[:start] + head.title() + rest.lower()[len(head.lower()) :]


def _is_cased(letter: str) -> bool:
    return letter.islower() or letter.isupper() or letter.istitle()


def _is_ignorable(letter: str) -> bool:
    return letter in _INSIDE_WORDS or unicodedata.category(letter) in _MARKS
