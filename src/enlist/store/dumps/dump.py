"""What a dump is, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# A stream of a dump, by its name.
Blocks = Callable[[str], Iterator[bytes]]


@dataclass(frozen=True)
class Dump:
    """The names of the streams; `about`: values of JSON that its restore needs beside them."""

    names: tuple[str, ...]
    blocks: Blocks
    about: dict[str, Any] = field(default_factory=dict)
