"""What is logged, and what isn't."""

import json
import logging

from enlist.project.logs import Structured

SECRET = "ann.lee@example.org"


def test_a_line_is_an_object_with_the_fields() -> None:
    record = logging.LogRecord("enlist.web", logging.WARNING, __file__, 1, "request", (), None)
    record.fields = {"route": "people/<str:username>/", "status": 404}
    told = json.loads(Structured().format(record))

    assert told.pop("at").endswith("+00:00")
    route = "people/<str:username>/"
    assert told == {"level": "warning", "logger": "enlist.web", "event": "request", "route": route, "status": 404}


def test_arguments_and_words_of_exceptions_are_left_out() -> None:
    try:
        int(f"{SECRET}\nINFO forged")
    except ValueError as error:
        raised = (type(error), error, error.__traceback__)
        record = logging.LogRecord("enlist", logging.ERROR, __file__, 1, "It broke for %s", (SECRET,), raised)
    told = json.loads(Structured().format(record))

    assert (told["event"], told["error"]) == ("It broke for %s", "ValueError")
    assert [where.partition(":")[0] for where in told["where"]] == ["test_logs.py"]
    assert SECRET not in str(told)


def test_nobody_forges_a_line() -> None:
    record = logging.LogRecord("enlist", logging.INFO, __file__, 1, "one\ntwo", (), None)

    assert Structured().format(record).count("\n") == 0
