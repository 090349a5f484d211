"""Keys: what is kept secret in the database is so under a key that is not in it (`DATA_KEY`)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

from django.conf import settings

_BETWEEN: Final = "\x1f"


def key_for(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose: what leaks of one says nothing of another."""
    return hmac.new(settings.DATA_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


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
