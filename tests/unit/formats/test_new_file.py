"""New files are complete or missing, and readable only by their owner, with and without nameless files."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from enlist.core.errors import FileError
from enlist.formats.files.new_file import new_file

DIE = """
import os, pathlib, sys
if sys.argv[1] != "nameless":
    del os.O_TMPFILE
from enlist.formats.files.new_file import new_file
with new_file(pathlib.Path("made")) as file:
    file.write(b"zenobia")
    file.flush()
    os._exit(9)
"""


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["nameless", "named", "a stick"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The files that the system knows."""
    if request.param != "nameless":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if request.param == "a stick":
        # What Linux says of a second name on FAT.
        monkeypatch.setattr(os, "link", refuse)
    return str(request.param)


@pytest.mark.usefixtures("kind")
def test_it_is_there_when_it_is_whole(tmp_path: Path) -> None:
    with new_file(tmp_path / "made") as file:
        file.write(b"zen")
        assert not (tmp_path / "made").exists()
        file.write(b"obia")

    assert list(tmp_path.iterdir()) == [tmp_path / "made"]
    assert (tmp_path / "made").read_bytes() == b"zenobia"
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("kind")
def test_it_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "made").symlink_to("nowhere")
    with pytest.raises(FileError, match="made already exists"), new_file(tmp_path / "made"):
        pass
    with pytest.raises(FileError, match="late already exists"), new_file(tmp_path / "late"):
        (tmp_path / "late").write_bytes(b"first")

    assert (tmp_path / "late").read_bytes() == b"first"
    assert {path.name for path in tmp_path.iterdir()} == {"made", "late"}


@pytest.mark.usefixtures("kind")
def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="can't be written: No such file"), new_file(tmp_path / "no" / "made"):
        pass
    with pytest.raises(FileError, match="can't be written: No space"), new_file(tmp_path / "made"):
        Path("/dev/full").write_bytes(b"zenobia")
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "made"):
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_the_next_process_removes_only_what_a_dead_process_left(tmp_path: Path, kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", DIE, kind], cwd=tmp_path, check=False)
    left = list(tmp_path.iterdir())
    with new_file(tmp_path / "first"), new_file(tmp_path / "second"):
        pass

    assert (done.returncode, len(left)) == (9, 0 if kind == "nameless" else 1)
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second"}
