"""Corpora: collections outside the project; tests that need one run only if its folder exists."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "ENLIST_CORPORA"


def corpus(name: str) -> Path:
    """A file or folder of the corpora. The test is skipped, and says why, where it is not there."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} names no folder of corpora")
    path = Path(folder) / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def corpus_json(name: str) -> Any:
    """The values of a JSON file of the corpora; skipped like `corpus`."""
    return json.loads(corpus(name).read_text("utf-8"))
