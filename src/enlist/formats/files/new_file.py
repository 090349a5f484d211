"""New files: for their owner alone, and under their name only when they are whole."""

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

# Where a system or a disk has no files without a name.
_UNKNOWN: Final = (EINVAL, EISDIR, EOPNOTSUPP)
# Where a file has one name only.
_LINKLESS: Final = (EPERM, EOPNOTSUPP, ENOSYS)
_PREFIX: Final = ".enlist-draft-"


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name at the end, when all of it is on the disk: a process that dies leaves nothing.

    Raises FileError where something of that name exists, or the file cannot be written.
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
    """A file without a name, and by what it can be given one; None where there are no such files."""
    flag = getattr(os, "O_TMPFILE", 0)
    try:
        descriptor = os.open(folder, os.O_RDWR | flag, 0o600) if flag else None
    except OSError as error:
        if error.errno in _UNKNOWN:
            return None
        raise
    return None if descriptor is None else (descriptor, Path(f"/proc/self/fd/{descriptor}"))


def _draft(folder: Path) -> tuple[int, Path]:
    """A file under another name, locked while its process lives; those of dead processes are removed."""
    for left in folder.glob(f"{_PREFIX}*"):
        # Somebody else's, in use, or gone by now.
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor, Path(name)


def _name(draft: Path, *, path: Path) -> None:
    """Give a file its name, unless that is taken. Raises FileExistsError."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # With a folder named, the system follows the link to the file that has no name.
        os.link(draft, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        # A stick, or another disk on which a file has one name.
        if error.errno not in _LINKLESS:
            raise
        if os.path.lexists(path):
            raise FileExistsError from error
        draft.rename(path)
    finally:
        os.fsync(folder)
        os.close(folder)
