"""The keys: one signs sessions and links, one keeps what is secret in the database."""

import secrets
import tempfile
from pathlib import Path


def secret_key(path: Path) -> str:
    """Read the key kept at `path`; make it first, for its owner's eyes only, where there is none."""
    if not path.exists():
        _create(path)
    return path.read_text("ascii")


def _create(path: Path) -> None:
    """Write beside and link into place, so that two processes starting at once agree on one whole key."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    draft = Path(name)
    with open(handle, "w", encoding="ascii") as file:  # noqa: PTH123 a handle, not a path
        file.write(secrets.token_urlsafe(50))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
