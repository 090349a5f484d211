"""Logs: one JSON object per line, with what happened and where in the code, but without names or input.

Source: ASVS 5.0, 16.2.5 and 16.4.1.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

# How many stack frames of an exception are logged.
DEEPEST: Final = 5


class Structured(logging.Formatter):
    """Formats a record without its arguments and exception messages, since both may contain personal data.

    Pass what may be logged as `extra={"fields": {…}}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """at, level, logger, event and the fields; for an exception also its class and where it was raised."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-DEEPEST:]
            line["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line)


def logging_of(*, level: str, is_plain: bool) -> dict[str, Any]:
    """Django's LOGGING: records from a level on go to stderr; is_plain: as text, for developers of Enlist."""
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
            # No warnings for missing pages: their addresses may contain names, and requests are logged anyway.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
