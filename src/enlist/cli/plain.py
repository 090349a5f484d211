"""Answers of services as values of JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime


def plain(value: object) -> object:
    """A dataclass by its fields, each called as its metadata's `json` says where it has one; moments in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.metadata.get("json", each.name): getattr(value, each.name) for each in fields(value)}
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
