"""Nothing a person reads uses a phrase that `tests/language.toml` rules out."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LANGUAGE: dict[str, Any] = tomllib.loads((ROOT / "tests" / "language.toml").read_text("utf-8"))
PHRASES: list[dict[str, Any]] = LANGUAGE["phrases"]


def files(*globs: str) -> set[Path]:
    return {path for glob in globs for path in ROOT.glob(glob) if path.is_file()}


def found(text: str, *, find: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each place; lines are joined, because a phrase can go on in the next one."""
    lines = [line.strip(" \t#*>") for line in text.splitlines()]
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for place in re.finditer(find, " ".join(lines), flags=re.IGNORECASE):
        yield bisect_right(starts, place.start()), place.group()


def test_no_file_uses_a_phrase_that_is_ruled_out() -> None:
    checked = sorted(files(*LANGUAGE["checked"]) - files(*LANGUAGE["left_out"]))
    excepted = [files(*phrase.get("except", ())) for phrase in PHRASES]

    places = [
        f"{path.relative_to(ROOT)}:{line}: “{words}”; say instead: {phrase['say']}"
        for path in checked
        for phrase, exceptions in zip(PHRASES, excepted, strict=True)
        if path not in exceptions
        for line, words in found(path.read_text("utf-8"), find=phrase["find"])
    ]

    assert places == [], "\n" + "\n".join(places)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase["example"])
def test_each_phrase_is_found_in_its_example(phrase: dict[str, Any]) -> None:
    assert len(list(found(phrase["example"], find=phrase["find"]))) == 1
    assert phrase["say"]


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no limit, and it is no longer counted.",
        "The people for whom no address is known need a handout.",
        "Nobody stands beside the mender, indeed; the fatal error.",
        "The dates become official; Enlist told the team.",
    ],
)
def test_ordinary_words_are_not_found(sentence: str) -> None:
    assert [words for phrase in PHRASES for _, words in found(sentence, find=phrase["find"])] == []


def test_a_phrase_is_found_across_lines_with_the_line_where_it_begins() -> None:
    text = "# It is planned\n# first. A part is said\n#   so by many\n"

    assert list(found(text, find=r"\bsaid so\b")) == [(2, "said so")]


def test_every_glob_names_a_file() -> None:
    globs = [
        *LANGUAGE["checked"],
        *LANGUAGE["left_out"],
        *(glob for phrase in PHRASES for glob in phrase.get("except", ())),
    ]

    assert [glob for glob in globs if not files(glob)] == []
