"""Everybody chooses the time zone in which they see times."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from enlist.core.errors import NotFound
from enlist.services.access import MACHINE, Scope
from enlist.services.people.edit import own_details_set
from enlist.store.models import Import, Person
from tests.database import school as cast
from tests.database.test_import_steps import _static, client, scope
from tests.database.test_web import signed_in
from tests.support.forms import send

__all__ = ["_static", "client", "scope"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]


def shown(client: Client) -> list[str]:
    """The exact times on the list of imports."""
    return re.findall(r'title="(31 Dec[^"]+|1 Jan[^"]+)"', client.get("/imports/").text)


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_a_time_zone_of_ones_own_holds_for_times_on_pages(scope: Scope, role: str) -> None:
    Import.objects.create(organization=scope.organization, number=1, preset="moodle", file_name="f")
    Import.objects.update(created_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    me = signed_in(cast.person(scope.organization, username="me", site_role=role))
    other = signed_in(cast.person(scope.organization, username="other", site_role=role))
    before = shown(me)
    answer = send(me, "/own-settings/", values={"timezone": "Asia/Tbilisi"}, follow=True)

    assert "Saved." in answer.content.decode()
    assert (before, shown(me), shown(other)) == (
        ["31 Dec 2025, 23:30 UTC"],
        ["1 Jan 2026, 03:30 +04"],
        ["31 Dec 2025, 23:30 UTC"],
    )
    assert "/own-settings/" in me.get("/imports/").text

    send(me, "/own-settings/", values={"timezone": ""})
    assert shown(me) == before


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc/passwd", "x" * 300])
def test_a_zone_that_does_not_exist_is_refused(client: Client, zone: str) -> None:
    page = client.post("/own-settings/", {"timezone": zone})

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert set(Person.objects.values_list("timezone", flat=True)) == {""}


def test_the_machine_has_no_time_zone_of_its_own(scope: Scope) -> None:
    with pytest.raises(NotFound):
        own_details_set(Scope(scope.organization, MACHINE), values={"timezone": "Asia/Tbilisi"})
