"""The key that signs sessions and links."""

import os
import secrets
from pathlib import Path


def secret_key(path: Path) -> str:
    """Read the key kept at `path`; make it first, for its owner's eyes only, where there is none."""
    if not path.exists():
        _create(path)
    return path.read_text("ascii")


def _create(path: Path) -> None:
    """Write beside and link into place, so that two processes starting at once agree on one whole key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(secrets.token_urlsafe(50), "ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
