"""Private files: what Enlist writes is readable by its owner only, in existing folders too."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

_OTHERS: Final = 0o077
# The keys, and the static files of pages.
_KNOWN: Final = ("secret_key", "data_key", "static")


def own_open(path: Path) -> BinaryIO:
    """A file to write from its beginning, which others cannot read, even if they could before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # It may be another owner's, or not a regular file but a pipe.
    with suppress(PermissionError):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def state_files(home: Path, *, databases: Iterable[object], erased: Path, outbox: Path | None) -> Iterator[Path]:
    """Enlist's files: its folder, the keys, the list of erasures, databases and the files beside them.

    Then mails that were written instead of sent, and last their folder.
    """
    yield home
    yield from (home / name for name in _KNOWN)
    yield erased
    for name in databases:
        yield from map(Path, glob.glob(f"{glob.escape(str(name))}*"))  # noqa: PTH207 - names, of any folder
    if outbox and outbox.is_dir():
        yield from outbox.iterdir()
        yield outbox


def is_open(path: Path) -> bool:
    """Whether others than its owner can read or write it; shared folders such as /tmp don't count."""
    try:
        found = path.lstat()
    except OSError:
        return False
    kept_apart = stat.S_ISLNK(found.st_mode) or found.st_mode & stat.S_ISVTX
    return not kept_apart and bool(found.st_mode & _OTHERS)


def close_to_others(paths: Iterable[Path]) -> None:
    """Make our own files among these unreadable for others; the production check reports the rest."""
    for path in paths:
        # It may be removed by now, or on a disk without permissions.
        with suppress(OSError):
            if is_open(path) and path.lstat().st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
