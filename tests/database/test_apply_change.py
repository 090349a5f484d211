"""Updates, removals and their inverses: whole frames, keys in two steps, new versions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.db import connection

from enlist.core.changes import VERBS, kept_with_people, relation_of, walks
from enlist.core.errors import PlanError, StalePlan
from enlist.core.plan.plan import Part, Plan
from enlist.store.apply import apply
from enlist.store.apply.run import writer_of
from enlist.store.directory.snapshot import dump
from enlist.store.engine import engine
from enlist.store.models import (
    Account,
    Course,
    CourseGroup,
    Enrolment,
    Group,
    GroupMembership,
    Organization,
    Person,
    Role,
)

from . import plans
from . import school as cast

pytestmark = pytest.mark.django_db


def people(*columns: str) -> list[tuple[Any, ...]]:
    return list(Person.objects.order_by("pk").values_list(*columns))


def renaming(*people: Person, to: list[str]) -> pl.DataFrame:
    return plans.update(
        *(
            {
                "person": person.pk,
                "version": person.version,
                "username": (person.username, name),
                "username_key": (person.username_key, name.lower()),
            }
            for person, name in zip(people, to, strict=True)
        )
    )


def seeing(*people: Person, **frames: pl.DataFrame) -> Part:
    return plans.part(seen=plans.seen(*((person.pk, person.version) for person in people)), **frames)


def applied(of: Organization, *parts: Part, **head: Any) -> Plan:
    plan = plans.plan(of, *parts, **head)
    apply(plan, organization=of)
    return plan


def test_it_sets_the_fields_of_the_frame_and_no_others() -> None:
    school = cast.organization()
    house, nick, motto = (cast.profile_field(school, name) for name in ("house", "nick", "motto"))
    ada = cast.person(school, city="Turin", email="a@example.com", profile={str(house.pk): "red", str(nick.pk): "A"})
    bob = cast.person(school, username="bob", city="Ulm", version=9, profile={str(motto.pk): "on"})
    frame = plans.update(
        {
            "person": ada.pk,
            "version": 1,
            "city": ("Turin", 'O"\\.é'),
            "email": ("a@example.com", "B@example.com"),
            "email_key": ("a@example.com", "b@example.com"),
            "profile_field_house": ("red", None),
            "profile_field_motto": (None, 'q"\n'),
        },
        {
            "person": bob.pk,
            "version": 9,
            "city": ("Ulm", "Ulm"),
            "email": ("", ""),
            "email_key": ("", ""),
            "profile_field_house": (None, "blue"),
            "profile_field_motto": ("on", "on"),
        },
    )

    stamp = apply(plans.plan(school, seeing(ada, bob, update=frame)), organization=school).stamp

    assert people("username", "version", "city", "email", "email_key", "email_claim", "state", "profile") == [
        (
            "ada",
            stamp,
            'O"\\.é',
            "B@example.com",
            "b@example.com",
            "b@example.com",
            "active",
            {str(nick.pk): "A", str(motto.pk): 'q"\n'},
        ),
        ("bob", stamp, "Ulm", "", "", None, "active", {str(house.pk): "blue", str(motto.pk): "on"}),
    ]


@pytest.mark.parametrize("in_one_part", [True, False])
def test_people_may_swap_their_names_and_addresses(in_one_part: bool) -> None:
    school = cast.organization()
    ada, bob = cast.person(school, email="a@x.org"), cast.person(school, username="bob", email="b@x.org")
    frame = plans.update(
        *(
            {
                "person": one.pk,
                "version": 1,
                "username": (one.username, other.username),
                "username_key": (one.username_key, other.username_key),
                "email": (one.email, other.email),
                "email_key": (one.email_key, other.email_key),
            }
            for one, other in ((ada, bob), (bob, ada))
        )
    )
    frames = [frame] if in_one_part else [frame[:1], frame[1:]]

    applied(school, *(seeing(ada, bob, update=frame) for frame in frames))

    assert people("username_key", "email_key", "email_claim") == [
        ("bob", "b@x.org", "b@x.org"),
        ("ada", "a@x.org", "a@x.org"),
    ]


def test_new_people_take_names_that_others_give_up_in_a_later_part() -> None:
    school = cast.organization()
    ada, bob = cast.person(school, email="a@x.org"), cast.person(school, username="bob")
    new = plans.people(school, {"person": -1, "username": "ada"}, {"person": -2, "username": "bob", "email": "a@x.org"})
    readdressed = plans.update(
        {
            "person": ada.pk,
            "version": 1,
            "username": ("ada", "eve"),
            "username_key": ("ada", "eve"),
            "email_key": ("a@x.org", ""),
        }
    )
    removed = plans.people(school, {"person": bob.pk, "version": 1, "username": "bob"}, versions=True)
    applied(school, plans.part(create=new), seeing(ada, update=readdressed), seeing(bob, remove=removed))

    assert people("username_key", "email_claim", "state") == [
        ("eve", None, "active"),
        (None, None, "removed"),
        ("ada", None, "active"),
        ("bob", "a@x.org", "active"),
    ]


def test_who_leaves_is_restored_with_all_that_was_theirs() -> None:
    school = cast.organization()
    house = cast.profile_field(school, "house")
    algebra, student = cast.course(school), cast.role(school)
    red = cast.course_group(algebra, "red")
    ada = cast.person(school, email="a@x.org", state="inactive", profile={str(house.pk): "red"})
    cast.person(school, username="bob")
    cast.enrolment(ada, course=algebra, role=student, status="suspended")
    cast.member(ada, course_group=red)
    before = dump(school)
    whole = plans.people(
        school,
        {"person": ada.pk, "version": 1, "username": "ada", "email": "a@x.org", "state": "inactive"},
        versions=True,
    )
    enrolments = plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, "suspended"))
    members = plans.rows(plans.JOIN, (ada.pk, red.pk))

    applied(school, seeing(ada, leave=members, unenrol=enrolments, remove=whole))

    assert list(dump(school)["people"]) == ["bob"]
    assert Enrolment.objects.get().status == "ended"
    ada.refresh_from_db()
    assert (ada.state, ada.username_key, ada.email_key, ada.email_claim) == ("removed", None, "", None)
    back = whole.with_columns(version=pl.lit(ada.version, pl.Int64))
    applied(school, seeing(ada, restore=back, enrol=enrolments, join=members))
    assert dump(school) == before


def test_the_removed_are_enrolled_nowhere() -> None:
    school = cast.organization()
    algebra, student, ada = cast.course(school), cast.role(school), cast.person(school)
    cast.enrolment(ada, course=algebra, role=student)
    cast.member(ada, course_group=cast.course_group(algebra))
    chess = Group.objects.create(organization=school, name="Chess")
    GroupMembership.objects.create(organization=school, person=ada, group=chess)
    whole = plans.people(school, {"person": ada.pk, "version": 1, "username": "ada"}, versions=True)

    applied(school, seeing(ada, remove=whole))

    of_people = kept_with_people()
    nowhere: dict[str, Any] = {each.name: [] for each in of_people}
    groups = {
        "course_group": [("algebra", "A")],
        "group": [("", "Chess", True)],
        "condition": [],
        "group_condition": [],
        "group_course": [],
    }
    assert dump(school) == {"people": {}, **groups, **nowhere}
    assert GroupMembership.objects.count() == 0


def test_a_course_group_goes_when_its_last_members_leave() -> None:
    school = cast.organization()
    algebra = cast.course(school)
    red, ada = cast.course_group(algebra, "red"), cast.person(school)
    cast.member(ada, course_group=red)
    drop = plans.rows(plans.GROUP, (red.pk, algebra.pk, "red"))

    applied(
        school,
        plans.part(drop_course_group=drop, seen=plans.seen()),
        seeing(ada, leave=plans.rows(plans.JOIN, (ada.pk, red.pk))),
    )

    assert CourseGroup.objects.count() == 0
    school.refresh_from_db()
    assert school.reference_version != 7


def test_an_undo_gives_old_versions_back() -> None:
    school = cast.organization()
    algebra, student = cast.course(school), cast.role(school)
    ada, bob, cyd = (cast.person(school, username=name, version=5, city="Ulm") for name in ("ada", "bob", "cyd"))
    cast.enrolment(bob, course=algebra, role=student)
    seen = plans.seen((ada.pk, 5), (bob.pk, 5), (cyd.pk, 5)).with_columns(pl.Series("after:version", [3, 4, None]))
    cities = [{"person": person.pk, "version": 5, "city": ("Ulm", "Bonn")} for person in (ada, cyd)]
    part = plans.part(
        seen=seen,
        update=plans.update(*cities),
        unenrol=plans.rows(plans.ENROL, (bob.pk, algebra.pk, student.pk, "active")),
    )

    stamp = apply(plans.plan(school, part, kind="undo"), organization=school).stamp

    assert people("username", "version", "city") == [("ada", 3, "Bonn"), ("bob", 4, "Ulm"), ("cyd", stamp, "Bonn")]


def test_accounts_sign_in_by_the_name_their_person_has() -> None:
    school = cast.organization()
    ada, bob, cyd = (cast.person(school, username=name) for name in ("ada", "bob", "cyd"))
    for person in (ada, bob, cyd):
        key = f"{school.pk}:{person.username_key}"
        Account.objects.create(organization=school, person=person, login_key=key, password="!")
    gone = plans.people(school, {"person": cyd.pk, "version": 1, "username": "cyd"}, versions=True)

    applied(school, seeing(ada, bob, cyd, update=renaming(ada, bob, to=["Bob", "Ada"]), remove=gone))

    found = Account.objects.order_by("person").values_list("login_key", flat=True)
    assert list(found) == [f"{school.pk}:bob", f"{school.pk}:ada", None]


def turning(*people: Person) -> pl.DataFrame:
    return plans.seen(*((person.pk, person.version) for person in people))


def test_the_deactivated_cannot_sign_in_and_lose_nothing_else() -> None:
    school = cast.organization()
    algebra, student, ada = cast.course(school), cast.role(school), cast.person(school, email="a@x.org")
    cast.enrolment(ada, course=algebra, role=student)
    cast.member(ada, course_group=cast.course_group(algebra))
    account = Account.objects.create(organization=school, person=ada, login_key=f"{school.pk}:ada")
    account.set_password("a long pass phrase")
    account.save()
    whole = dump(school)

    def signed_in() -> object:
        return authenticate(None, login_key=account.login_key, password="a long pass phrase")

    before = signed_in()

    applied(school, seeing(ada, deactivate=turning(ada)))

    ada.refresh_from_db()
    assert (before, signed_in(), ModelBackend().get_user(account.pk)) == (account, None, None)
    assert ada.state == "inactive"
    whole["people"]["ada"]["state"] = "inactive"
    assert dump(school) == whole
    applied(school, seeing(ada, reactivate=turning(ada)))
    assert signed_in() == account


def test_a_person_can_be_updated_and_deactivated_at_once() -> None:
    school = cast.organization()
    ada, bob = cast.person(school), cast.person(school, username="bob", state="inactive")
    names = renaming(ada, bob, to=["Bob", "Ada"])

    frames = {"update": names, "deactivate": turning(ada), "reactivate": turning(bob)}
    stamp = apply(plans.plan(school, seeing(ada, bob, **frames)), organization=school).stamp

    assert people("username", "state", "version") == [("Bob", "inactive", stamp), ("Ada", "active", stamp)]


@pytest.mark.parametrize(("verb", "old"), [("deactivate", "active"), ("reactivate", "inactive")])
def test_a_state_is_left_if_somebody_else_changed_the_person(verb: str, old: str) -> None:
    school = cast.organization()
    ada = cast.person(school, state=old, version=5)

    with pytest.raises(StalePlan):
        applied(school, seeing(ada, **{verb: plans.seen((ada.pk, 4))}))

    assert people("state", "version") == [(old, 5)]


@pytest.mark.parametrize(("verb", "state"), [("deactivate", "inactive"), ("reactivate", "active")])
def test_it_refuses_to_turn_who_is_turned_already(verb: str, state: str) -> None:
    school = cast.organization()
    ada = cast.person(school, state=state)

    told = stale(school, seeing(ada, **{verb: turning(ada)}))

    assert told == "1 of 1 changes don't fit the directory any more. Nothing was applied."


def test_a_state_is_no_field_that_an_update_could_set() -> None:
    school = cast.organization()
    ada = cast.person(school)
    update = plans.update({"person": ada.pk, "version": 1, "state": ("active", "inactive")})

    with pytest.raises(PlanError, match="things that people don't have: state"):
        applied(school, seeing(ada, update=update))


def stale(of: Organization, *parts: Part) -> str:
    """The sentence, after checking that nothing was written."""
    plan = plans.plan(of, *parts)
    before, versions = dump(of), people("version", "username_key")
    with pytest.raises(StalePlan) as caught:
        apply(plan, organization=of)
    assert (dump(of), people("version", "username_key")) == (before, versions)
    return caught.value.message


def test_it_refuses_when_anybody_it_has_seen_changed() -> None:
    school = cast.organization()
    names = ("ada", "bob", "cyd", "dan", "eve")
    seen = [cast.person(school, username=name) for name in names]
    part = seeing(*seen, update=renaming(seen[0], to=["zoe"]))
    Person.objects.exclude(username="ada").update(version=2)

    assert stale(school, part) == "People changed since this plan was made: 4 (bob, cyd, dan, …). Nothing was applied."
    Person.objects.exclude(username="eve").update(version=1)
    assert stale(school, part) == "People changed since this plan was made: 1 (eve). Nothing was applied."


def test_it_refuses_when_somebody_it_has_seen_is_gone() -> None:
    school = cast.organization()
    ada, bob = cast.person(school), cast.person(school, username="bob")
    part = seeing(ada, bob, update=renaming(ada, to=["zoe"]))
    bob.delete()

    assert stale(school, part) == "People changed since this plan was made: 1. Nothing was applied."


def test_it_refuses_when_a_new_name_was_taken_meanwhile() -> None:
    school = cast.organization()
    ada = cast.person(school)
    cast.person(school, username="zoe")

    assert "was taken" in stale(school, seeing(ada, update=renaming(ada, to=["Zoe"])))


def test_it_refuses_when_an_enrolment_or_a_membership_is_no_longer_there() -> None:
    school = cast.organization()
    algebra, student, ada = cast.course(school), cast.role(school), cast.person(school)
    red = cast.course_group(algebra)
    cast.enrolment(ada, course=algebra, role=student, status="suspended")
    unenrol = plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, "active"))
    leave = plans.rows(plans.JOIN, (ada.pk, red.pk))

    told = [stale(school, seeing(ada, unenrol=unenrol)), stale(school, seeing(ada, leave=leave))]

    assert told == ["1 of 1 changes don't fit the directory any more. Nothing was applied."] * 2


@pytest.mark.parametrize("in_one_part", [True, False])
def test_it_refuses_to_update_somebody_twice(in_one_part: bool) -> None:
    """Whichever came last would win."""
    school = cast.organization()
    ada = cast.person(school)
    frames = [plans.update({"person": ada.pk, "version": 1, "city": ("", city)}) for city in ("Ulm", "Bonn")]
    parts = [seeing(ada, update=frame) for frame in ([pl.concat(frames)] if in_one_part else frames)]

    told = stale(school, *parts)

    assert told == f"1 of {3 - len(parts)} changes don't fit the directory any more. Nothing was applied."


def changing(person: Person, *, course: Course, role: Role, was: str) -> pl.DataFrame:
    """A frame that suspends an enrolment."""
    schema = relation_of("change_enrolment").schema_of(VERBS["change_enrolment"])
    cells = {"person": person.pk, "course": course.pk, "role": role.pk, "source": "import"}
    images = {"before:status": was, "after:status": "suspended", "after:start": "2027-01-01 00:00:00"}
    return pl.DataFrame([{name: (cells | images).get(name) for name in schema}], schema=schema)


def enrolled(school: Organization) -> tuple[Person, Course, Role]:
    """Ada in two courses and two roles, and bob beside her."""
    ada, algebra, student = cast.person(school), cast.course(school), cast.role(school)
    for person in (ada, cast.person(school, username="bob")):
        cast.enrolment(person, course=algebra, role=student)
    cast.enrolment(ada, course=algebra, role=cast.role(school, "teacher"))
    cast.enrolment(ada, course=cast.course(school, "latin"), role=student)
    return ada, algebra, student


def statuses() -> dict[tuple[str, str, str], str]:
    found = Enrolment.objects.values_list("person__username", "course__shortname", "role__shortname", "status")
    return {(person, course, role): status for person, course, role, status in found}


@pytest.mark.parametrize(("verb", "status"), [("change_enrolment", "suspended"), ("unenrol", "ended")])
def test_one_enrolment_changes_and_no_other(verb: str, status: str) -> None:
    school = cast.organization()
    ada, algebra, student = enrolled(school)
    frame = changing(ada, course=algebra, role=student, was="active")
    if verb == "unenrol":
        frame = plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, "active"))

    applied(school, seeing(ada, **{verb: frame}))

    assert [key for key, now in statuses().items() if now != "active"] == [("ada", "algebra", "student")]
    assert statuses()["ada", "algebra", "student"] == status


@pytest.mark.parametrize("verb", ["suspend_enrolment", "resume_enrolment"])
def test_only_an_enrolment_that_a_group_made_is_suspended_and_resumed_by_groups(verb: str) -> None:
    school = cast.organization()
    ada, algebra, student = enrolled(school)
    frame = changing(ada, course=algebra, role=student, was="active")

    told = stale(school, seeing(ada, **{verb: frame}))
    Enrolment.objects.update(source="group")
    applied(school, seeing(ada, **{verb: frame}))

    assert told == "1 of 1 changes don't fit the directory any more. Nothing was applied."
    assert [key for key, now in statuses().items() if now != "active"] == [("ada", "algebra", "student")]


@pytest.mark.parametrize(("now", "was"), [("active", "suspended"), ("ended", "active"), ("ended", "ended")])
def test_it_refuses_to_change_an_enrolment_that_is_not_as_the_plan_knows_it(now: str, was: str) -> None:
    school = cast.organization()
    ada, algebra, student = enrolled(school)
    Enrolment.objects.update(status=now)
    ends = plans.rows(plans.ENROL, (ada.pk, algebra.pk, student.pk, was))

    told = [
        stale(school, seeing(ada, change_enrolment=changing(ada, course=algebra, role=student, was=was))),
        stale(school, seeing(ada, unenrol=ends)),
    ]

    assert told == ["1 of 1 changes don't fit the directory any more. Nothing was applied."] * 2


def test_a_plan_names_no_stranger_who_changed() -> None:
    school, college = cast.organization(), cast.organization("college")
    stranger = cast.person(college, version=2)
    part = plans.part(seen=plans.seen((stranger.pk, 1)), deactivate=plans.seen((stranger.pk, 1)))

    assert stale(school, part) == "People changed since this plan was made: 1. Nothing was applied."


def test_strangers_stay_as_they_are() -> None:
    school, college = cast.organization(), cast.organization("college")
    ada, stranger = cast.person(school), cast.person(college, email="a@x.org")
    before = dump(college)
    new = plans.people(school, {"person": -1, "username": "bob", "email": "a@x.org"})

    applied(school, seeing(ada, update=renaming(ada, to=["Eve"]), create=new))

    assert dump(college) == before
    stranger.refresh_from_db()
    assert stranger.version == 1
    assert stale(school, seeing(stranger, update=renaming(stranger, to=["mine"]))) == (
        "People changed since this plan was made: 1. Nothing was applied."
    )


def test_it_refuses_a_plan_that_is_not_what_its_head_says() -> None:
    school = cast.organization()
    plan = plans.plan(school, plans.part(create=plans.people(school, {"person": -1, "username": "ada"})))

    with pytest.raises(PlanError, match="don't match its summary"):
        apply(Plan(head=plan.head, parts=[*plan.parts, *plan.parts]), organization=school)


def test_every_verb_can_be_applied() -> None:
    assert all(callable(writer_of(verb)) for verb in VERBS)
    assert [verb for walk in walks(VERBS) for verb in walk] == list(VERBS)


def test_who_is_removed_goes_after_what_ends_by_itself_in_any_part() -> None:
    """Removing somebody takes along what they have, so nothing would be left to end."""
    assert walks(["create", "leave", "remove"]) == [("leave",), ("remove",), ("create",)]
    assert walks(["leave", "drop_course_group", "join"]) == [("leave", "drop_course_group"), ("join",)]


@contextmanager
def explained() -> Iterator[list[str]]:
    """What the database means to do for every statement that changes or compares rows, as it comes."""
    told: list[str] = []

    def ask(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("UPDATE", "DELETE", "SELECT count")) and "store_" in sql:
            how = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            cursor = context["cursor"]
            execute(f"{how} {sql}", params, many, context)
            told.append("\n".join([sql, *(str(row[-1]) for row in cursor.fetchall())]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ask):
        yield told


@pytest.mark.parametrize("is_analysed", [True, False])
def test_few_people_are_changed_by_index_in_a_filled_directory(is_analysed: bool) -> None:
    if connection.vendor == "postgresql" and not is_analysed:
        pytest.skip("PostgreSQL analyses by itself")
    school = cast.organization()
    cast.fill(school, people=5_000)
    cast.fill_courses(school)
    algebra, student, red = Course.objects.get(), Role.objects.get(), CourseGroup.objects.get()
    if is_analysed:
        engine().execute("ANALYZE")
    one, two, three = Person.objects.order_by("pk")[:3]
    part = seeing(
        one,
        two,
        three,
        leave=plans.rows(plans.JOIN, (one.pk, red.pk), (two.pk, red.pk)),
        unenrol=plans.rows(plans.ENROL, (two.pk, algebra.pk, student.pk, "active")),
        remove=plans.people(school, {"person": two.pk, "version": 1, "username": "u1"}, versions=True),
        update=renaming(three, to=["zoe"]),
    )
    plan = plans.plan(school, part)

    with explained() as told:
        apply(plan, organization=school)

    assert len(told) >= 8
    big = ("store_person", "store_enrolment", "store_coursegroupmember")
    scans = tuple([f"Seq Scan on {table} " for table in big] + [f"SCAN {name} " for name in (*big, "p", "e", "m")])
    scanning = [plan for plan in told if any(f"{line.strip(' ->')} ".startswith(scans) for line in plan.splitlines())]
    assert scanning == []
