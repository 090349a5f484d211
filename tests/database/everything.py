"""All stored data as bytes: every value of every table, unpacked frames, and the files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db import connections

from enlist.core.errors import PlanError
from enlist.core.table.frames import from_bytes


def holding(*words: str) -> list[str]:
    """Where any of the words stands, in whatever case: "table of the database", or a file's name."""
    found = []
    for place, content in (*_tables(), *_files()):
        lower = content.lower()
        if any(word.lower().encode() in lower for word in words):
            found.append(place)
    return sorted({*found})


def _tables() -> Iterator[tuple[str, bytes]]:
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    yield table, b"\n".join(_bytes(value) for value in row)


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes | memoryview):
        return str(value).encode()
    data = bytes(value)
    try:
        frame = from_bytes(data)
    except PlanError:
        return data
    cells = (*frame.columns, *chain.from_iterable(frame.iter_rows()))
    return data + b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)


def _files() -> Iterator[tuple[str, bytes]]:
    """The files of SQLite, their logs beside them, and what is kept outside of the database."""
    names = {str(connections[alias].settings_dict["NAME"]) for alias in connections}
    paths = [path for name in names if name.startswith("/") for path in Path(name).parent.glob(f"{Path(name).name}*")]
    for path in (*paths, settings.ERASED):
        if path.exists():
            yield path.name, path.read_bytes()
