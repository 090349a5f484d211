"""Logs: a JSON object a line, of what happened and where in the program, never of whom or of what was typed.

Source: ASVS 5.0, 16.2.5 and 16.4.1.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

# How many places in the program tell where an error came from.
DEEPEST: Final = 5


class Structured(logging.Formatter):
    """Formats a record without its arguments and without what exceptions say: both may hold somebody's data.

    What is fit to be told is given by `extra={"told": {…}}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """at, level, logger, event, what was told, and of an exception its class and where it was raised."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-DEEPEST:]
            line["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line)


def logging_of(*, level: str, is_plain: bool) -> dict[str, Any]:
    """Django's LOGGING: everything from a level on, to stderr; plain where somebody works on Enlist itself."""
    kind = "plain" if is_plain else "structured"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {"()": "enlist.project.logs.Structured"},
            "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": kind}},
        "loggers": {
            "enlist": {"handlers": ["stderr"], "level": level},
            # What was not found is in the log of requests, by its route; its address may name somebody.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
