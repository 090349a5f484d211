"""New people, enrolments, course groups: loaded as planned, or not at all."""

from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.errors import PlanError, StalePlan
from enlist.store.apply import Outcome, apply
from enlist.store.directory.snapshot import dump
from enlist.store.models import CourseGroupMember, Enrolment, Organization, Person

from . import plans
from . import school as cast

pytestmark = pytest.mark.django_db


def test_it_creates_what_the_plan_has() -> None:
    school = cast.organization()
    house = cast.profile_field(school, "house")
    nick = cast.profile_field(school, "nick")
    student, teacher = cast.role(school), cast.role(school, "teacher")
    algebra, latin = cast.course(school), cast.course(school, "latin")
    red = cast.course_group(algebra, "red")
    people = plans.people(
        school,
        {
            "person": -1,
            "username": "Zoë",
            "email": "Z@example.com",
            "description": 'a\n"b", \\.',
            "profile_field_house": 'r"\\d\n',
        },
        {"person": -2, "username": "ada", "site_role": "instructor", "profile_field_nick": ""},
    )
    plan = plans.plan(
        school,
        plans.part(
            create_course_group=plans.rows(plans.GROUP, (-1, latin.pk, "blue")),
            create=people,
            enrol=plans.rows(
                plans.ENROL,
                (-1, algebra.pk, student.pk, "active"),
                (-1, algebra.pk, teacher.pk, "active"),
                (-2, latin.pk, teacher.pk, "suspended"),
            ),
            join=plans.rows(plans.JOIN, (-1, red.pk), (-2, -1)),
        ),
    )

    outcome = apply(plan, organization=school)

    zoe, ada = (Person.objects.get(username_key=key) for key in ("zoë", "ada"))
    assert outcome == Outcome(
        first={"person": zoe.pk, "course_group": CourseGroupMember.objects.get(person=ada).course_group_id},
        stamp=zoe.version,
        counts={"create_course_group": 1, "create": 2, "enrol": 3, "join": 2},
    )
    assert (ada.pk, ada.version) == (zoe.pk + 1, zoe.version)
    assert [zoe.profile, ada.profile] == [{str(house.pk): 'r"\\d\n'}, {str(nick.pk): ""}]
    assert [zoe.email_claim, ada.email_claim] == ["z@example.com", None]
    assert zoe.created_at is not None
    school.refresh_from_db()
    assert school.reference_version == outcome.stamp
    whole = dump(school)
    made = people.drop("person", "username_key", "email_key").rows(named=True)
    assert whole["people"] == {row["username"]: row for row in made}
    assert whole["enrolment"] == [
        ("Zoë", "algebra", "student", "active", None, None, "import"),
        ("Zoë", "algebra", "teacher", "active", None, None, "import"),
        ("ada", "latin", "teacher", "suspended", None, None, "import"),
    ]
    assert whole["course_group_membership"] == [("Zoë", "algebra / red"), ("ada", "latin / blue")]
    assert whole["course_group"] == [("algebra", "red"), ("latin", "blue")]


def test_new_people_of_several_parts_get_ids_in_a_row() -> None:
    school = cast.organization()
    cast.person(school)
    parts = [plans.part(create=plans.people(school, {"person": -n, "username": f"u{n}"})) for n in (1, 2, 3)]

    first = apply(plans.plan(school, *parts), organization=school).first["person"]
    again = [plans.part(create=plans.people(school, {"person": -1, "username": "u4"}))]
    fourth = apply(plans.plan(school, *again), organization=school).first["person"]

    assert first is not None
    found = Person.objects.filter(username__startswith="u").order_by("pk").values_list("pk", "username")
    assert list(found) == [(first, "u1"), (first + 1, "u2"), (first + 2, "u3"), (fourth, "u4")]


def test_a_shared_address_is_claimed_by_nobody() -> None:
    school = cast.organization(shared_email=True)
    pair = ({"person": -n, "username": f"u{n}", "email": "pair@example.com"} for n in (1, 2))

    apply(plans.plan(school, plans.part(create=plans.people(school, *pair))), organization=school)

    assert list(Person.objects.values_list("email_key", "email_claim")) == [("pair@example.com", None)] * 2


def test_known_people_who_are_only_enrolled_get_the_new_version() -> None:
    school = cast.organization()
    ada, bob = cast.person(school, version=5), cast.person(school, username="bob", version=6)
    algebra, student = cast.course(school), cast.role(school)
    part = plans.part(
        seen=plans.seen((ada.pk, 5), (bob.pk, 6)),
        enrol=plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, "active")),
    )

    stamp = apply(plans.plan(school, part), organization=school).stamp

    assert list(Person.objects.order_by("pk").values_list("version", flat=True)) == [stamp, 6]


def test_an_empty_plan_writes_nothing() -> None:
    school = cast.organization()
    ada = cast.person(school)
    plan = plans.plan(school, plans.part(seen=plans.seen((ada.pk, 99))))

    with CaptureQueriesContext(connection) as queries:
        outcome = apply(plan, organization=school)

    assert outcome == Outcome()
    assert [q["sql"] for q in queries if "store_" in q["sql"]] == []


def test_what_is_recorded_with_the_plan_falls_with_it() -> None:
    school = cast.organization()
    plan = plans.plan(school, plans.part(create=plans.people(school, {"person": -1, "username": "ada"})))

    def record(outcome: Outcome) -> None:
        assert outcome.counts == {"create": 1}
        Organization.objects.filter(pk=school.pk).update(name="recorded")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan, organization=school, record=record)

    assert list(Organization.objects.values_list("name", flat=True)) == ["School"]
    assert Person.objects.count() == 0


@pytest.mark.parametrize("people", [1, 300])
def test_it_takes_a_fixed_number_of_queries(people: int) -> None:
    school = cast.organization()
    algebra, student = cast.course(school), cast.role(school)
    known = cast.person(school)
    new = plans.people(school, *({"person": -n, "username": f"u{n}"} for n in range(1, people + 1)))
    enrolled = [(person, algebra.pk, student.pk, "active") for person in (known.pk, *range(-people, 0))]
    part = plans.part(seen=plans.seen((known.pk, 1)), create=new, enrol=plans.rows(plans.ENROL, *enrolled))
    plan = plans.plan(school, part)

    with CaptureQueriesContext(connection) as queries:
        apply(plan, organization=school)

    # On PostgreSQL one of them lets the apply think for longer than others may in a transaction.
    assert len(queries) == (44 if connection.vendor == "postgresql" else 31)


def refused(school: Organization, part: Any, **head: Any) -> str:
    """The sentence, after checking that nothing was written."""
    plan = plans.plan(school, part, **head)
    before = dump(school)
    with pytest.raises((StalePlan, PlanError)) as caught:
        apply(plan, organization=school)
    assert dump(school) == before
    return caught.value.message


def test_it_refuses_a_username_taken_meanwhile() -> None:
    school = cast.organization()
    cast.person(school, username="ada")
    part = plans.part(create=plans.people(school, {"person": -1, "username": "Ada"}, {"person": -2, "username": "bob"}))

    assert "was taken" in refused(school, part)


def test_it_refuses_an_address_claimed_meanwhile() -> None:
    school = cast.organization()
    cast.person(school, username="ada", email="A@example.com")
    part = plans.part(create=plans.people(school, {"person": -1, "username": "bob", "email": "a@example.com"}))

    assert "was taken" in refused(school, part)


def test_it_refuses_an_enrolment_made_meanwhile() -> None:
    school = cast.organization()
    algebra, student, ada = cast.course(school), cast.role(school), cast.person(school)
    cast.enrolment(ada, course=algebra, role=student, status="suspended")
    part = plans.part(
        seen=plans.seen((ada.pk, 1)), enrol=plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, "active"))
    )

    assert "was taken" in refused(school, part)


def test_it_refuses_when_courses_or_settings_changed() -> None:
    school = cast.organization()
    part = plans.part(create=plans.people(school, {"person": -1, "username": "ada"}))

    assert refused(school, part, reference_version=6).startswith("Courses, roles,")


def test_it_refuses_a_plan_of_another_organization() -> None:
    school = cast.organization()
    part = plans.part(create=plans.people(school, {"person": -1, "username": "ada"}))

    assert refused(school, part, organization="college") == "This plan was made for college, not for school."


def test_it_refuses_what_is_too_long_for_its_column() -> None:
    school = cast.organization()
    part = plans.part(create=plans.people(school, {"person": -1, "username": "ada", "country": "DEU"}))

    assert refused(school, part) == "The plan has a value that the directory doesn't allow. Nothing was applied."


@pytest.mark.parametrize(
    ("verb", "frame", "sentence"),
    [
        (
            "create",
            pl.DataFrame({"person": [-1]}),
            "“create” in this plan has missing or wrong columns: username",
        ),
        (
            "join",
            pl.DataFrame({"person": [1], "course_group": ["1"]}),
            "“join” in this plan has missing or wrong col",
        ),
        (
            "update",
            plans.update({"person": 1, "version": 1, "salary": ("1", "2")}),
            "people don't have: salary.",
        ),
        ("update", pl.DataFrame({"person": [1], "version": [1], "after:version": [2]}), "don't have: version."),
        (
            "update",
            pl.DataFrame({"person": [1], "version": [1], "after:city": ["Ulm"]}),
            "missing or wrong columns: before:city.",
        ),
    ],
)
def test_it_refuses_frames_of_another_shape(verb: str, frame: pl.DataFrame, sentence: str) -> None:
    school = cast.organization()

    assert sentence in refused(school, plans.part(**{verb: frame}))


def test_it_refuses_a_forged_plan() -> None:
    """A plan file is a stranger's word: every id in it must be the organisation's own, or new in the plan."""
    school, college = cast.organization(), cast.organization("college")
    course, role, ada = cast.course(school), cast.role(school), cast.person(school)
    foreign_course, foreign_role = cast.course(college, "latin"), cast.role(college, "teacher")
    foreign_group = cast.course_group(foreign_course)
    own, stranger = plans.seen((ada.pk, 1)), cast.person(college, username="bob")
    bob = plans.seen((stranger.pk, 1))
    enrol = [(ada.pk, foreign_course.pk, role.pk), (ada.pk, course.pk, foreign_role.pk), (-1, course.pk, role.pk)]

    told = [refused(school, plans.part(seen=own, enrol=plans.rows(plans.ENROL, (*cells, "active")))) for cells in enrol]
    told += [
        refused(school, plans.part(seen=own, join=plans.rows(plans.JOIN, (ada.pk, foreign_group.pk)))),
        refused(school, plans.part(create=plans.people(school, {"person": 10**6, "username": "eve"}))),
        refused(school, plans.part(create_course_group=plans.rows(plans.GROUP, (-1, foreign_course.pk, "A")))),
        refused(school, plans.part(enrol=plans.rows(plans.ENROL, (ada.pk, course.pk, role.pk, "active")))),
        refused(
            school, plans.part(seen=bob, enrol=plans.rows(plans.ENROL, (stranger.pk, course.pk, role.pk, "active")))
        ),
    ]

    assert told == [
        "This plan refers to records that aren't this organisation's: course.",
        "This plan refers to records that aren't this organisation's: role.",
        "This plan refers to records that aren't this organisation's: person.",
        "This plan refers to records that aren't this organisation's: course group.",
        "This plan refers to records that aren't this organisation's: person.",
        "This plan refers to records that aren't this organisation's: course.",
        "This plan changes people it hasn't looked at.",
        "People changed since this plan was made: 1. Nothing was applied.",
    ]
    assert Enrolment.objects.count() == 0
