"""Statuses of rows."""

from __future__ import annotations

from typing import Final

# Highest first: a row's status is the first that applies (spec/policies.md).
STATUSES: Final = (
    "failed", "deleted", "created", "renamed", "reactivated", "deactivated", "updated", "seated", "already seated",
    "enrolled", "grouped", "linked", "unchanged", "skipped",
)  # fmt: skip
