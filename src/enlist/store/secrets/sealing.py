"""Sealing: what only the holder of the key can read (AES-256-GCM, RFC 5116)."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Final

import polars as pl

from .keys import key_for

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE: Final = "passwords"
_FILES: Final = "files"
_NONCE: Final = 12


def seal(texts: pl.Series) -> pl.Series:
    """Every text sealed, each under a nonce of its own."""
    cipher = _cipher(_PURPOSE)
    # No expression encrypts: here values are looked at one by one.
    return pl.Series("sealed", [_sealed(text, cipher=cipher) for text in texts], dtype=pl.String)


def unsealed(sealed: str) -> str | None:
    """The text; None where it was sealed under another key, or changed since."""
    from cryptography.exceptions import InvalidTag

    try:
        data = base64.b64decode(sealed)
        return _cipher(_PURPOSE).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None


def seal_bytes(data: bytes, *, place: str) -> bytes:
    """A piece of a file sealed: it opens at this place only."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(_FILES).encrypt(nonce, data, place.encode())


def unsealed_bytes(sealed: bytes, *, place: str) -> bytes | None:
    """The piece; None where it was sealed under another key or for another place, or changed since."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(_FILES).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(purpose: str) -> AESGCM:
    # Loads a library that most commands can do without.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key_for(purpose))


def _sealed(text: str, *, cipher: AESGCM) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + cipher.encrypt(nonce, text.encode(), None)).decode()
