"""Sealing: encryption with the site's key (AES-256-GCM, RFC 5116)."""

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
    """The sealed texts, each with a nonce of its own."""
    cipher = _cipher(_PURPOSE)
    # A loop over values, because Polars has no expression that encrypts.
    return pl.Series("sealed", [_sealed(text, cipher=cipher) for text in texts], dtype=pl.String)


def unsealed(sealed: str) -> str | None:
    """The text; None if it was sealed with another key, or changed since."""
    from cryptography.exceptions import InvalidTag

    try:
        data = base64.b64decode(sealed)
        return _cipher(_PURPOSE).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None


def seal_bytes(data: bytes, *, place: str) -> bytes:
    """A sealed piece of a file, which can be opened only for the same place."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(_FILES).encrypt(nonce, data, place.encode())


def unsealed_bytes(sealed: bytes, *, place: str) -> bytes | None:
    """The piece; None if it was sealed with another key or for another place, or changed since."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(_FILES).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(purpose: str) -> AESGCM:
    # Imported here, because most commands don't need this library.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key_for(purpose))


def _sealed(text: str, *, cipher: AESGCM) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + cipher.encrypt(nonce, text.encode(), None)).decode()
