"""Retention: how many days an organisation keeps the files and plans of its imports, and activation links work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from enlist.core.errors import PolicyError

LONGEST = 3_650


@dataclass(frozen=True)
class Retention:
    """Days since the upload for files, since the apply for plans; manual edits are kept as long as plans.

    links: days that activation links work. Raises PolicyError unless all are from 1 to LONGEST.
    """

    files: int = 30
    plans: int = 180
    links: int = 14

    def __post_init__(self) -> None:
        for each in fields(self):
            days = getattr(self, each.name)
            if not isinstance(days, int) or not 1 <= days <= LONGEST:
                raise PolicyError("retention_refused", what=each.name.capitalize(), most=LONGEST, days=days)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Retention:
        """The retention in an organisation's settings, with defaults for what is missing."""
        return cls(**settings.get("retention", {}))

    def to_dict(self) -> dict[str, int]:
        """The form that is stored in settings."""
        return asdict(self)

    def file_until(self, created: datetime) -> datetime:
        """When the file of an import created at this time is deleted."""
        return created + timedelta(days=self.files)

    def plan_until(self, made: datetime) -> datetime:
        """When a plan applied (or, if not applied, made) at this time is deleted."""
        return made + timedelta(days=self.plans)
