"""Every changed value of a plan, as a line of a file."""

import polars as pl

from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Part
from enlist.core.report.values import values
from tests.support.worlds import directory, person

WORLD = directory(person(1), person(2))


def told(**frames: pl.DataFrame) -> list[tuple[object, ...]]:
    found = values(Part(frames=frames), usernames=WORLD.people, labels=Labels.of(WORLD))
    return found.select("username", "change", "field", "old", "new").rows()


def test_a_changed_state_is_shown_before_and_after() -> None:
    turned = pl.DataFrame({"person": [1], "version": [1]})

    assert told(deactivate=turned, reactivate=turned.with_columns(person=pl.lit(2, pl.Int64))) == [
        ("p1", "deactivated", "state", "active", "inactive"),
        ("p2", "reactivated", "state", "inactive", "active"),
    ]


def test_records_are_shown_by_their_names() -> None:
    group = pl.DataFrame({"people_group": [-1], "idnumber": ["choir"], "name": ["Choir"], "joinable": [True]})
    enrolment = {"person": [1], "course": [10], "role": [4]}
    images = {"before:status": ["active"], "after:status": ["suspended"]}
    dates = {f"{image}:{name}": [None] for image in ("before", "after") for name in ("start", "end")}

    assert told(
        create_group=group,
        join_group=pl.DataFrame({"person": [1], "people_group": [-1], "source": ["import"]}),
        leave_group=pl.DataFrame({"person": [2], "people_group": [30], "source": ["import"]}),
        leave=pl.DataFrame({"person": [2], "course_group": [20]}),
        enrol=pl.DataFrame({**enrolment, "status": ["active"]}),
        change_enrolment=pl.DataFrame({**enrolment, **images, **dates}).cast(dict.fromkeys(dates, pl.String)),
        add_option=pl.DataFrame({"profile_field": [1], "option": ["4"]}),
    ) == [
        ("p1", "join_group", "group", "", "Choir"),
        ("p1", "enrol", "enrolment", "", "ART / student / active"),
        ("p1", "change_enrolment", "enrolment", "ART / student / active /  / ", "ART / student / suspended /  / "),
        ("p2", "leave_group", "group", "Year 7", ""),
        ("p2", "leave", "course_group", "ART / Red", ""),
        (None, "create_group", "group", "", "Choir"),
        (None, "add_option", "option", "", "4"),
    ]
