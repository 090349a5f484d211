"""Tombstones: a record of who was erased, in a file outside the database, so that no backup brings them back.

Each line of the file is JSON. The first is {"ledger", "key"}: the ledger's name, and the name of the key of its hashes.
Further lines of that form name ledgers that were merged into this one. All others are tombstones, as `models.Erasure`.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from enlist.core.errors import FileError
from enlist.store.models import Person
from enlist.store.secrets.keys import key_name, keyed_hash

_PURPOSE: Final = "tombstones"


@dataclass(frozen=True)
class Tombstone:
    """A person who was erased."""

    identity: str
    username: str
    organization: int
    at: str


@dataclass(frozen=True)
class Ledger:
    """A file of tombstones.

    names: its own, then those merged into it; none without a file. key: the name of the key.
    """

    names: tuple[str, ...] = ()
    key: str = ""
    stones: Mapping[str, Tombstone] = field(default_factory=dict)


def identity(person: Person) -> str:
    """The hash that identifies a person in every backup of this database, even after a rename."""
    return identity_of(organization=person.organization_id, person=person.pk, made=person.created_at)


def identity_of(*, organization: int, person: int, made: datetime) -> str:
    """The same for a person whose row isn't loaded."""
    return keyed_hash(_PURPOSE, of=(organization, person, made.astimezone(UTC).isoformat(timespec="microseconds")))


def username_hash(*, organization: int, key: str) -> str:
    """The hash of a username_key."""
    return keyed_hash(_PURPOSE, of=(organization, "username", key))


def read(path: Path | None = None) -> Ledger:
    """The ledger of this site, or the one at a path, which must exist. Raises FileError if it isn't valid."""
    place = path or settings.ERASED
    try:
        lines = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
        heads = [line for line in lines if "ledger" in line]
        stones = [Tombstone(**line) for line in lines if "ledger" not in line]
        names = tuple(head["ledger"] for head in heads)
        return Ledger(names, key=heads[0]["key"], stones={stone.identity: stone for stone in stones})
    except FileNotFoundError:
        if path is None:
            return Ledger()
        raise FileError("file_missing", file=path) from None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise FileError("erasures_damaged", file=place) from error


def begin() -> str:
    """The name of the site's ledger, which is created if missing."""
    ledger = read()
    if ledger.names:
        return ledger.names[0]
    name = secrets.token_hex(8)
    _append({"ledger": name, "key": key_name()})
    return name


def add(stone: Tombstone) -> None:
    """Write a tombstone to the disk, unless it is already there."""
    begin()
    if stone.identity not in read().stones:
        _append(vars(stone))


def merge(other: Ledger) -> None:
    """Add the contents of another ledger to this site's."""
    begin()
    for name in other.names:
        if name not in read().names:
            _append({"ledger": name, "key": other.key})
    for stone in other.stones.values():
        add(stone)


def _append(line: dict[str, Any]) -> None:
    descriptor = os.open(settings.ERASED, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(descriptor)
