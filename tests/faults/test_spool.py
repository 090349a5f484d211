"""A spool is removed with its process: at the end by itself, or after a crash by the next process."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from enlist.services.imports.spool import Spool, spools_sweep

DIE = (
    "import os; from enlist.services.imports.spool import Spool;"
    " s = Spool(); s.put_part(0, blobs={'a': b'1'}); os._exit(9)"
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_spool_is_gone_when_it_is_forgotten(temporary: Path) -> None:
    kept = Spool()
    assert len(list(temporary.iterdir())) == 1

    del kept

    assert list(temporary.iterdir()) == []


def test_what_a_dead_process_left_is_removed_and_what_is_in_use_is_not(temporary: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DIE], env={"TMPDIR": str(temporary)}, check=False)
    (left,) = temporary.iterdir()
    (temporary / "enlist-other").mkdir()
    kept = Spool()
    kept.put_part(0, blobs={"a": b"1"})

    spools_sweep()

    assert (done.returncode, left.exists()) == (9, False)
    assert kept.blobs(0) == {"a": b"1"}
    assert (temporary / "enlist-other").exists()
