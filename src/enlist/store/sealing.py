"""Sealing: what only the holder of the key can read (AES-256-GCM, RFC 5116)."""

from __future__ import annotations

import base64
import os
from typing import Final

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import key_for

_PURPOSE: Final = "passwords"
_NONCE: Final = 12


def seal(texts: pl.Series) -> pl.Series:
    """Every text sealed, each under a nonce of its own."""
    cipher = AESGCM(key_for(_PURPOSE))
    # No expression encrypts: here values are looked at one by one.
    return pl.Series("sealed", [_sealed(text, cipher=cipher) for text in texts], dtype=pl.String)


def unsealed(sealed: str) -> str | None:
    """The text; None where it was sealed under another key, or changed since."""
    try:
        data = base64.b64decode(sealed)
        return AESGCM(key_for(_PURPOSE)).decrypt(data[:_NONCE], data[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        return None


def _sealed(text: str, *, cipher: AESGCM) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + cipher.encrypt(nonce, text.encode(), None)).decode()
