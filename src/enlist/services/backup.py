"""Backup and restore: everything in one file, and everything back from it but those who were erased since.

The file is a zip: manifest.json, and the dump. Not in it are the keys and the file of erasures: who has a backup alone
can neither read the passwords of files in it nor bring anybody back.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from enlist.core.errors import FileError, PolicyError
from enlist.store import again, dumps, keys, setup, tombstones
from enlist.store.engine import engine

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself: when it was made, by which version, of which database, and its size in bytes."""

    made_at: str
    version: str
    kind: str
    bytes: int


@dataclass(frozen=True)
class Restored:
    """What a restore did: of which backup; people erased again, imports whose files went with them, jobs cancelled."""

    made_at: str
    version: str
    erased_again: int
    dropped: int
    cancelled: int
    same_key: bool


@dataclass(frozen=True)
class Asked:
    """Who was erased since: the file that says it, or that nobody was."""

    erasures: Path | None = None
    nobody: bool = False


def backup_make(path: Path) -> Backup:
    """Write everything into one new file, for its owner's eyes only, while others go on working.

    Raises FileError where it is there already or cannot be written, DatabaseProblem.
    """
    with _new(path) as file, tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".enlist-") as name:
        folder = Path(name)
        dumps.dump(folder)
        manifest = _manifest(folder)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
            for each in manifest["files"]:
                archive.write(folder / each, each)
    return Backup(manifest["made_at"], manifest["version"], manifest["kind"], bytes=path.stat().st_size)


def backup_look(path: Path) -> Backup:
    """What a backup is. Raises FileError, PolicyError where this site cannot restore it."""
    manifest = _read(path)
    return Backup(manifest["made_at"], manifest["version"], manifest["kind"], bytes=path.stat().st_size)


def backup_restore(path: Path, *, asked: Asked) -> Restored:
    """Put a backup in the place of everything there is; whoever was erased stays erased.

    Raises FileError for what is no backup or damaged, PolicyError where it is of a newer version, of another database,
    or it cannot be told who was erased since it was made; DatabaseProblem. Then nothing was changed.
    """
    manifest = _read(path)
    stones = _stones(manifest, asked=asked)
    made_at = datetime.fromisoformat(manifest["made_at"])
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as name:
        folder = Path(name)
        _unpack(path, manifest=manifest, to=folder)
        with dumps.prepared(folder):
            setup.make_tables()
            cancelled = again.stop_work()
            dropped = again.drop_what_may_hold_them(stones, since=made_at)
            erased = again.erase_again(stones)
            again.log_restored(f"The backup of {manifest['made_at']}, made by Enlist {manifest['version']}.")
            engine().give_back()
    # What was there before stands in the log still.
    engine().give_back()
    return Restored(
        made_at=manifest["made_at"],
        version=manifest["version"],
        erased_again=erased,
        dropped=dropped,
        cancelled=cancelled,
        same_key=manifest["key"] == keys.key_name(),
    )


def _manifest(folder: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": metadata.version("enlist"),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "kind": dumps.kind(),
        "steps": setup.steps_done(),
        "key": keys.key_name(),
        "ledger": tombstones.begin(),
        "files": {each.name: _sha256(each) for each in sorted(folder.iterdir())},
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            is_ours = {"format", "version", "made_at", "kind", "steps", "key", "ledger", "files"} <= manifest.keys()
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise FileError(f"{path} is not a backup made by Enlist.", hint="Make one with `enlist backup`.") from error
    if not is_ours:
        raise FileError(f"{path} is not a backup made by Enlist.", hint="Make one with `enlist backup`.")
    if manifest["format"] > FORMAT or set(manifest["steps"]) - set(setup.steps_known()):
        raise PolicyError(
            f"This backup was made by a newer version of Enlist ({manifest['version']}); this is"
            f" {metadata.version('enlist')}. Nothing was changed.",
            hint="Restore it with that version or a later one.",
        )
    if manifest["kind"] != dumps.kind():
        raise PolicyError(
            f"This is a backup of {manifest['kind']}, and DATABASE_URL names {dumps.kind()}; nothing was changed."
        )
    return manifest


def _stones(manifest: dict[str, Any], *, asked: Asked) -> dict[str, tombstones.Tombstone]:
    """Everybody who was erased, as far as this site, its database, and the file named know."""
    ours = tombstones.read()
    theirs = tombstones.read(asked.erasures) if asked.erasures else tombstones.Ledger()
    ledgers = [ledger for ledger in (ours, theirs) if ledger.names]
    if not asked.nobody and not any(manifest["ledger"] in ledger.names for ledger in ledgers):
        raise PolicyError(
            "Whether somebody was erased since this backup was made cannot be told: the file of erasures that belongs"
            f" to it ({manifest['ledger']}) is not here. Nothing was changed.",
            hint="Name it with --erasures FILE (it was erased.jsonl beside the database), or say --nobody-erased.",
        )
    if any(ledger.stones and ledger.key != keys.key_name() for ledger in ledgers):
        raise PolicyError(
            "The file of erasures was written under another key, so nobody in it can be found. Nothing was changed.",
            hint="Put the data_key that belongs to it into ENLIST_HOME, or into ENLIST_KEY.",
        )
    if theirs.names:
        tombstones.take_in(theirs)
    return {**ours.stones, **theirs.stones}


def _unpack(path: Path, *, manifest: dict[str, Any], to: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in manifest["files"]:
                archive.extract(name, to)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise FileError(f"{path} is damaged; nothing was changed.") from error
    if any(_sha256(to / name) != print_ for name, print_ in manifest["files"].items()):
        raise FileError(f"{path} was changed since it was made; nothing was changed here.")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _new(path: Path) -> Iterator[Any]:
    """A new file that is gone again where its making fails. Raises FileError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileError(f"{path} is there already.", hint="Name a new file.") from None
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except OSError as error:
        path.unlink()
        raise FileError(f"{path} cannot be written: {error.strerror}.") from error
    except BaseException:
        path.unlink()
        raise
