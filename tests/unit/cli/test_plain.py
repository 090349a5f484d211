"""The results of services become JSON in one place."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enlist.cli.plain import plain, values_of
from enlist.core.errors import EnlistError, PlanError, error_json


@dataclass(frozen=True)
class Inner:
    done: int


@dataclass(frozen=True)
class Outer:
    import_number: int = field(metadata={"json": "import"})
    at: datetime
    inner: Inner | None
    error: EnlistError | None = None


def test_an_answer_is_its_fields_by_the_names_that_json_has_for_them() -> None:
    outer = Outer(7, datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC), Inner(3))

    assert json.loads(json.dumps([outer, Path("a")], default=plain)) == [
        {"import": 7, "at": "2027-01-02T03:04:05+00:00", "inner": {"done": 3}},
        "a",
    ]


def test_an_error_has_its_code_and_sentence_and_what_is_none_by_default_is_left_out() -> None:
    error = PlanError("import_without_file", number=3)
    at = datetime(2027, 1, 2, tzinfo=UTC)

    failed, fine = json.loads(json.dumps([Outer(7, at, None, error), Outer(7, at, None)], default=plain))

    assert failed["error"] == error_json(error)
    assert fine == {"import": 7, "at": "2027-01-02T00:00:00+00:00", "inner": None}


def test_only_dataclasses_have_fields() -> None:
    with pytest.raises(TypeError, match="str isn't a dataclass"):
        values_of("ada")
