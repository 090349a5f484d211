"""Twins in the review of an import: compared, and renamed or kept as two people."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from enlist.core.errors import NotFound, PolicyError
from enlist.services.access import Scope
from enlist.services.drafts.twins import problem_twin
from enlist.store.imports import artifacts, records
from enlist.store.models import Person
from tests.database import school as cast
from tests.database.review import plan, problems
from tests.database.test_web import signed_in
from tests.database.test_web_import import sent

pytestmark = pytest.mark.django_db(transaction=True)

FILE = (
    "username,firstname,lastname,email,status,profile_field_dob\n"
    "lee.ann,Anne,Lee,ann@x.org,active,\noz.bo,Bo,Oz,,active,2011-05-03\n"
)


@pytest.fixture
def scope(settings: Any) -> Scope:
    """A school with ann and bo, known by other usernames; names of static files as they are."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = cast.organization(settings=cast.UNBRAKED)
    born = cast.profile_field(here, "dob", kind="date")
    cast.person(here, username="alee", firstname="Ann", lastname="Lee", email="ann@x.org", source="import")
    cast.person(here, username="boz", firstname="Bo", lastname="Oz", source="import",
                firstname_key="bo", lastname_key="oz", profile={str(born.pk): "2011-05-03"})  # fmt: skip
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


@pytest.fixture
def number(scope: Scope) -> int:
    """A planned draft of the file."""
    assert scope.actor
    found = int(sent(signed_in(scope.actor), FILE, preset="sync").split("/")[2])
    plan(scope, found)
    return found


def twins(scope: Scope, number: int) -> dict[str, tuple[str, str]]:
    return {each.value: (each.twin, each.likely) for each in problems(scope, number).kinds if each.twin}


def test_twins_are_shown_side_by_side_and_decided(scope: Scope, number: int) -> None:
    assert scope.actor
    client = Client()
    client.force_login(scope.actor.account)
    address = f"/imports/{number}/review/"
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(address).text)).split())
    before = twins(scope, number)
    form = {"code": "username_twin", "column": "username"}
    client.post(f"{address}twin/", {**form, "value": "lee.ann", "twin": "alee", "same": "yes"})
    plan(scope, number)
    client.post(f"{address}twin/", {**form, "value": "oz.bo", "twin": "boz", "same": "no"})
    plan(scope, number)

    assert before == {"lee.ann": ("alee", "alee"), "oz.bo": ("boz", "boz")}
    assert "Username alee lee.ann First name Ann Anne Last name Lee Lee E-mail ann@x.org ann@x.org" in page
    assert "Dob 2011-05-03 2011-05-03" in page
    assert "Rename alee to lee.ann They are two people" in page
    assert twins(scope, number) == {}
    planned = artifacts.plan_of(records.get(scope, number=number)).head
    assert (planned.statuses, planned.people) == ({"renamed": 1, "created": 1}, {"updated": 1, "created": 1})


def test_only_twins_that_the_plan_found_can_be_decided(scope: Scope, number: int) -> None:
    with pytest.raises(PolicyError):
        problem_twin(scope, number=number, username="lee.ann", twin="owner", same=True)
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="owner", site_role="owner"))
    with pytest.raises(NotFound):
        problem_twin(stranger, number=number, username="lee.ann", twin="alee", same=True)

    assert sorted(Person.objects.values_list("username", flat=True)) == ["alee", "boz", "owner", "owner"]
