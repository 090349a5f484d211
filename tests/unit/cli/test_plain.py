"""Answers of services become JSON in one place."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from enlist.cli.plain import plain


@dataclass(frozen=True)
class Inner:
    done: int


@dataclass(frozen=True)
class Outer:
    import_number: int = field(metadata={"json": "import"})
    at: datetime
    inner: Inner | None


def test_an_answer_is_its_fields_by_the_names_that_json_has_for_them() -> None:
    outer = Outer(7, datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC), Inner(3))

    assert json.loads(json.dumps([outer, Path("a")], default=plain)) == [
        {"import": 7, "at": "2027-01-02T03:04:05+00:00", "inner": {"done": 3}},
        "a",
    ]
