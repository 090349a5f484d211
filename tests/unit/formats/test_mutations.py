"""Damaged files are read, or refused with a reason, and nothing is left behind.

A few of many: `make mutations COUNT=100000` reads more.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.errors import FileError
from enlist.formats.reading import read
from tests.support import mutations
from tests.support.damage import KINDS, ROWS, kind_of, mutant, whole
from tests.support.mutations import complaint, judged, outcome


@pytest.mark.parametrize("kind", KINDS)
def test_whole_files_are_read(kind: str) -> None:
    table = read(whole(kind))

    assert [table.headers, *table.frame.iter_rows()] == list(ROWS)
    assert table.flags.is_empty()


@given(number=st.integers(0, 1 << 40))
def test_damaged_files_are_read_or_refused_by_name(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(tempfile, "tempdir", folder):
        assert complaint(number) is None
        assert list(Path(folder).iterdir()) == []


def test_a_damaged_file_is_the_same_whenever_it_is_made() -> None:
    before = [mutant(number) for number in range(60)]
    whole.cache_clear()

    assert [mutant(number) for number in range(60)] == before
    assert {kind_of(number) for number in range(60)} == set(KINDS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (whole("csv").replace(b"user7", b"user8"), "nothing was said"),
        (whole("csv").replace(b'"user7"', b'"user7'), "a strict reader says"),
        (whole("csv").replace(b',"15.03.2023","20%"', b""), "too short"),
    ],
)
def test_a_table_that_differs_from_the_file_is_a_complaint(
    monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
) -> None:
    monkeypatch.setattr(mutations, "mutant", lambda _: data)
    monkeypatch.setattr(mutations, "_otherwise", lambda *_, **__: None)

    assert said in (judged(0, found=outcome(whole("csv"))) or "")


def test_a_workbook_that_lost_a_row_in_silence_is_a_complaint() -> None:
    found = outcome(whole("ods"))
    assert not isinstance(found, FileError)
    shorter = replace(found, frame=found.frame.head(19), lines=found.lines.head(19))

    with mock.patch.object(mutations, "_otherwise", return_value=None):
        assert judged(KINDS.index("ods"), found=found) is None
        assert judged(KINDS.index("ods"), found=shorter) == "cells of a workbook were lost or changed in silence"


def test_a_refusal_without_a_reason_is_a_complaint() -> None:
    found = FileError("workbook_damaged", file="people")

    assert judged(0, found=found) == f"refused without a reason: {found}"
