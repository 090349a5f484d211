"""Bytes in, Table out, and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enlist.formats.files.options import ReadOptions
    from enlist.formats.text.delimited import write

    from .reading import read

# Loaded on first use: the process that parses workbooks is below here, and must not load Polars.
_HOMES = {"ReadOptions": ".files.options", "read": ".reading", "write": ".text.delimited"}

__all__ = ["ReadOptions", "read", "write"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
