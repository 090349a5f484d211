"""Filled: how full what people can be in is, beside the fullest."""

from __future__ import annotations

from typing import Any


def filled(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each with its share (%) of the one with most people."""
    most = max((each["people"] for each in found), default=0) or 1
    return [{**each, "share": f"{100 * each['people'] / most:.2f}"} for each in found]
