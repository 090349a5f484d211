"""Key files: one key signs sessions and links, another seals secrets in the database."""

import secrets
from pathlib import Path

from enlist.core.errors import FileError
from enlist.formats.files.new_file import new_file


def secret_key(path: Path) -> str:
    """Read the key at `path`; if there is none, create it first, readable only by its owner."""
    if not path.exists():
        _create(path)
    return path.read_text("ascii")


def _create(path: Path) -> None:
    """If two processes start at once, both use the same complete key: only one can create the file."""
    try:
        with new_file(path) as file:
            file.write(secrets.token_urlsafe(50).encode())
    except FileError:
        if not path.exists():
            raise
