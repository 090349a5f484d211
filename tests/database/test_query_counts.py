"""No query per row: a file with ten times as many rows needs as many queries."""

from collections.abc import Callable
from typing import TypeVar

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.policy import Policy
from enlist.formats import write
from enlist.services.imports.plan import import_apply, import_plan, import_stage, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people import listing
from enlist.store.scope import MACHINE, Scope

from . import school

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
SETTINGS = {"existing_people": "update", "update_details": "from_file", "unknown_course_group": "create"}


def order(rows: int, *, city: str = "Rome", spare: int = 0) -> ImportRequest:
    """A file about as many people, with an address, a number, a course and one of ten groups each."""
    number = pl.int_range(spare, rows + spare, eager=True).cast(pl.String)
    numbers = pl.DataFrame({"n": number})
    frame = numbers.select(
        username="u" + pl.col("n"),
        firstname=pl.lit("Ada"),
        lastname="L" + pl.col("n"),
        email="u" + pl.col("n") + "@x.org",
        idnumber="n",
        city=pl.lit(city),
        profile_field_house="h" + pl.col("n"),
        course1=pl.lit("algebra"),
        group1="g" + pl.col("n").str.tail(1),
    )
    policy = Policy().replace(**SETTINGS, match_by=("username", "email", "idnumber"))
    return ImportRequest(source=write(frame), name="people.csv", policy=policy, preset="moodle")


def scope(slug: str) -> Scope:
    of = school.organization(slug, shared_email=True, settings=school.UNBRAKED)
    school.course(of, default_role=school.role(of))
    school.profile_field(of, "house")
    return Scope(of, MACHINE)


def counted(counts: dict[str, int], *, name: str, work: Callable[[], T]) -> T:
    """What the work gives; how often it asked the database is kept under its name."""
    with CaptureQueriesContext(connection) as queries:
        given = work()
    counts[name] = len(queries)
    return given


def numbers_of_queries(rows: int) -> dict[str, int]:
    """How often the database is asked for each thing to do with a file that is half about existing people."""
    at, counts = scope(f"school-{rows}"), dict[str, int]()
    import_apply(at, plan=import_plan(at, request=order(rows // 2, spare=rows // 4)).plan)
    planned = counted(counts, name="plan", work=lambda: import_plan(at, request=order(rows, city="Oslo")))
    staged = counted(counts, name="stage", work=lambda: import_stage(at, planned=planned))
    counted(counts, name="apply", work=lambda: import_apply(at, plan=staged))
    undo = counted(counts, name="plan the undo", work=lambda: import_undo_plan(at, number=2))
    counted(counts, name="undo", work=lambda: import_apply(at, plan=undo))
    counted(counts, name="export", work=lambda: listing.people_export(at))
    assert planned.plan.head.statuses == {"created": rows // 2, "updated": rows // 2}
    return counts


def test_ten_times_as_many_rows_ask_the_database_as_often() -> None:
    few = numbers_of_queries(100)

    assert min(few.values()) > 0
    assert numbers_of_queries(1_000) == few
