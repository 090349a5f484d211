"""Own files: what Enlist writes is for its owner alone, in a folder as well that was there before."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

_OTHERS: Final = 0o077
# The keys, and what pages are styled with.
_KNOWN: Final = ("secret_key", "data_key", "static")


def own_open(path: Path) -> BinaryIO:
    """A file to be written from its beginning, which others cannot read, be it that they could."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # Another's, or no file but what it is written to, such as a pipe.
    with suppress(PermissionError):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")


def state_files(home: Path, *, databases: Iterable[object], erased: Path, outbox: Path | None) -> Iterator[Path]:
    """What Enlist keeps on the disk: its folder, the keys, the list of erasures, databases and what is beside them.

    Then mails that were written instead of being sent, and the folder that they are in last.
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
    """Whether others than its owner can read or write it; not so a folder of everybody's, such as /tmp."""
    try:
        found = path.lstat()
    except OSError:
        return False
    kept_apart = stat.S_ISLNK(found.st_mode) or found.st_mode & stat.S_ISVTX
    return not kept_apart and bool(found.st_mode & _OTHERS)


def close_to_others(paths: Iterable[Path]) -> None:
    """Let nobody else read what is ours of these; who checks a site for production is told of the rest."""
    for path in paths:
        # Gone by now, or on a disk that knows no such thing.
        with suppress(OSError):
            if is_open(path) and path.lstat().st_uid == os.geteuid():
                path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
