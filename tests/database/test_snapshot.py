"""A snapshot has exactly the people that the keys can match, complete; its cost grows with the keys."""

from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.changes import ENROLMENTS_SCHEMA, MEMBERS_SCHEMA
from enlist.core.directory.directory import Directory, people_schema
from enlist.core.directory.directory import ProfileField as Field
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.store.directory.snapshot import reference, snapshot
from enlist.store.engine import engine
from enlist.store.models import Organization, Person

from . import school as cast

pytestmark = pytest.mark.django_db


def taken(of: Organization, **keys: list[Any]) -> Directory:
    height = max(map(len, keys.values()))
    padded = {name: cells + [None] * (height - len(cells)) for name, cells in keys.items()}
    schema = {name: pl.Int64() if name == "person" else pl.String() for name in keys}
    return snapshot(of, reference=reference(of), keys=pl.DataFrame(padded, schema=schema))


def usernames(directory: Directory) -> list[str]:
    return directory.people.get_column("username").to_list()


def test_the_reference_holds_all_that_rows_can_name() -> None:
    school, college = cast.organization(shared_email=True), cast.organization("college")
    student, teacher = cast.role(school), cast.role(school, "teacher", assignable=False)
    algebra, latin = cast.course(school, default_role=student), cast.course(school, "latin")
    group = cast.course_group(latin)
    house = cast.profile_field(school, "house", kind="choice", options=["red", "blue"], required=True, position=2)
    nick = cast.profile_field(school, "nick", default="–", position=1)
    cast.course_group(cast.course(college, default_role=cast.role(college)))
    cast.profile_field(college, "house")

    found = reference(school)

    assert (found.version, found.shared_email) == (7, True)
    assert found.courses.rows() == [
        (algebra.pk, "algebra", student.pk, 0, True),
        (latin.pk, "latin", None, 0, True),
    ]
    assert found.roles.rows() == [
        (student.pk, "student", "", "student", True, False),
        (teacher.pk, "teacher", "", "teacher", False, False),
    ]
    assert found.course_groups.rows() == [(group.pk, latin.pk, "A")]
    assert found.profile_fields == (
        Field(id=nick.pk, shortname="nick", name="Nick", default="–"),
        Field(house.pk, shortname="house", name="House", kind="choice", options=("red", "blue"), required=True),
    )


def test_a_person_is_there_with_every_cell() -> None:
    school = cast.organization()
    house, nick, motto = (cast.profile_field(school, name) for name in ("house", "nick", "motto"))
    cells = {slug: f"{slug} é\n" for slug in PERSON_SLUGS} | {"country": "DE", "phone1": "", "description": '"\\.,'}
    ada = cast.person(
        school,
        **{**cells, "username": "Ada", "email": "A@example.com", "site_role": "instructor", "source": "import"},
        profile={str(house.pk): 'r"ed\n', str(motto.pk): ""},
        version=2**62 - 1,
    )

    found = taken(school, username_key=["ada"]).people

    assert found.schema == people_schema(reference(school))
    assert found.rows(named=True) == [
        {
            **cells,
            "person": ada.pk,
            "version": 2**62 - 1,
            "username": "Ada",
            "username_key": "ada",
            "email": "A@example.com",
            "email_key": "a@example.com",
            "site_role": "instructor",
            "state": "active",
            "source": "import",
            house.shortname and "profile_field_house": 'r"ed\n',
            nick.shortname and "profile_field_nick": None,
            motto.shortname and "profile_field_motto": "",
        }
    ]


def test_each_key_finds_its_people_once() -> None:
    school = cast.organization(shared_email=True)
    for name in ("ada", "bob", "cyd", "dan", "eve"):
        cast.person(school, username=name)
    Person.objects.filter(username__in=["bob", "cyd"]).update(email_key="pair@example.com")
    Person.objects.filter(username="dan").update(idnumber="D-1")
    eve = Person.objects.get(username="eve").pk

    assert usernames(taken(school, username_key=["ada", "nobody", None])) == ["ada"]
    assert usernames(taken(school, email_key=["pair@example.com"])) == ["bob", "cyd"]
    assert usernames(taken(school, idnumber=["D-1", "d-1"])) == ["dan"]
    assert usernames(taken(school, person=[eve, eve, -1, None])) == ["eve"]
    assert usernames(taken(school, username_key=["bob"], email_key=["pair@example.com"], person=[eve])) == [
        "bob",
        "cyd",
        "eve",
    ]
    assert usernames(snapshot(school, reference=reference(school))) == ["ada", "bob", "cyd", "dan", "eve"]


def test_a_blank_is_no_key() -> None:
    school = cast.organization()
    cast.person(school)

    assert usernames(taken(school, username_key=[""], email_key=[""], idnumber=["", None])) == []


def test_the_removed_and_strangers_are_not_there() -> None:
    school, college = cast.organization(), cast.organization("college")
    cells = {"username": "ada", "email": "ada@example.com", "idnumber": "1"}
    stranger = cast.person(college, **cells)
    gone = cast.person(school, **cells, username_key=None, email_key="", email_claim=None, state="removed")

    found = taken(
        school, username_key=["ada"], email_key=["ada@example.com"], idnumber=["1"], person=[stranger.pk, gone.pk]
    )

    assert usernames(found) == []


def test_live_enrolments_and_course_groups_come_along() -> None:
    school = cast.organization()
    student, teacher = cast.role(school), cast.role(school, "teacher")
    algebra, latin = cast.course(school), cast.course(school, "latin")
    red, blue = cast.course_group(algebra, "red"), cast.course_group(algebra, "blue")
    ada, bob = cast.person(school), cast.person(school, username="bob")
    cast.enrolment(ada, course=latin, role=student, status="suspended")
    cast.enrolment(ada, course=algebra, role=teacher)
    cast.enrolment(ada, course=algebra, role=student, status="ended")
    cast.enrolment(bob, course=algebra, role=student)
    cast.member(ada, course_group=blue)
    cast.member(bob, course_group=red)

    found = taken(school, username_key=["ada"])

    assert found.enrolments.rows() == [
        (ada.pk, algebra.pk, teacher.pk, "active", None, None, "import"),
        (ada.pk, latin.pk, student.pk, "suspended", None, None, "import"),
    ]
    assert found.members.rows() == [(ada.pk, blue.pk)]


def test_nobody_found_is_an_empty_directory_of_the_same_shape() -> None:
    school = cast.organization()
    cast.profile_field(school, "house")

    found = taken(school, username_key=["ada"])

    assert found.people.is_empty()
    assert found.people.schema == people_schema(reference(school))
    assert (found.enrolments.schema, found.members.schema) == (ENROLMENTS_SCHEMA, MEMBERS_SCHEMA)


@pytest.mark.parametrize("keys", [1, 2_000])
def test_it_takes_a_fixed_number_of_queries(keys: int) -> None:
    school = cast.organization()
    cast.fill(school, people=2_000)
    known = reference(school)
    wanted = pl.select(number=pl.int_range(keys).cast(pl.String)).select(
        username_key="u" + pl.col("number"), email_key="u" + pl.col("number"), idnumber="i" + pl.col("number")
    )

    with CaptureQueriesContext(connection) as queries:
        found = snapshot(school, reference=known, keys=wanted)

    assert found.people.height == keys
    assert len(queries) == (31 if connection.vendor == "postgresql" else 21)


def plans(queries: list[dict[str, str]]) -> list[str]:
    """What the database means to do for every captured query that reads people, enrolments or members."""
    asked = []
    for query in queries:
        sql = query["sql"]
        if "CROSS JOIN" in sql:
            inner = sql.removeprefix("COPY (").split(") TO STDOUT")[0]
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {inner}")
                asked.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return asked


@pytest.mark.parametrize("is_analysed", [True, False])
def test_few_keys_are_looked_up_by_index_in_a_filled_directory(is_analysed: bool) -> None:
    if connection.vendor == "postgresql" and not is_analysed:
        pytest.skip("PostgreSQL analyses by itself")
    school = cast.organization()
    cast.fill(school, people=20_000)
    cast.fill_courses(school)
    cast.fill_links(school)
    if is_analysed:
        engine().execute("ANALYZE")
    known = reference(school)
    wanted = pl.DataFrame({"username_key": ["u1", "u2"], "email_key": ["u3@example.com", ""], "idnumber": ["i4", ""]})

    with CaptureQueriesContext(connection) as queries:
        found = snapshot(school, reference=known, keys=wanted.with_columns(person=pl.lit(5, pl.Int64)))
    told = plans(queries.captured_queries)

    assert found.people.height >= 4
    assert len(told) == 11
    key = "PRIMARY KEY (rowid=?)" if connection.vendor == "sqlite" else "store_person_pkey"
    used = [key, "person_username", "person_email", "person_idnumber"]
    assert [name for name in used if name not in told[0]] == []
    lines = [line for plan in told for line in plan.splitlines()]
    assert [line for line in lines if "Seq Scan on store_" in line or line in {"SCAN p", "SCAN e", "SCAN m"}] == []


def test_it_asks_for_everybody_where_the_keys_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enlist.store.directory.snapshot.MANY", 2)
    school, college = cast.organization(), cast.organization("college")
    for name in ("ada", "bob"):
        cast.person(school, username=name)
    cast.person(college, username="ada")

    assert usernames(taken(school, username_key=["nobody"])) == []
    assert usernames(taken(school, username_key=["nobody", "no one"])) == []
    assert usernames(taken(school, username_key=["nobody", "no one", "none"])) == ["ada", "bob"]
