"""New files: readable by their owner only, and named only when they are complete."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, EISDIR, ENOSYS, EOPNOTSUPP, EPERM
from pathlib import Path
from typing import BinaryIO, Final

from enlist.core.errors import FileError

# Errors of systems or disks without unnamed files.
_UNKNOWN: Final = (EINVAL, EISDIR, EOPNOTSUPP)
# Errors of disks where a file has only one name.
_LINKLESS: Final = (EPERM, EOPNOTSUPP, ENOSYS)
_PREFIX: Final = ".enlist-draft-"


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name at the end, when all of it is on the disk: a process that dies leaves nothing.

    Raises FileError if the name is in use, or the file cannot be written.
    """
    folder = path.absolute().parent
    try:
        if os.path.lexists(path):
            raise FileExistsError
        descriptor, draft = _nameless(folder) or _draft(folder)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(descriptor)
                _name(draft, path=path.absolute())
        finally:
            if draft.name.startswith(_PREFIX):
                draft.unlink(missing_ok=True)
    except FileExistsError:
        raise FileError("file_exists", file=path) from None
    except OSError as error:
        raise FileError("file_unwritable", file=path, reason=error.strerror) from error


def _nameless(folder: Path) -> tuple[int, Path] | None:
    """A file without a name, and the path to link it by; None where such files don't exist."""
    flag = getattr(os, "O_TMPFILE", 0)
    try:
        descriptor = os.open(folder, os.O_RDWR | flag, 0o600) if flag else None
    except OSError as error:
        if error.errno in _UNKNOWN:
            return None
        raise
    return None if descriptor is None else (descriptor, Path(f"/proc/self/fd/{descriptor}"))


def _draft(folder: Path) -> tuple[int, Path]:
    """A file under another name, locked while its process lives; leftovers of dead processes are removed."""
    for left in folder.glob(f"{_PREFIX}*"):
        # It may be somebody else's, in use, or already removed.
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor, Path(name)


def _name(draft: Path, *, path: Path) -> None:
    """Give a file its name. Raises FileExistsError if it is in use."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # With a folder given, the system follows the link to the unnamed file.
        os.link(draft, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        # A USB stick, or another disk where a file has only one name.
        if error.errno not in _LINKLESS:
            raise
        if os.path.lexists(path):
            raise FileExistsError from error
        draft.rename(path)
    finally:
        os.fsync(folder)
        os.close(folder)
