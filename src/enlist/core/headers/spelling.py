"""Spelling: what people and programs add to the name of a column, and the name without it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from .vocabulary import beside

_BRACKETS: Final = re.compile(
    r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}|<([^<>]*)>|（([^（）]*)）|【([^【】]*)】|［([^［］]*)］"
)
_ENDS: Final = " \t\r\n*:!?#.;,•…†‡\"'“”„«»_–—-"
_NUMBERING: Final = re.compile(r"(?:q(?:uestion)? ?)?[0-9]{1,3} ?[.):] *(?=\S)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r" ?[/|\\\r\n·•] ?| [-–—:;] |; ?|, ")
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_WORDS: Final = 8

# “Geburtsdatum (TT.MM.JJJJ)”, “Name (max. 50)”: formats and limits.
_FORMAT: Final = re.compile(r"must be .*|max\.?:? .*|e\.g\..*|z\. ?b\..*|ex\..*|[dmyjta.,/ -]{6,12}|\W*", re.IGNORECASE)
_HOME_SURE: Final = 0.6


class Owned(NamedTuple):
    """A header without its owner: the name, how likely the column is the person's, and for which fields (all: ())."""

    name: str
    confidence: float
    fields: tuple[str, ...] = ()


def without_marks(header: str) -> str:
    """A header without numbering, stars, harmless brackets and signs at its ends."""
    text = _BRACKETS.sub(_kept, _NUMBERING.sub("", header, count=1) if header[:1].isalnum() else header)
    words = text.replace("#", " number ").split()
    if len(words) > 1 and _is_mark(words[-1]):
        words.pop()
    if len(words) > 1 and words[0].endswith(":") and _is_mark(words[0]):
        words.pop(0)
    return " ".join(words).strip(_ENDS)


def in_brackets(header: str) -> list[str]:
    """The texts in the brackets of a header."""
    return [next(filter(None, found), "").strip(_ENDS) for found in _BRACKETS.findall(header)]


def parts(header: str) -> Iterator[list[str]]:
    """The ways in which a header may consist of several names: beside, within and outside brackets, word by word."""
    inside = in_brackets(header)
    outside = " ".join(_BRACKETS.sub(" ", header).split()).strip(_ENDS)
    if any(inside):
        yield [name for name in (outside, *inside) if name]
    names = [name.strip(_ENDS) for name in _BETWEEN.split(outside)]
    if len(names) > 1:
        yield [name for name in names if name]
    words = outside.split(" ")
    if 1 < len(words) <= _MOST_WORDS:
        yield from ([" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words)))


def without_owner(header: str) -> Owned | None:
    """A header without words for the person of the row; None if it has no such words."""
    words = [word.casefold() for word in _WORD.findall(_HUMP.sub(" ", unicodedata.normalize("NFC", header)))]
    kinds = {kind for kind in ("own", "work", "school", "home") if not beside(kind).isdisjoint(words)}
    rest = [word for word in words if not any(word in beside(kind) for kind in (*kinds, "joints"))]
    if not kinds or not rest:
        return None
    if kinds == {"own"}:
        return Owned(" ".join(rest), 0.88)
    fields = ("email",) if "school" in kinds else ("email", "phone1", "phone2", "address", "username")
    return Owned(" ".join(rest), _HOME_SURE if "home" in kinds else 0.85, fields)


def _kept(found: re.Match[str]) -> str:
    inside = next(filter(None, found.groups()), "").strip()
    return " " if inside.casefold() in beside("own") or _is_mark(inside) else found[0]


def _is_mark(text: str) -> bool:
    words = [word.strip(" *!.:").casefold() for word in text.split(",")]
    return all(word in beside("marks") for word in words) or bool(_FORMAT.fullmatch(text))
