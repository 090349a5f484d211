"""The site's key for secrets in the database. It isn't in the database, but in the file `data_key` or in ENLIST_KEY.

It is created once, with the site. A new key couldn't open what the old one sealed, so a missing key is an error.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from enlist.core.errors import KeyMissing

from .key_file import secret_key

_SEPARATOR: Final = "\x1f"


def make_key() -> None:
    """Create the key of a new site, if it has none yet."""
    if not settings.DATA_KEY:
        secret_key(settings.DATA_KEY_FILE)


def site_key() -> str:
    """The site's key. Raises KeyMissing."""
    return settings.DATA_KEY or _kept(settings.DATA_KEY_FILE)


@cache
def _kept(path: Path) -> str:
    try:
        key = path.read_text("ascii")
    except (OSError, UnicodeError):
        key = ""
    if not key:
        raise KeyMissing("site_key_missing", path=path)
    return key


def key_for(purpose: str) -> bytes:
    """A 32-byte key for one purpose; if it leaks, other purposes stay safe."""
    return hmac.new(site_key().encode(), purpose.encode(), hashlib.sha256).digest()


def keyed_hash(purpose: str, *, of: tuple[object, ...]) -> str:
    """HMAC-SHA-256 (hex) of values with the key for a purpose."""
    text = _SEPARATOR.join(str(value) for value in of)
    return hmac.new(key_for(purpose), text.encode(), hashlib.sha256).hexdigest()


def signature(purpose: str, *, of: Iterable[bytes]) -> str:
    """HMAC-SHA-256 (hex) of blocks of bytes with the key for a purpose."""
    signed = hmac.new(key_for(purpose), digestmod=hashlib.sha256)
    for block in of:
        signed.update(block)
    return signed.hexdigest()


def key_name() -> str:
    """A name for the key: eight hex digits that distinguish it from other keys and reveal nothing about it."""
    return key_for("name").hex()[:8]
