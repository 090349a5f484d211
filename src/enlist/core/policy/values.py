"""The values of a Policy that are more than a word: entries by field, and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, eq=False)
class Entries(Mapping[str, str]):
    """A frozen mapping from field to text, sorted by field; it equals a dict with the same entries."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, mapping: Mapping[str, str]) -> Entries:
        """The same entries, frozen."""
        return cls(tuple(sorted(mapping.items())))

    def __getitem__(self, name: str) -> str:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __hash__(self) -> int:
        return hash(self.pairs)


@dataclass(frozen=True)
class Limit:
    """How many people one verb may affect without approval: a share (0 to 1) of the active people, and a number."""

    share: float
    number: int


_FEW = Limit(share=0.05, number=20)
_MANY = Limit(share=0.5, number=20)


@dataclass(frozen=True)
class ChangeLimits:
    """When part of an import needs approval; a count equal to its limit passes.

    deactivate, delete, leave_group, unenrol and remove_link need it above the smaller of share and number, where the
    share is at least 2 people unless it is 0; rename and update above the share, but only from the number up.
    """

    deactivate: Limit = _FEW
    delete: Limit = _FEW
    leave_group: Limit = _FEW
    unenrol: Limit = _FEW
    remove_link: Limit = _FEW
    rename: Limit = _MANY
    update: Limit = _MANY


NO_ENTRIES: Final = Entries()
STANDARD_LIMITS: Final = ChangeLimits()
