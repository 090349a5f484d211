"""A dump of either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# A stream of a dump, by its name.
Blocks = Callable[[str], Iterator[bytes]]


@dataclass(frozen=True)
class Dump:
    """The names of the streams; `about`: JSON values that restoring also needs."""

    names: tuple[str, ...]
    blocks: Blocks
    about: dict[str, Any] = field(default_factory=dict)
