"""Pages of a plan's people, which equal a walk over the whole plan."""

import polars as pl
import pytest

from enlist.core.errors import PlanError
from enlist.core.plan.plan import LazyParts, Part, Plan, assemble
from enlist.core.report.changes import changes
from enlist.core.report.people import changes_page, index_people, partial_plans
from enlist.core.table.frames import columns_from_bytes, from_bytes, rows_from_bytes, to_bytes
from tests.unit.core.test_report import LABELS, fated, flagged, person, whole


def plan() -> Plan:
    """Two parts: the second refers to a group that the first makes, renames somebody, and puts somebody out."""
    second = Part(
        frames={
            "update": pl.DataFrame(
                {
                    "person": [20, 21],
                    "version": [1, 1],
                    "before:username": ["fay", "gus"],
                    "after:username": ["faye", "gus"],
                    "before:username_key": ["fay", "gus"],
                    "after:username_key": ["faye", "gus"],
                    "before:city": ["", "Bonn"],
                    "after:city": ["", "Bern"],
                }
            ),
            "deactivate": pl.DataFrame({"person": [22], "version": [1]}),
            "create": pl.DataFrame([person(-2, "dee"), person(-3, "eli")]),
            "join": pl.DataFrame({"person": [-3, 21], "course_group": [-1, -1]}),
        },
        statuses=fated((4, 7, 21, "updated"), (5, 8, 20, "updated"), (6, 9, -3, "created"), (7, 10, -2, "created")),
        flags=flagged((4, 7, "City", "city", "text_cut", "Bern", None)),
    )
    first = whole()
    return assemble(first.head, [*first.parts, second])


def lazily(of: Plan) -> Plan:
    """The same plan, of whose parts only what is asked for may be unpacked."""

    def load(number: int) -> Part:
        raise AssertionError(f"part {number} was unpacked")

    here = list(partial_plans(of))
    return Plan(head=of.head, parts=LazyParts(len(here), load=load, partial_plan=here.__getitem__))


@pytest.mark.parametrize("size", [1, 2, 3, 20])
def test_pages_are_the_walk_over_the_plan_cut_anywhere(size: int) -> None:
    kept, people_index = lazily(plan()), index_people(lazily(plan()))
    pages = [
        changes_page(kept, people=people_index.people.slice(start, size), people_index=people_index, labels=LABELS)
        for start in range(0, people_index.people.height, size)
    ]

    assert [change for page in pages for change in page] == changes(plan(), limit=99, labels=LABELS)
    assert [change.person for page in pages for change in page] == [8, 7, -1, 22, 21, 20, -3, -2]


@pytest.mark.parametrize(
    ("about", "people"),
    [
        ("", [8, 7, -1, 22, 21, 20, -3, -2]),
        ("create", [-1, -3, -2]),
        ("update", [8, 7, 21, 20]),
        ("rename", [20]),
        ("deactivate", [22]),
        ("enrol", [7, -1]),
        ("join", [7, -1, 21, -3]),
        ("remove", []),
    ],
)
def test_it_finds_people_with_flags(about: str, people: list[int]) -> None:
    assert index_people(plan()).about(about).get_column("person").to_list() == people


def test_it_has_nobody_where_nothing_changes() -> None:
    empty = assemble(plan().head, [Part()])

    assert index_people(empty).people.is_empty()
    assert changes_page(empty, people=index_people(empty).people, people_index=index_people(empty), labels=LABELS) == []


FRAME = pl.DataFrame({"n": pl.int_range(12_000, eager=True), "text": pl.int_range(12_000, eager=True).cast(pl.String)})


@pytest.mark.parametrize("rows", [[], [0], [4_999, 5_000], [11_999], [3, 5_003, 5_004, 10_003]])
def test_some_rows_of_a_packed_frame_are_those_of_the_whole(rows: list[int]) -> None:
    places = pl.Series(rows, dtype=pl.Int64)

    found = rows_from_bytes(to_bytes(FRAME), rows=places)

    assert found.equals(FRAME[places])
    assert found.schema == FRAME.schema


def test_some_columns_of_a_packed_frame_are_those_of_the_whole() -> None:
    assert columns_from_bytes(to_bytes(FRAME), columns=["text", "none"]).equals(FRAME.select("text"))
    assert from_bytes(to_bytes(FRAME)).equals(FRAME)


def test_damaged_bytes_are_refused_however_little_is_wanted() -> None:
    with pytest.raises(PlanError, match="damaged"):
        columns_from_bytes(b"nothing of ours", columns=["n"])
    with pytest.raises(PlanError, match="damaged"):
        rows_from_bytes(b"nothing of ours", rows=pl.Series([1]))
