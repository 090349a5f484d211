"""Limits of active people: how many people with certain roles may be active at a time.

Source: spec/policies.md ("Limit"); WL-23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enlist.core.errors import PolicyError
from enlist.core.fields.fields import SITE_ROLES

_AND = "+"


@dataclass(frozen=True)
class ActiveLimit:
    """How many people who have one of these roles on the site may be active."""

    roles: tuple[str, ...]
    allowed: int

    @property
    def name(self) -> str:
        """How settings and commands name it: `learner+instructor`."""
        return _AND.join(self.roles)

    @property
    def words(self) -> str:
        """Its roles as sentences name them."""
        return " or ".join(role.replace("_", " ") for role in self.roles)


@dataclass(frozen=True)
class TooMany:
    """An exceeded limit, with the number of people who are active before, and how many more would be."""

    limit: ActiveLimit
    active: int
    more: int

    def figures(self, *, where: str = "") -> str:
        """`500 people allowed, 488 active, 24 more in this import: 12 too many`. where: after “more”."""
        allowed, over = self.limit.allowed, self.active + self.more - self.limit.allowed
        return f"{allowed:,} people allowed, {self.active:,} active, {self.more:,} more{where}: {over:,} too many"


def too_many(limit: ActiveLimit, *, active: int, more: int) -> TooMany | None:
    """The limit as exceeded; None if it is kept. Nobody can be added above it, but people can leave."""
    return TooMany(limit, active, more) if more > 0 and active + more > limit.allowed else None


def load(stored: Mapping[str, int]) -> tuple[ActiveLimit, ...]:
    """Limits from the form that `dump` makes."""
    return tuple(ActiveLimit(tuple(name.split(_AND)), allowed) for name, allowed in stored.items())


def dump(limits: Iterable[ActiveLimit]) -> dict[str, int]:
    """Limits as JSON values: the number by name."""
    return {limit.name: limit.allowed for limit in limits}


def changed(limits: Iterable[ActiveLimit], *, setting: str) -> tuple[ActiveLimit, ...]:
    """The limits after a setting such as `learner=500`; a blank number removes one. Raises PolicyError."""
    name, equals, text = (piece.strip() for piece in setting.partition("="))
    asked = {role.strip() for role in name.split(_AND)}
    if not equals or not asked <= {*SITE_ROLES} or not (text == "" or text.isdecimal()):
        raise PolicyError("active_limit_misspelled", value=setting, roles=", ".join(SITE_ROLES))
    roles = tuple(role for role in SITE_ROLES if role in asked)
    others = tuple(limit for limit in limits if limit.roles != roles)
    return (*others, ActiveLimit(roles, int(text))) if text else others
