"""The keys: one signs sessions and links, one keeps what is secret in the database."""

import secrets
from pathlib import Path

from enlist.core.errors import FileError
from enlist.formats.files.new_file import new_file


def secret_key(path: Path) -> str:
    """Read the key kept at `path`; make it first, for its owner's eyes only, where there is none."""
    if not path.exists():
        _create(path)
    return path.read_text("ascii")


def _create(path: Path) -> None:
    """Two processes that start at once agree on one whole key: a name is given once."""
    try:
        with new_file(path) as file:
            file.write(secrets.token_urlsafe(50).encode())
    except FileError:
        if not path.exists():
            raise
