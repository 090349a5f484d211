"""The token of the one-time set-up address: a file of the site holds its hash and when it expires."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from pathlib import Path
from typing import Final

from django.conf import settings

from enlist.formats.files.new_file import new_file

SECONDS: Final = 3600
UNKNOWN, EXPIRED, VALID = "unknown", "expired", "valid"


def make() -> str:
    """A new token, which replaces any other."""
    token = secrets.token_urlsafe(24)
    draft = _path().with_name(f"{_path().name}.{secrets.token_hex(8)}")
    with new_file(draft) as file:
        file.write(f"{_hash(token)} {int(time.time()) + SECONDS}".encode("ascii"))
    draft.replace(_path())
    return token


def state(token: str) -> str:
    """UNKNOWN (wrong, used or replaced), EXPIRED or VALID."""
    try:
        hash_, expires = _path().read_text("ascii").split()
    except (OSError, ValueError):
        return UNKNOWN
    if not hmac.compare_digest(hash_, _hash(token)):
        return UNKNOWN
    return VALID if time.time() < int(expires) else EXPIRED


def forget() -> None:
    """Let no token open the set-up any more."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.HOME) / "set_up_token"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
