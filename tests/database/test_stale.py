"""A plan is refused, without any change, if anything changed between planning and applying."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Part
from enlist.core.policy import Policy
from enlist.services.imports.plan import import_apply, imports_list
from enlist.store import models
from enlist.store.apply import apply, survey
from enlist.store.directory.snapshot import MANY
from enlist.store.setup.organization import add_courses, add_profile_fields
from tests.support.strategies import World, worlds
from tests.support.worlds import SCHOOL, directory, person, rows

from . import plans
from .worlds import Site, rows_of, stored

pytestmark = pytest.mark.django_db(transaction=True)

ANN, BOB, ZOE = 1, 2, 3
ART, BIO = 10, 11
STUDENT = 4
RED, BLUE = 20, 21

CHANGED = "People changed since this plan was made: 1 ({}). Nothing was applied."
REDEFINED = (
    "Courses, roles, course groups, profile fields or settings changed since this plan was made. Nothing was applied."
)
TAKEN = (
    "A username, an address, a unique value or an enrolment was taken, or a course was removed, since this "
    "plan was made. Nothing was applied."
)

Change = Callable[[Site], None]


@pytest.fixture(params=[1, MANY], ids=["many", "few"])
def _as_many_as_few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans that have seen many people are compared in another way."""
    monkeypatch.setattr(survey, "MANY", request.param)


def school(*, shared_email: bool = False, **settings: Any) -> Site:
    """Ann changes, Bob stays as he is, Cyd is new; nobody speaks of Zoe."""
    reference = replace(SCHOOL, shared_email=shared_email)
    known = (
        {"username": "ann", "email": "a@x.org", "idnumber": "1", "city": "Rome", "profile_field_grade": "1"},
        {"username": "bob", "email": "b@x.org", "idnumber": "2", "city": "Rome"},
        {"username": "zoe", "email": "z@x.org", "idnumber": "9"},
    )
    before = directory(
        *(person(number, reference=reference, **cells) for number, cells in enumerate(known, start=1)),
        reference=reference,
        enrolments=[(ANN, ART, STUDENT, "active"), (BOB, BIO, STUDENT, "active")],
        members=[(ANN, RED)],
    )
    cyd = {"username": "cyd", "email": "c@x.org", "idnumber": "3", "firstname": "Cyd", "lastname": "Ng"}
    columns = [*cyd, "city", "course1"]
    lines = rows({**known[0], "city": "Oslo", "course1": "BIO"}, known[1], {**cyd, "course1": "ART"}, columns=columns)
    policy = Policy().replace(existing_people="update", update_details="from_file", **settings)
    return stored(World(lines, before, policy))


def now(site: Site, number: int) -> models.Person:
    return models.Person.objects.get(pk=site.ids.people[number])


def made(site: Site, *parts: Part) -> None:
    """Somebody else's plan, applied."""
    apply(plans.plan(site.organization, *parts), organization=site.organization)


def beside(site: Site, number: int, **frames: Any) -> None:
    """A change of somebody's enrolments and course groups."""
    one = now(site, number)
    made(site, plans.part(seen=plans.seen((one.pk, one.version)), **frames))


def changes(number: int, **fields: tuple[str | None, str | None]) -> Change:
    def change(site: Site) -> None:
        one = now(site, number)
        frame = plans.update({"person": one.pk, "version": one.version, **fields})
        made(site, plans.part(seen=plans.seen((one.pk, one.version)), update=frame))

    return change


def moves(number: int, **fields: tuple[str, str]) -> Change:
    """A username or an address, with its key."""
    return changes(number, **fields, **{f"{name}_key": pair for name, pair in fields.items()})


def deactivated(site: Site) -> None:
    one = now(site, ANN)
    frame = plans.seen((one.pk, one.version))
    made(site, plans.part(seen=frame, deactivate=frame))


def there_and_back(site: Site) -> None:
    changes(ANN, city=("Rome", "Bonn"))(site)
    changes(ANN, city=("Bonn", "Rome"))(site)


def removed(site: Site) -> None:
    one = now(site, BOB)
    line = {"person": one.pk, "version": one.version, "username": one.username, "email": one.email}
    frame = plans.people(site.organization, line, versions=True)
    made(site, plans.part(seen=plans.seen((one.pk, one.version)), remove=frame))


def record_changes(number: int, *, verb: str, course: int, status: str = "active") -> Change:
    def change(site: Site) -> None:
        line = (site.ids.people[number], site.ids.courses[course], site.ids.roles[STUDENT], status)
        beside(site, number, **{verb: plans.rows(plans.ENROL, line)})

    return change


def suspended(site: Site) -> None:
    record_changes(ANN, verb="unenrol", course=ART)(site)
    record_changes(ANN, verb="enrol", course=ART, status="suspended")(site)


def groups(number: int, *, verb: str, group: int) -> Change:
    def change(site: Site) -> None:
        line = (site.ids.people[number], site.ids.course_groups[group])
        beside(site, number, **{verb: plans.rows(plans.JOIN, line)})

    return change


def joins_another(**cells: str) -> Change:
    """A new person."""

    def change(site: Site) -> None:
        made(site, plans.part(create=plans.people(site.organization, {"person": -1, "username": "dan", **cells})))

    return change


def a_group_is_made(site: Site) -> None:
    made(site, plans.part(create_course_group=plans.rows(plans.GROUP, (-1, site.ids.courses[ART], "Green"))))


def a_course_is_added(site: Site) -> None:
    add_courses(site.organization, courses={"LAW": {"name": "Law", "groups": []}})


def a_field_is_added(site: Site) -> None:
    add_profile_fields(site.organization, fields=[{"shortname": "shoe", "name": "Shoe"}])


def a_role_is_closed(site: Site) -> None:
    """Nothing changes roles yet; whatever will has to give the reference a new version."""
    models.Role.objects.filter(organization=site.organization, shortname="student").update(assignable=False)
    models.Organization.objects.filter(pk=site.organization.pk).update(reference_version=99)


ADDRESS = "The e-mail address “c@x.org” was given to {} since this plan was made. Nothing was applied."
NUMBER = "The ID number “3” was given to {} since this plan was made. Nothing was applied."
SHARED: dict[str, Any] = {"shared_email": True}


@pytest.mark.parametrize(
    ("given", "change", "sentence"),
    [
        pytest.param({}, changes(ANN, city=("Rome", "Bonn")), CHANGED.format("ann"), id="a cell the plan changes"),
        pytest.param({}, changes(ANN, url=("", "x.org")), CHANGED.format("ann"), id="a cell the plan leaves"),
        pytest.param({}, changes(BOB, city=("Rome", "Bonn")), CHANGED.format("bob"), id="somebody the plan leaves"),
        pytest.param({}, there_and_back, CHANGED.format("ann"), id="a cell, there and back"),
        pytest.param({}, moves(BOB, username=("bob", "rob")), CHANGED.format("rob"), id="a username"),
        pytest.param({}, moves(BOB, email=("b@x.org", "")), CHANGED.format("bob"), id="an address"),
        pytest.param({}, changes(BOB, idnumber=("2", "7")), CHANGED.format("bob"), id="an ID number"),
        pytest.param({}, deactivated, CHANGED.format("ann"), id="a state"),
        pytest.param({}, changes(BOB, site_role=("learner", "admin")), CHANGED.format("bob"), id="a role on the site"),
        pytest.param({}, changes(ANN, profile_field_grade=("1", "2")), CHANGED.format("ann"), id="a profile value"),
        pytest.param({}, changes(BOB, profile_field_house=(None, "x")), CHANGED.format("bob"), id="a first value"),
        pytest.param({}, removed, CHANGED.format("bob"), id="somebody is removed"),
        pytest.param({}, record_changes(ANN, verb="enrol", course=BIO), CHANGED.format("ann"), id="the enrolment"),
        pytest.param({}, record_changes(BOB, verb="enrol", course=ART), CHANGED.format("bob"), id="another enrolment"),
        pytest.param({}, record_changes(BOB, verb="unenrol", course=BIO), CHANGED.format("bob"), id="an end"),
        pytest.param({}, suspended, CHANGED.format("ann"), id="an enrolment is suspended"),
        pytest.param({}, groups(ANN, verb="leave", group=RED), CHANGED.format("ann"), id="a group is left"),
        pytest.param({}, groups(BOB, verb="join", group=BLUE), CHANGED.format("bob"), id="a group is joined"),
        pytest.param({}, a_course_is_added, REDEFINED, id="a course is added"),
        pytest.param({}, a_group_is_made, REDEFINED, id="a course group is made"),
        pytest.param({}, a_field_is_added, REDEFINED, id="a profile field is added"),
        pytest.param({}, a_role_is_closed, REDEFINED, id="a role is closed"),
        pytest.param({}, joins_another(username="cyd"), TAKEN, id="a new person takes the username"),
        pytest.param({}, joins_another(email="c@x.org"), TAKEN, id="a new person takes the address"),
        pytest.param(
            {}, moves(ZOE, email=("z@x.org", "c@x.org")), TAKEN,
            id="an existing person takes the address",
        ),
        pytest.param(
            SHARED, joins_another(email="c@x.org"), ADDRESS.format("dan"),
            id="a new person takes an address that the organisation lets people share, and the import does not",
        ),
        pytest.param(
            SHARED, moves(ZOE, email=("z@x.org", "c@x.org")),
            ADDRESS.format("zoe"), id="so does an existing person",
        ),
        pytest.param(
            SHARED | {"same_email": "allow", "match_by": ["email"]}, joins_another(email="c@x.org"),
            ADDRESS.format("dan"), id="a new person takes the address people are found by",
        ),
        pytest.param(
            {"match_by": ["username", "idnumber"]}, joins_another(idnumber="3"), NUMBER.format("dan"),
            id="a new person takes the ID number people are found by",
        ),
        pytest.param(
            {"match_by": ["username", "idnumber"]}, changes(ZOE, idnumber=("9", "3")), NUMBER.format("zoe"),
            id="an existing person takes the ID number people are found by",
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_as_many_as_few")
def test_it_refuses_a_plan_that_was_touched_since(given: dict[str, Any], change: Change, sentence: str) -> None:
    site = school(**given)
    plan = site.stage()
    change(site)
    before = rows_of(site)

    with pytest.raises(StalePlan) as refused:
        import_apply(site.scope, plan=plan)

    assert (refused.value.message, refused.value.hint) == (sentence, "Make the plan again.")
    assert rows_of(site) == before
    assert [each.state for each in imports_list(site.scope)] == ["failed"]


def somebody_signs_in(site: Site) -> None:
    models.Account.objects.create(
        organization=site.organization, person=now(site, ANN), login_key=f"{site.organization.pk}:ann",
        last_login=timezone.now(),
    )  # fmt: skip


def strangers_move(site: Site) -> None:
    stranger = school()
    a_course_is_added(stranger)
    changes(ANN, city=("Rome", "Bonn"))(stranger)
    joins_another(username="cyd", email="c@x.org", idnumber="3")(stranger)


@pytest.mark.parametrize(
    ("given", "change"),
    [
        pytest.param({}, lambda site: None, id="nothing"),
        pytest.param({}, changes(ZOE, city=("", "Bonn")), id="somebody nobody speaks of"),
        pytest.param({}, joins_another(email="d@x.org", idnumber="3"), id="a new person of no key that counts"),
        pytest.param(SHARED | {"same_email": "allow"}, joins_another(email="c@x.org"), id="an address to share"),
        pytest.param({}, somebody_signs_in, id="somebody signs in"),
        pytest.param({}, strangers_move, id="the same in another organisation"),
    ],
)
@pytest.mark.usefixtures("_as_many_as_few")
def test_it_applies_a_plan_that_was_not_touched(given: dict[str, Any], change: Change) -> None:
    site = school(**given)
    plan = site.stage()
    change(site)

    done = import_apply(site.scope, plan=plan)

    assert dict(done.verbs) == {"update": 1, "create": 1, "enrol": 2}
    assert now(site, ANN).city == "Oslo"


# In many worlds a plan sees nobody, or changes nothing.
@settings(max_examples=settings().max_examples // 2, suppress_health_check=[HealthCheck.filter_too_much])
@given(worlds(min_rows=1), st.data())
def test_it_refuses_a_plan_if_anybody_it_has_seen_has_changed(world: World, data: st.DataObject) -> None:
    site = stored(world)
    plan = site.stage()
    seen = {person for part in plan.parts for person in part.seen.get_column("person")}
    assume(seen and not plan.is_empty)
    one = models.Person.objects.get(pk=data.draw(st.sampled_from(sorted(seen))))
    frame = plans.update({"person": one.pk, "version": one.version, "url": ("", "x.org")})
    made(site, plans.part(seen=plans.seen((one.pk, one.version)), update=frame))
    before = rows_of(site)

    with pytest.raises(StalePlan) as refused:
        import_apply(site.scope, plan=plan)

    assert refused.value.message == CHANGED.format(one.username)
    assert rows_of(site) == before
