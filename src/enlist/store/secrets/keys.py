"""Keys: what is kept secret in the database is so under the site's key, which is not in it: `data_key`, or ENLIST_KEY.

It is made once, with the site. A second one would read nothing of what the first has sealed, so a key that is missing
beside a site is an error.
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

_BETWEEN: Final = "\x1f"


def make_key() -> None:
    """Make the key of a new site, where it has none yet."""
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
    """A key of 32 bytes for one purpose: what leaks of one says nothing of another."""
    return hmac.new(site_key().encode(), purpose.encode(), hashlib.sha256).digest()


def keyed_hash(purpose: str, *, of: tuple[object, ...]) -> str:
    """HMAC-SHA-256 (hex) of some values under the key for a purpose."""
    told = _BETWEEN.join(str(value) for value in of)
    return hmac.new(key_for(purpose), told.encode(), hashlib.sha256).hexdigest()


def signature(purpose: str, *, of: Iterable[bytes]) -> str:
    """HMAC-SHA-256 (hex) of bytes, block by block, under the key for a purpose."""
    signed = hmac.new(key_for(purpose), digestmod=hashlib.sha256)
    for block in of:
        signed.update(block)
    return signed.hexdigest()


def key_name() -> str:
    """What the key is called: eight digits that give nothing of it away, and tell it from another."""
    return key_for("name").hex()[:8]
