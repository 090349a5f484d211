"""Setting a site up, and the demo school."""

import csv
from importlib import resources

import pytest
from django.conf import settings

from enlist.core.errors import NotFound, PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.people.listing import people_export
from enlist.services.setup.organization import SetUp, organization_init
from enlist.store.directory import snapshot
from enlist.store.models import Organization, Person, ProfileField, Role
from tests.database.school import organization, person

pytestmark = pytest.mark.django_db


def done(organization: str, *, name: str, is_new: bool, demo_people: int = 0) -> SetUp:
    """What was done; the tests' own database has its tables."""
    return SetUp(0, organization, name, is_new, demo_people, home=str(settings.HOME))


def test_a_new_site_gets_an_organisation_with_the_standard_roles() -> None:
    assert organization_init(None) == done("main", name="Main", is_new=True)

    roles = Role.objects.order_by("id").values_list("shortname", "archetype", "assignable")
    in_courses = [(name, name, True) for name in ("student", "teacher", "editingteacher", "manager")]
    assert list(roles) == [*in_courses, ("coursecreator", "coursecreator", False)]


def test_doing_it_again_changes_nothing() -> None:
    organization_init("west-school", name="The West School")
    before = Organization.objects.values().get()

    assert organization_init("west-school") == done("west-school", name="The West School", is_new=False)
    assert organization_init(None).is_new is False
    assert (Organization.objects.values().get(), Role.objects.count()) == (before, 5)


@pytest.mark.parametrize("slug", ["", "West", "a b", "-x", "x" * 101, "é"])
def test_it_refuses_a_slug_that_cannot_be_typed(slug: str) -> None:
    with pytest.raises(PolicyError, match="can't be the short name of an organisation"):
        organization_init(slug)


def test_it_asks_which_organisation_where_there_are_several() -> None:
    organization("a")
    organization("b")

    with pytest.raises(NotFound, match="There are several organisations"):
        organization_init(None)


def test_the_demo_school_has_everything_from_its_files() -> None:
    assert organization_init(None, with_demo=True) == done(
        "demo", name="Northfield School", is_new=True, demo_people=400
    )

    only = Organization.objects.get()
    reference = snapshot.reference(only)
    assert (reference.courses.height, reference.course_groups.height, len(reference.profile_fields)) == (12, 32, 6)
    assert list(ProfileField.objects.order_by("position").values_list("kind", flat=True)) == [
        "choice", "choice", "text", "text", "date", "boolean",
    ]  # fmt: skip
    with (resources.files("enlist.services.setup") / "demo_school" / "people.csv").open(encoding="utf-8") as file:
        wanted = {row["username"]: row for row in csv.DictReader(file)}
    found = people_export(Scope(only, MACHINE), administrators=True)
    assert found.left_out == {}
    assert len(found.frame) == len(wanted) == 400
    record_changes = [f"{name}{n}" for n in "12" for name in ("course", "role", "group")]
    for row in found.frame.to_dicts():
        said = wanted[row["username"]]
        assert {name: said[name] for name in row if name not in record_changes} == {
            n: row[n] for n in row if n not in record_changes
        }
        assert triples(row) == triples(said)
    kept = Person.objects.values_list("username", "site_role", "source", "state")
    assert set(kept) == {(u, row["site_role"], row["source"], "active") for u, row in wanted.items()}


def triples(row: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(row[f"course{n}"], row[f"role{n}"], row[f"group{n}"]) for n in "12"}


def test_the_demo_school_is_opened_once() -> None:
    organization_init(None, with_demo=True)
    before = sorted(Person.objects.values_list("id", "version"))

    assert organization_init(None, with_demo=True) == done("demo", name="Northfield School", is_new=False)
    assert sorted(Person.objects.values_list("id", "version")) == before


def test_the_demo_school_never_mixes_with_real_people() -> None:
    person(organization("school"))

    assert organization_init("school", with_demo=True).demo_people == 0
    assert Person.objects.count() == 1
