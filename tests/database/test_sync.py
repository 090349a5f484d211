"""The preset `sync`: the file is the truth about people and the groups that imports made."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.formats import write
from enlist.services.imports.plan import import_apply, import_plan, import_undo_plan
from enlist.services.imports.request import ImportRequest
from enlist.services.people.edit import person_set
from enlist.services.people.listing import people_export
from enlist.store.directory.snapshot import dump
from enlist.store.models import Group, GroupMembership, Organization, Person
from enlist.store.scope import MACHINE, Scope
from tests.support.workbooks import made

from . import school as cast

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "username,firstname,lastname,email,groups,status"
FILE = f"""{HEAD}
ann,Ann,Ode,ann@x.org,Year 7; Choir,active
bob,Bob,Li,bob@x.org,Year 7,active
cyd,Cyd,Ng,cyd@x.org,,inactive
"""


@pytest.fixture
def scope() -> Scope:
    return Scope(cast.organization(settings=cast.UNBRAKED), MACHINE)


def planned(scope: Scope, file: str | bytes, *, name: str = "people.csv", settings: tuple[str, ...] = ()) -> Plan:
    source = file.encode() if isinstance(file, str) else file
    policy = preset("sync").configure(settings)
    return import_plan(scope, request=ImportRequest(source=source, name=name, preset="sync", policy=policy)).plan


def imported(scope: Scope, file: str | bytes, **more: Any) -> int:
    return import_apply(scope, plan=planned(scope, file, **more), invite=False).number


def groups_of(scope: Scope) -> dict[str, list[str]]:
    """Group (with its kind) → usernames and how they came into it."""
    found: dict[str, list[str]] = {}
    for each in Group.objects.filter(organization=scope.organization).order_by("name", "kind"):
        mine = GroupMembership.objects.filter(group=each).select_related("person").order_by("person__username")
        found[f"{each.name} ({each.kind})"] = [f"{one.person.username}, {one.source}" for one in mine]
    return found


def states(of: Organization) -> dict[str, str]:
    return dict(Person.objects.filter(organization=of).order_by("username").values_list("username", "state"))


@pytest.mark.spec("NE-01", "NE-16")
def test_a_list_creates_people_and_groups_and_the_next_one_moves_them(scope: Scope) -> None:
    imported(scope, FILE)
    first = groups_of(scope)

    second = FILE.replace("Year 7; Choir", "Choir").replace("Cyd,Ng", "Cyd,Nguyen").replace("inactive", "active")
    number = imported(scope, second)
    after = groups_of(scope)
    import_apply(scope, plan=import_undo_plan(scope, number=number))

    assert first == {"Choir (import)": ["ann, import"], "Year 7 (import)": ["ann, import", "bob, import"]}
    assert after == {"Choir (import)": ["ann, import"], "Year 7 (import)": ["bob, import"]}
    assert groups_of(scope) == first
    assert states(scope.organization) == {"ann": "active", "bob": "active", "cyd": "inactive"}


@pytest.mark.spec("NE-18", "NE-20")
def test_a_manual_group_of_the_same_name_never_changes(scope: Scope) -> None:
    eve = cast.person(scope.organization, username="eve", email="eve@x.org")
    manual = Group.objects.create(organization=scope.organization, name="Year 7")
    GroupMembership.objects.create(organization=scope.organization, group=manual, person=eve)

    plan = planned(scope, FILE + "eve,Eve,Oz,eve@x.org,,active\n")
    import_apply(scope, plan=plan, invite=False)

    assert plan.head.flags["groups_twin"] == 2
    assert groups_of(scope) == {
        "Choir (import)": ["ann, import"],
        "Year 7 (import)": ["ann, import", "bob, import"],
        "Year 7 (manual)": ["eve, manual"],
    }
    assert planned(scope, FILE + "eve,Eve,Oz,eve@x.org,,active\n").is_empty


@pytest.mark.spec("NE-07", "NE-09", "NE-12")
def test_who_is_listed_is_updated_and_reactivated_however_they_came(scope: Scope) -> None:
    cast.person(scope.organization, username="ann", firstname="Anna", lastname="Ode", source="manual", state="inactive")

    imported(scope, FILE)

    ann = Person.objects.get(organization=scope.organization, username="ann")
    assert (ann.state, ann.firstname, ann.email, ann.source) == ("active", "Ann", "ann@x.org", "manual")


@pytest.mark.spec("NE-25", "NE-01")
def test_a_username_that_was_changed_manually_is_the_one_to_list(scope: Scope) -> None:
    imported(scope, FILE)
    person_set(scope, username="ann", values={"username": "ann2"})

    plan = planned(scope, FILE.replace("ann,", "ann2,", 1))

    assert plan.head.verbs == {}


@pytest.mark.spec("NE-04")
def test_a_misspelled_username_is_suggested_by_name_and_by_address(scope: Scope) -> None:
    other = Scope(cast.organization("other", settings=cast.UNBRAKED), MACHINE)
    imported(other, FILE)
    imported(scope, FILE)
    cyd = Person.objects.filter(organization=scope.organization, username="cyd")
    cyd.update(email="", email_key="", email_claim=None)

    plan = planned(scope, FILE.replace("bob,", "bobb,", 1).replace("cyd,", "cydd,", 1).replace("ann,", "anna,", 1))

    found = plan.flags().filter(code="username_close").sort("row").select("value", "detail", "field").rows()
    assert found == [("anna", "ann", "username"), ("bobb", "bob", "username"), ("cydd", "cyd", "username")]
    assert planned(other, FILE).flags().filter(code="username_close").is_empty()


@pytest.mark.spec("NE-03")
def test_enrolments_stay_as_they_are(scope: Scope) -> None:
    algebra, student = cast.course(scope.organization), cast.role(scope.organization)
    imported(scope, FILE)
    ann = Person.objects.get(organization=scope.organization, username="ann")
    cast.enrolment(ann, course=algebra, role=student)
    before = dump(scope.organization)["enrolment"]

    imported(scope, FILE.replace("Ann,Ode", "Anna,Ode").replace("Year 7; Choir", ""))

    assert len(before) == 1
    assert dump(scope.organization)["enrolment"] == before


@pytest.mark.spec("NE-21")
def test_the_home_group_is_for_people_whom_this_import_creates(scope: Scope) -> None:
    above = Group.objects.create(organization=scope.organization, name="Pupils")
    Group.objects.create(organization=scope.organization, name="New", parent=above)
    cast.person(scope.organization, username="ann", email="ann@x.org")

    imported(scope, FILE, settings=("home_group=New",))

    assert groups_of(scope)["New (manual)"] == ["bob, import", "cyd, import"]
    assert planned(scope, FILE, settings=("home_group=New",)).is_empty


@pytest.mark.spec("NE-22", "NE-05", "NE-06", "NE-08", "NE-26")
def test_absence_means_the_members_of_the_group_and_of_those_below_it(scope: Scope) -> None:
    of = scope.organization
    year = Group.objects.create(organization=of, name="Year 7")
    below = Group.objects.create(organization=of, name="7a", parent=year)
    for name, group, source in (("ann", below, "import"), ("ben", below, "import"), ("cyd", year, "manual"),
                                ("dee", year, "import"), ("eve", None, "import")):  # fmt: skip
        who = cast.person(of, username=name, email=f"{name}@x.org", source=source)
        if group:
            GroupMembership.objects.create(organization=of, group=group, person=who)
    file = "username,firstname,lastname,email\nann,,,ann@x.org\n"
    settings = ("unlisted=deactivate", "unlisted_scope=group", "home_group=Year 7")

    plan = planned(scope, file, settings=settings)
    said = {code: (value, detail) for code, value, detail in plan.flags().select("code", "value", "detail").rows()}
    import_apply(scope, plan=plan)

    assert said["absence_scope"] == ("3", "the 4 active members of “Year 7” and 1 group below it")
    assert said["absent_kept"] == ("1", "1 created manually")
    assert said["absent_deactivated"] == ("2", None)
    assert [name for name, state in states(of).items() if state == "inactive"] == ["ben", "dee"]
    assert planned(scope, file).head.verbs == {}


@pytest.mark.spec("EN-10")
def test_an_export_is_imported_as_no_change(scope: Scope) -> None:
    of = scope.organization
    cast.profile_field(of, "house", kind="choice", options=["", "Oak"])
    cast.course(of, default_role=cast.role(of))
    manual = Group.objects.create(organization=of, name="Chess")
    imported(scope, FILE.replace("Choir", '"""Choir; tenors"""') + "dee,Dee,Oz,,Chess,active\n")
    GroupMembership.objects.create(organization=of, group=manual, person=Person.objects.get(username="bob"))
    before = dump(of)

    exported = people_export(scope).frame
    plan = planned(scope, write(exported), settings=("unlisted=deactivate",))

    assert exported.columns == [
        "username", "firstname", "lastname", "email", "profile_field_house", "groups", "status",
    ]  # fmt: skip
    assert (plan.is_empty, plan.head.people, plan.head.flags) == (True, {"unchanged": 4}, {})
    assert dump(of) == before


def as_format(frame: pl.DataFrame, *, kind: str) -> bytes:
    if kind == "xlsx":
        return made([frame.columns, *frame.rows()])
    return frame.write_csv(separator="\t" if kind == "tsv" else ",").encode()


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx"])
def test_format_and_order_make_no_difference(scope: Scope, kind: str) -> None:
    imported(scope, FILE)
    twin = Scope(cast.organization("twin", settings=cast.UNBRAKED), MACHINE)
    frame = pl.read_csv(FILE.encode(), infer_schema=False).fill_null("")
    columns = random.Random(3).sample(frame.columns, len(frame.columns))
    shuffled = as_format(frame.select(columns).sample(fraction=1, shuffle=True, seed=3), kind=kind)

    imported(twin, shuffled, name=f"people.{kind}")

    assert dump(twin.organization) == dump(scope.organization)
    assert planned(scope, shuffled, name=f"people.{kind}").is_empty
    assert planned(twin, FILE).is_empty
