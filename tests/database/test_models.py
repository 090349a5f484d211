"""The tables enforce the rules they can, on both databases."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from enlist.core.fields.fields import PERSON_SLUGS
from enlist.store.models import Account, Course, Enrolment, Organization, Person, Role

pytestmark = pytest.mark.django_db


def organization(slug: str = "school") -> Organization:
    return Organization.objects.create(slug=slug, name=slug.title())


def person(of: Organization, **fields: str | None) -> Person:
    username = fields.get("username", "ada")
    return Person.objects.create(
        organization=of, version=1, **{"username": username, "username_key": username, **fields}
    )


def test_the_migrations_make_exactly_the_models() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_a_person_has_every_field_core_knows_as_text() -> None:
    ada = person(organization())

    ada.refresh_from_db()

    assert {slug: getattr(ada, slug) for slug in PERSON_SLUGS} == dict.fromkeys(PERSON_SLUGS, "") | {"username": "ada"}


def test_every_table_carries_its_organization() -> None:
    without = {
        model.__name__ for model in apps.get_app_config("store").get_models() if not hasattr(model, "organization")
    }

    assert without == {"Organization"}


def test_a_username_is_free_in_another_organization_only() -> None:
    school, college = organization("school"), organization("college")
    person(school, username="ada")
    person(college, username="ada")

    with pytest.raises(IntegrityError), transaction.atomic():
        person(school, username="ada")


def test_removed_people_hold_no_username() -> None:
    school = organization()
    for _ in range(2):
        person(school, username_key=None, state="removed")

    assert Person.objects.count() == 2


def test_a_claimed_address_is_unique() -> None:
    school = organization()
    person(school, username="ada", email_claim="a@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        person(school, username="bob", email_claim="a@example.com")


@pytest.mark.parametrize(
    "field",
    [
        {"site_role": "king"},
        {"state": "removed"},
        {"state": "removed", "username_key": None, "email_key": "a@example.com"},
        {"state": "asleep"},
        {"source": "rumour"},
        {"country": "DEU"},
        {"firstname": "ж" * 101},
        {"description": "x" * 10_001},
    ],
)
def test_it_refuses_what_breaks_a_rule(field: dict[str, str | None]) -> None:
    school = organization()

    with pytest.raises(IntegrityError), transaction.atomic():
        person(school, **field)


def test_lengths_count_characters() -> None:
    school = organization()

    assert len(person(school, firstname="ж" * 100).firstname) == 100


def test_an_enrolment_lives_once_and_ends_often() -> None:
    school = organization()
    ada = person(school)
    role = Role.objects.create(organization=school, shortname="student")
    course = Course.objects.create(organization=school, shortname="algebra")
    for status in ("ended", "ended", "active"):
        Enrolment.objects.create(organization=school, person=ada, course=course, role=role, status=status)

    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(organization=school, person=ada, course=course, role=role, status="suspended")


def test_an_account_signs_in_while_its_person_is_active() -> None:
    school = organization()
    account = Account.objects.create(organization=school, person=person(school), login_key=f"{school.pk}:ada")
    account.set_password("correct horse")
    account.save()

    found = Account.objects.get_by_natural_key(f"{school.pk}:ada")
    assert found.check_password("correct horse")
    assert found.is_active
    Person.objects.update(state="inactive")
    assert not Account.objects.get_by_natural_key(f"{school.pk}:ada").is_active


def test_postgres_compares_keys_by_code_point() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'store_person'"
            " AND collation_name = 'C' ORDER BY column_name"
        )
        found = [name for (name,) in cursor.fetchall()]

    assert found == [
        "email_claim",
        "email_key",
        "firstname_key",
        "idnumber",
        "lastname",
        "lastname_key",
        "username_key",
    ]
