"""Unlisted people become inactive: one anti-join, checked again when it is applied."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enlist.core.errors import StalePlan
from enlist.core.plan.plan import Plan
from enlist.core.policy import Policy
from enlist.services.imports.plan import import_apply, import_plan, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.store.models import Organization, Person
from enlist.store.scope import MACHINE, Scope

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
POLICY = Policy().replace(unlisted="deactivate", existing_people="update", new_people="skip")


def planned(of: Organization, *names: str, actor: Person | None = None, **settings: Any) -> Plan:
    file = "\n".join(["username,email", *(f"{name},{name}@x.org" for name in names)]).encode()
    order = ImportRequest(source=file, name="people.csv", policy=POLICY.replace(**settings), preset="moodle")
    return import_plan(Scope(of, actor or MACHINE), request=order, batch=2).plan


def states(of: Organization) -> dict[str, str]:
    return dict(Person.objects.filter(organization=of).order_by("pk").values_list("username", "state"))


def school_of(*names: str, slug: str = "school") -> Organization:
    school = cast.organization(slug, settings=cast.UNBRAKED)
    for name in names:
        cast.person(school, username=name, email=f"{name}@x.org", source="import")
    return school


def test_unlisted_people_become_inactive_and_an_undo_reactivates_them() -> None:
    school, college = school_of("ann", "bob", "cyd", "dee"), school_of("dee", slug="college")
    cast.person(school, username="eve", site_role="admin")
    plan = planned(school, "ann", "Bob", "cyd")

    done = import_apply(Scope(school, MACHINE), plan=plan)
    after = states(school)
    undo = import_undo_plan(Scope(school, MACHINE), number=done.number)
    import_apply(Scope(school, MACHINE), plan=undo)

    assert done.verbs == {"deactivate": 1}
    assert after == {"ann": "active", "bob": "active", "cyd": "active", "dee": "inactive", "eve": "active"}
    assert set(states(school).values()) == {"active"}
    assert states(college) == {"dee": "active"}


@pytest.mark.parametrize("settings", [{}, {"match_by": "email"}, {"match_by": "idnumber,email,username"}])
def test_a_person_with_any_key_of_the_file_is_listed(settings: dict[str, Any]) -> None:
    school = school_of("ann", "bob", "cyd")

    assert planned(school, "bob", actor=None, **settings).head.verbs == {"deactivate": 2}


def test_the_importer_is_never_missing() -> None:
    school = school_of("ann", "bob", "cyd")

    Person.objects.filter(username="bob").update(site_role="manager")
    plan = planned(school, "ann", actor=Person.objects.get(username="bob"))

    assert [part.frames["deactivate"].height for part in plan.parts if part.frames] == [1]


@pytest.mark.parametrize(
    ("newcomer", "settings", "is_stale"),
    [
        ({"source": "import"}, {}, True),
        ({"source": "manual"}, {}, False),
        ({"source": "manual"}, {"unlisted_manual_people": "treat_alike"}, True),
        ({"source": "import", "state": "inactive"}, {}, False),
        ({"source": "import", "site_role": "admin"}, {}, False),
    ],
)
def test_a_newcomer_who_would_be_deactivated_makes_the_plan_stale(
    newcomer: dict[str, str], settings: dict[str, Any], is_stale: bool
) -> None:
    school = school_of("ann", "bob")
    plan = planned(school, "ann", **settings)
    cast.person(school, username="zoe", email="zoe@x.org", **newcomer)

    if is_stale:
        with pytest.raises(StalePlan, match="1 more people who aren't in the file came"):
            import_apply(Scope(school, MACHINE), plan=plan)
    else:
        import_apply(Scope(school, MACHINE), plan=plan)

    after = {"ann": "active", "bob": "active" if is_stale else "inactive", "zoe": newcomer.get("state", "active")}
    assert states(school) == after


def test_somebody_who_became_active_again_makes_the_plan_stale() -> None:
    school = school_of("ann", "bob", "cyd")
    Person.objects.filter(username="cyd").update(state="inactive")
    plan = planned(school, "ann")
    Person.objects.filter(username="cyd").update(state="active", version=2)

    with pytest.raises(StalePlan):
        import_apply(Scope(school, MACHINE), plan=plan)


@pytest.mark.spec("NE-11")
def test_a_file_much_shorter_than_the_last_misses_nobody() -> None:
    school = school_of(*"abcde")
    import_apply(Scope(school, MACHINE), plan=planned(school, *"abcde"))

    plan = planned(school, "a", "b")

    assert plan.head.verbs == {}
    assert plan.head.flags["absence_shrunk"] == 1


def test_the_number_of_queries_does_not_grow_with_the_people() -> None:
    counts = []
    for size in (3, 30):
        school = school_of(*(f"p{number}" for number in range(size)), slug=f"school-{size}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            import_apply(Scope(school, MACHINE), plan=planned(school, "p0", "p1"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
