"""Bytes in, Table out, and back."""

from .delimited import read, write
from .layout import ReadOptions

__all__ = ["ReadOptions", "read", "write"]
