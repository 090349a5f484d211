"""Backup and restore: the directory in one file. People who were erased since the backup stay erased.

The file is a zip of a manifest and streams of the database (`store/dumps`), and a last line: its signature under the
site's key, which is checked before anything is used. It doesn't contain the keys, the file of erasures, sessions or
background jobs: with a backup alone nobody can sign in, read passwords of files or bring erased people back.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO, Final

from enlist.core.errors import FileError, PolicyError
from enlist.formats.files.new_file import new_file
from enlist.store import dumps
from enlist.store.accounts import mails, tokens
from enlist.store.engine import engine
from enlist.store.erasure import after_restore, tombstones
from enlist.store.jobs import jobs
from enlist.store.secrets import keys
from enlist.store.setup import organization

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
_PURPOSE: Final = "backups"
_BLOCK: Final = 1 << 20
# The last line: the name of the key, and the signature.
_LAST: Final = re.compile(rb"\nenlist ([0-9a-f]{8}) ([0-9a-f]{64})\n")
_LENGTH: Final = 82


@dataclass(frozen=True)
class Backup:
    """When a backup was made, by which version, of which kind of database, and its size in bytes."""

    made_at: str
    version: str
    kind: str
    bytes: int


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    made_at, version: of the backup. erased_again: people. dropped: imports whose files were removed with them.
    cancelled: jobs.
    """

    made_at: str
    version: str
    erased_again: int
    dropped: int
    cancelled: int


@dataclass(frozen=True)
class Asked:
    """People erased since the backup: the file of erasures, or the statement that there are none."""

    erasures: Path | None = None
    nobody: bool = False


def backup_make(path: Path) -> Backup:
    """Write the directory to a new file that only its owner can read. Others can go on working.

    Raises FileError if the file exists or can't be written, DatabaseProblem.
    """
    # Before the dump starts, so that people erased in between count as erased since.
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with new_file(path) as file, dumps.dumping() as dump:
        manifest = _manifest(dump, made_at=made_at)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
            for name in dump.names:
                with archive.open(name, "w", force_zip64=True) as member:
                    member.writelines(dump.blocks(name))
        signature = keys.signature(_PURPOSE, of=_content(file))
        file.write(f"\nenlist {keys.key_name()} {signature}\n".encode())
    return _backup(manifest, path=path)


def backup_look(path: Path) -> Backup:
    """Describe a backup. Raises FileError, PolicyError if this site can't restore it."""
    with _opened(path) as (_, manifest):
        return _backup(manifest, path=path)


def backup_restore(path: Path, *, asked: Asked) -> Restored:
    """Replace all current data by a backup. Erased people stay erased; all sessions end, all links are void,
    and no unsent mail is sent.

    Raises FileError for a file that isn't an intact backup of this site; PolicyError for another key, a newer version,
    another kind of database, or if the erasures since then aren't known; DatabaseProblem. Then nothing has changed.
    """
    with _opened(path) as (archive, manifest):
        stones = _stones(manifest, asked=asked)
        made_at = datetime.fromisoformat(manifest["made_at"])
        cancelled = jobs.open_everywhere()
        with dumps.restoring(
            manifest["about"],
            steps=manifest["steps"],
            blocks=lambda name: _blocks(archive, name=name),
        ):
            organization.make_tables()
            dropped = after_restore.remove_files_and_open_plans(stones, since=made_at)
            erased = after_restore.erase_again(stones)
            tokens.void_all()
            mails.drop_all()
            after_restore.log_restored(f"The backup of {manifest['made_at']}, made by Enlist {manifest['version']}.")
    # The database's log still contains the data from before.
    engine().free_space()
    return Restored(
        made_at=manifest["made_at"],
        version=manifest["version"],
        erased_again=erased,
        dropped=dropped,
        cancelled=cancelled,
    )


def _backup(manifest: dict[str, Any], *, path: Path) -> Backup:
    return Backup(manifest["made_at"], manifest["version"], manifest["kind"], bytes=path.stat().st_size)


def _manifest(dump: dumps.Dump, *, made_at: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": metadata.version("enlist"),
        "made_at": made_at,
        "kind": dumps.kind(),
        "steps": organization.steps_done(),
        "ledger": tombstones.begin(),
        "about": dump.about,
    }


def _content(file: BinaryIO, *, length: int = -1) -> Iterator[bytes]:
    """The first `length` bytes of a file, or all of it, block by block."""
    file.seek(0)
    while block := file.read(_BLOCK if length < 0 else min(_BLOCK, length)):
        length -= len(block) if length > 0 else 0
        yield block


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """A backup with a valid signature of this site, and its manifest. Raises FileError, PolicyError."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileError("file_missing", file=path) from None
    except OSError as error:
        raise FileError("file_unreadable", file=path, reason=error.strerror) from error
    with file:
        _must_be_ours(file, path=path)
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            _must_fit(manifest)
            yield archive, manifest


def _must_be_ours(file: BinaryIO, *, path: Path) -> None:
    """Raise FileError or PolicyError unless the last line is this site's signature of the file."""
    length = file.seek(0, os.SEEK_END) - _LENGTH
    file.seek(max(length, 0))
    last = _LAST.fullmatch(file.read())
    if last is None:
        raise FileError("backup_foreign", path=path)
    key, signature = (each.decode() for each in last.groups())
    if key != keys.key_name():
        raise PolicyError("backup_other_key", key=key, own=keys.key_name())
    if not hmac.compare_digest(keys.signature(_PURPOSE, of=_content(file, length=length)), signature):
        raise FileError("backup_changed", path=path)


def _must_fit(manifest: dict[str, Any]) -> None:
    """Raise PolicyError if this version, or this kind of database, can't restore it."""
    if manifest["format"] > FORMAT or set(manifest["steps"]) - set(organization.steps_known()):
        raise PolicyError("backup_newer", version=manifest["version"], own=metadata.version("enlist"))
    if manifest["kind"] != dumps.kind():
        raise PolicyError("backup_other_database", kind=manifest["kind"], own=dumps.kind())


def _blocks(archive: zipfile.ZipFile, *, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while block := member.read(_BLOCK):
            yield block


def _stones(manifest: dict[str, Any], *, asked: Asked) -> dict[str, tombstones.Tombstone]:
    """All known erasures: this site's, and those in the given file."""
    ours = tombstones.read()
    theirs = tombstones.read(asked.erasures) if asked.erasures else tombstones.Ledger()
    ledgers = [ledger for ledger in (ours, theirs) if ledger.names]
    if not asked.nobody and not any(manifest["ledger"] in ledger.names for ledger in ledgers):
        raise PolicyError("erasures_missing", ledger=manifest["ledger"])
    if any(ledger.stones and ledger.key != keys.key_name() for ledger in ledgers):
        raise PolicyError("erasures_other_key")
    if theirs.names:
        tombstones.merge(theirs)
    return {**ours.stones, **theirs.stones}
