"""Vocabulary: words for fields in other languages and in the files of other systems (`vocabulary.txt`)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple


class Word(NamedTuple):
    """A word for a field; is_guess: it may also mean something else."""

    slug: str
    text: str
    is_guess: bool


@cache
def vocabulary() -> tuple[Word, ...]:
    """All words for fields, in their order."""
    return tuple(
        Word(key.removesuffix("?"), word, key.endswith("?"))
        for key, words in _lines()
        if key[0] != "+"
        for word in words
    )


@cache
def beside(kind: str) -> frozenset[str]:
    """Words beside the name of a field, in lower case: own, work, school, home, joints, marks."""
    return frozenset(word for key, words in _lines() if key == f"+{kind}" for word in words)


@cache
def _lines() -> tuple[tuple[str, list[str]], ...]:
    lines = resources.files("enlist.core.headers").joinpath("vocabulary.txt").read_text("utf-8").splitlines()
    split = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return tuple((key.split(" ")[0], words.split(" | ")) for key, words in split)
