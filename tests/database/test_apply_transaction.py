"""One transaction: locks, nothing half done, errors in sentences. With real connections and commits."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from enlist.core.errors import DatabaseProblem, LeaseTaken, PlanError, StalePlan
from enlist.core.plan.plan import Plan
from enlist.store import models
from enlist.store.apply import Outcome, apply
from enlist.store.engine import engine
from enlist.store.models import Course, Organization, Person

from . import plans
from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)


def creating(of: Organization, *usernames: str) -> Plan:
    new = ({"person": -n, "username": name} for n, name in enumerate(usernames, 1))
    return plans.plan(of, plans.part(create=plans.people(of, *new)))


def elsewhere(work: Callable[[], Any]) -> Any:
    """What the work gives or raises on a connection of its own."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_one_import_of_an_organization_is_applied_at_a_time() -> None:
    school = cast.organization()
    first, second = creating(school, "ada"), creating(school, "bob")
    met = []

    apply(
        first, organization=school, record=lambda _: met.append(elsewhere(lambda: apply(second, organization=school)))
    )

    assert [type(error) for error in met] == [LeaseTaken]
    assert list(Person.objects.values_list("username", flat=True)) == ["ada"]
    assert apply(second, organization=school).counts == {"create": 1}


def test_the_lease_is_free_again_after_a_failure() -> None:
    school = cast.organization()
    cast.person(school, username="ada")
    with pytest.raises(StalePlan):
        apply(creating(school, "ada"), organization=school)

    assert apply(creating(school, "bob"), organization=school).counts == {"create": 1}


def test_another_organization_need_not_wait() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer")
    school, college = cast.organization(), cast.organization("college")
    first, second = creating(school, "ada"), creating(college, "ada")
    met = []

    apply(
        first, organization=school, record=lambda _: met.append(elsewhere(lambda: apply(second, organization=college)))
    )

    assert [outcome.counts for outcome in met] == [{"create": 1}]


def test_a_failure_at_the_last_moment_leaves_nothing() -> None:
    school = cast.organization()
    algebra, student = cast.course(school), cast.role(school)
    group = cast.course_group(algebra)
    ada = cast.person(school)
    part = plans.part(
        seen=plans.seen((ada.pk, 1)),
        create_course_group=plans.rows(plans.GROUP, (-1, algebra.pk, "B")),
        update=plans.update({"person": ada.pk, "version": 1, "city": ("", "Ulm")}),
        create=plans.people(school, {"person": -1, "username": "bob"}),
        enrol=plans.rows(plans.ENROL, (-1, algebra.pk, student.pk, "active")),
        join=plans.rows(plans.JOIN, (-1, group.pk), (-1, group.pk)),
    )
    plan = plans.plan(school, part)

    with pytest.raises(StalePlan):
        apply(plan, organization=school)

    counts = {model.__name__: model.objects.count() for model in (Person, models.Enrolment, models.CourseGroup)}
    assert counts == {"Person": 1, "Enrolment": 0, "CourseGroup": 1}
    ada.refresh_from_db()
    school.refresh_from_db()
    assert (ada.version, ada.city, school.reference_version) == (1, "", 7)


def test_no_temporary_table_outlives_the_import() -> None:
    school = cast.organization()
    ada = cast.person(school)
    update = plans.update({"person": ada.pk, "version": 1, "city": ("", "Ulm")})

    apply(plans.plan(school, plans.part(seen=plans.seen((ada.pk, 1)), update=update)), organization=school)

    found = "SELECT relname FROM pg_class WHERE relpersistence = 't'"
    if connection.vendor == "sqlite":
        found = "SELECT name FROM sqlite_temp_master"
    assert engine().rows(found) == []


def test_a_course_that_went_meanwhile_makes_the_plan_stale() -> None:
    """The course is deleted without a new reference version, as only SQL typed manually could do."""
    school = cast.organization()
    algebra, student = cast.course(school), cast.role(school)
    enrol = plans.rows(plans.ENROL, (-1, algebra.pk, student.pk, "active"))
    plan = plans.plan(school, plans.part(create=plans.people(school, {"person": -1, "username": "ada"}), enrol=enrol))
    met = []

    def record(_: Outcome) -> None:
        engine().execute("DELETE FROM store_course WHERE id = %s", params=[algebra.pk])
        met.append(Course.objects.count())

    with pytest.raises(StalePlan):
        apply(plan, organization=school, record=record)

    assert met == [0]
    assert (Course.objects.count(), Person.objects.count()) == (1, 0)


def test_it_waits_for_who_is_changing_the_same_people_and_then_refuses() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    school = cast.organization()
    ada = cast.person(school)
    update = plans.update({"person": ada.pk, "version": 1, "city": ("", "Ulm")})
    plan = plans.plan(school, plans.part(seen=plans.seen((ada.pk, 1)), update=update))
    met: list[Any] = []
    applying = threading.Thread(target=lambda: met.append(elsewhere(lambda: apply(plan, organization=school))))

    with transaction.atomic():
        Person.objects.filter(pk=ada.pk).update(version=2, city="Bonn")
        applying.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while not engine().value(waiting):
            assert applying.is_alive()
    applying.join()

    assert [str(error) for error in met] == [
        "People changed since this plan was made: 1 (ada). Nothing was applied. Make the plan again."
    ]
    ada.refresh_from_db()
    assert (ada.version, ada.city) == (2, "Bonn")


def test_a_locked_database_is_reported_in_a_sentence() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("readers and writers of PostgreSQL wait for rows only")
    school = cast.organization()
    plan = creating(school, "ada")
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 0")

    def hold() -> Exception | None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                awaiting.set()
                done.wait()
            finally:
                cursor.execute("ROLLBACK")
        return None

    awaiting, done = threading.Event(), threading.Event()
    holder = threading.Thread(target=lambda: elsewhere(hold))
    holder.start()
    awaiting.wait()
    try:
        with pytest.raises(DatabaseProblem, match="The database is locked"):
            apply(plan, organization=school)
    finally:
        done.set()
        holder.join()
        connection.close()
    assert Person.objects.count() == 0


def test_a_lost_connection_is_reported_in_a_sentence() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    school = cast.organization()
    plan = creating(school, "ada")

    def record(_: Outcome) -> None:
        pid = engine().value("SELECT pg_backend_pid()")
        elsewhere(lambda: engine().value("SELECT pg_terminate_backend(%s)", params=[pid]))
        Person.objects.count()

    with pytest.raises(DatabaseProblem, match="doesn't answer"):
        apply(plan, organization=school, record=record)

    connection.close()
    assert Person.objects.count() == 0


def test_text_that_no_database_stores_is_refused() -> None:
    """NUL ends a string in PostgreSQL's protocol."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite stores it")
    school = cast.organization()

    with pytest.raises(PlanError, match="can't store"):
        apply(creating(school, "a\0da"), organization=school)
