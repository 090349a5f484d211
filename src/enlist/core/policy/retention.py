"""Retention: for how many days an organisation keeps the files and plans of its imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from enlist.core.errors import PolicyError

LONGEST = 3_650


@dataclass(frozen=True)
class Retention:
    """Days from the upload for files, from the apply for plans; what was changed by hand is kept as long as plans.

    Raises PolicyError for a number of days that is not 1 to LONGEST.
    """

    files: int = 30
    plans: int = 180

    def __post_init__(self) -> None:
        for each in fields(self):
            days = getattr(self, each.name)
            if not isinstance(days, int) or not 1 <= days <= LONGEST:
                raise PolicyError("retention_refused", what=each.name.capitalize(), most=LONGEST, days=days)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Retention:
        """What an organisation's settings say; where they say nothing, as usual."""
        return cls(**settings.get("retention", {}))

    def to_dict(self) -> dict[str, int]:
        """As the settings keep it."""
        return asdict(self)

    def file_until(self, created: datetime) -> datetime:
        """When the file of an import that was made then goes."""
        return created + timedelta(days=self.files)

    def plan_until(self, made: datetime) -> datetime:
        """When a plan that was applied (or, where it was not, made) then goes."""
        return made + timedelta(days=self.plans)
