"""Which rows depend on which, and how they are planned."""

from collections.abc import Iterable

import polars as pl
import pytest

from enlist.core.planner import waves
from enlist.core.planner.people import claims
from enlist.core.planner.reference import plan_rows as walked
from enlist.core.planner.reference import walk
from enlist.core.planner.vectorised import plan_rows
from enlist.core.policy import Policy
from enlist.core.rows.rows import Rows
from tests.support.laws import told
from tests.support.worlds import directory, person, rows

COUNTING = Policy().replace(existing_people="counter")
UPDATING = Policy().replace(
    existing_people="update", update_details="from_file", renames="allow", deletes="allow", suspensions="allow"
)
Line = dict[str, str | None]


def keys(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(list(pairs), schema=waves.KEYS_SCHEMA, orient="row")


def line(username: str, email: str | None = None, **cells: str) -> Line:
    return {"username": username, "firstname": "A", "lastname": "B", "email": email or f"{username}@x.org", **cells}


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each walk of the vectorised planner was about."""
    seen: list[int] = []

    def watched(some: Rows, *arguments: object, **named: object) -> object:
        seen.append(some.frame.height)
        return walk(some, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("enlist.core.planner.vectorised.walk", watched)
    return seen


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows were thought to fail, each time rows were named."""
    seen: list[int] = []
    names = claims.Claims.names

    def watched(self: claims.Claims, *, failed: pl.Series) -> pl.DataFrame:
        seen.append(len(failed))
        return names(self, failed=failed)

    monkeypatch.setattr(claims.Claims, "names", watched)
    return seen


def test_the_nth_row_of_a_component_is_in_the_nth_wave() -> None:
    found = waves.in_waves(keys((1, 7), (2, 7), (2, 8), (5, 8), (3, 9), (4, 9)))

    assert [list(wave) for wave in found.waves] == [[1, 3], [2, 4], [5]]
    assert list(found.deep) == []


def test_a_component_that_runs_deep_is_left_to_the_walk() -> None:
    found = waves.in_waves(keys(*((row, 7) for row in range(4)), (8, 9), (9, 9)), deepest=3)

    assert [list(wave) for wave in found.waves] == [[8], [9]]
    assert list(found.deep) == [0, 1, 2, 3]


def test_many_components_run_deep_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "BROAD", 2)
    both = [(row, row % 2) for row in range(10)]

    found = waves.in_waves(keys(*both, *((row, 7) for row in range(20, 28))), deepest=3)

    assert [list(wave) for wave in found.waves] == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert list(found.deep) == list(range(20, 28))


def planned(lines: Iterable[Line], *, known: Iterable[dict[str, object]] = (), policy: Policy) -> dict[str, object]:
    """The plans of the rows by both planners."""
    some, before = rows(*lines), directory(*known)
    part = told(plan_rows(some, before, policy=policy))
    assert part == told(walked(some, before, policy=policy))
    return part


def test_rows_that_pass_on_names_and_addresses_are_planned_together(walks: list[int]) -> None:
    """An address goes to another, somebody is deleted and comes again, cohorts come to be, three hundred times."""
    known = [person(n, username=f"p{n}", email=f"p{n}@x.org") for n in range(1, 301)]
    lines = []
    for number in range(1, 301, 3):
        one, two, three = (f"p{number + more}" for more in range(3))
        lines += [
            line(one, f"new{one}@x.org", oldusername="", deleted="", cohort1="moved"),
            line(two, f"{one}@x.org", oldusername="", deleted="", cohort1="moved"),
            line(three, oldusername="", deleted="1", cohort1=""),
            line(f"{three}x", f"{three}@x.org", oldusername="", deleted="", cohort1="came"),
            line(three, f"{two}@x.org", oldusername=two, deleted="", cohort1=""),
        ]

    part = planned(lines, known=known, policy=UPDATING.replace(unknown_group="create"))

    statuses = [row_status for *_, row_status in part["statuses"]]  # type: ignore[attr-defined]
    assert statuses == ["updated", "updated", "deleted", "created", "renamed"] * 100
    assert walks == []


def test_names_that_thousands_want_are_planned_together(walks: list[int], rounds: list[int]) -> None:
    """Rows that will fail are known beforehand: those without an address, those with another's."""
    lines = [line("jdoe", f"{number if number % 9 else 0}@x.org") for number in range(300)]
    lines += [line("asmith", ""), line("asmith"), line("asmith", "1@x.org"), line("asmith", "as@x.org")]

    part = planned(lines, known=[person(1, username="jdoe3")], policy=COUNTING)

    statuses = [row_status for *_, row_status in part["statuses"]]  # type: ignore[attr-defined]
    assert statuses.count("failed") == 33 + 2
    assert walks == [34]
    assert len(rounds) == 1


def test_names_are_settled_in_a_second_turn_where_addresses_made_of_them_are_taken(
    walks: list[int], rounds: list[int]
) -> None:
    policy = COUNTING.replace(defaults={"email": "%u@x.org"})
    known = [person(1, username="old", email="jdoe4@x.org")]
    lines: list[Line] = [{**line("jdoe"), "email": None} for _ in range(12)]

    part = planned([*lines, line("jdoe", "own@x.org"), *lines[:2]], known=known, policy=policy)

    statuses = [row_status for *_, row_status in part["statuses"]]  # type: ignore[attr-defined]
    assert statuses == ["created"] * 3 + ["failed"] * 9 + ["created"] * 3
    assert walks == []
    assert rounds == [0, 11, 10, 9]


def test_names_that_do_not_settle_are_given_row_by_row(walks: list[int], rounds: list[int]) -> None:
    """Every third number has an address that is taken: who gets one depends on how many did before."""
    policy = COUNTING.replace(defaults={"email": "%u@x.org"})
    known = [person(n, username=f"old{n}", email=f"n{n}@x.org") for n in range(3, 90, 3)]
    lines: list[Line] = []
    for number in range(30):
        lines += [{**line("n"), "email": None}, line("n", f"own{number}@x.org")]

    planned(lines, known=known, policy=policy)

    assert walks == [len(lines)]
    assert len(rounds) == claims.ROUNDS
