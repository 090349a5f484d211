"""Spool: frames and parts on disk instead of in memory while a large import is planned."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from enlist.core.changes import kept_with_people
from enlist.core.directory.directory import Directory, Reference
from enlist.core.plan.plan import LazyParts, Part
from enlist.core.rows.rows import Rows

_PREFIX: Final = "enlist-spool-"


class Spool:
    """A private temporary directory of frames and plan parts, removed when closed or garbage-collected.

    in_memory: keep frames in memory. Parts are always on disk.
    """

    def __init__(self, *, in_memory: bool = False) -> None:
        self._frames: dict[str, pl.DataFrame] | None = {} if in_memory else None
        spools_sweep()
        self._root, lock = _new_root()
        # It lives as long as the plan whose parts it keeps.
        self.close = weakref.finalize(self, _remove, self._root, lock=lock)
        self._rows: dict[int, Rows] = {}

    def put_rows(self, number: int, *, rows: Rows) -> None:
        """Keep a batch of rows."""
        self._put(f"rows-{number}", frame=rows.frame)
        self._put(f"flags-{number}", frame=rows.flags)
        self._rows[number] = replace(rows, frame=rows.frame.clear(), flags=rows.flags.clear())

    def rows(self, number: int) -> Rows:
        """A kept batch of rows."""
        return replace(self._rows[number], frame=self._get(f"rows-{number}"), flags=self._get(f"flags-{number}"))

    def put_directory(self, number: int, *, directory: Directory) -> None:
        """Keep the people that a batch can touch, without the reference."""
        self._put(f"person-{number}", frame=directory.people)
        for relation in kept_with_people():
            self._put(f"{relation.name}-{number}", frame=directory.frame(relation.name))

    def directory(self, number: int, *, reference: Reference) -> Directory:
        """A kept directory, with the current reference."""
        frames = {relation.name: self._get(f"{relation.name}-{number}") for relation in kept_with_people()}
        return Directory(reference=reference, people=self._get(f"person-{number}"), frames=frames)

    def put_part(self, number: int, *, blobs: Mapping[str, bytes]) -> None:
        """Keep a part of a plan as its blobs."""
        folder = self._root / f"part-{number}"
        folder.mkdir()
        for name, blob in blobs.items():
            (folder / name).write_bytes(blob)

    def blobs(self, number: int) -> dict[str, bytes]:
        """The blobs of a part."""
        return {path.name: path.read_bytes() for path in (self._root / f"part-{number}").iterdir()}

    def parts(self, count: int) -> LazyParts:
        """The kept parts, each loaded when asked for; they hold the spool open."""
        return LazyParts(count, load=lambda number: Part.from_blobs(self.blobs(number)))

    def _put(self, name: str, *, frame: pl.DataFrame) -> None:
        if self._frames is not None:
            self._frames[name] = frame
            return
        path = self._root / f"{name}.arrow"
        # Frames read from this file still refer to it, so replace it instead of writing into it.
        draft = path.with_suffix(".draft")
        frame.write_ipc(draft)
        draft.replace(path)

    def _get(self, name: str) -> pl.DataFrame:
        return pl.read_ipc(self._root / f"{name}.arrow") if self._frames is None else self._frames[name]


def spools_sweep() -> None:
    """Remove the spools of processes that died."""
    for root in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Another user's, in use, or removed meanwhile.
        with suppress(OSError):
            handle = _locked(root)
            shutil.rmtree(root, ignore_errors=True)
            os.close(handle)


def _new_root() -> tuple[Path, int]:
    """A folder, and a lock on it that ends with this process."""
    while True:
        root = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Between these lines another process may remove it as a dead one's.
        with suppress(OSError):
            handle = _locked(root)
            if root.exists():
                return root, handle
            os.close(handle)


def _locked(root: Path) -> int:
    """The locked folder. Raises OSError if another process has the lock."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _remove(root: Path, *, lock: int) -> None:
    shutil.rmtree(root, ignore_errors=True)
    os.close(lock)
