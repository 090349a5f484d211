"""Another kind of setup record needs only its description and rules; page, command and service follow."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from enlist.cli.session import Session
from enlist.cli.setup.records import commands
from enlist.core.rights import Right
from enlist.core.setup_kinds import Attribute, Column, SetupKind, SetupRecord, actions
from enlist.services.access import Scope
from enlist.services.setup import records
from enlist.services.setup.rules import Rules
from enlist.store import activity
from enlist.store.models import Role
from enlist.web.pages.setup.records import addresses
from enlist.web.urls import urlpatterns
from tests.database import school as cast
from tests.database.test_web import signed_in
from tests.support.forms import send

pytestmark = pytest.mark.django_db(transaction=True)

BADGES = SetupKind(
    name="badge",
    plural="badges",
    called="shortname",
    listed="shortname",
    page="badge",
    pages="badges",
    title="Badges",
    icon="award",
    attributes=(
        Attribute("shortname", "short name", is_required=True),
        Attribute("name", "name"),
        Attribute("given", "given", "yes_no", column="assignable", default="no"),
    ),
    columns=(Column("name", "Name"), Column("given", "Given", "yes_no")),
    empty="Nobody has one.",
    change=Right.CHANGE_SETUP,
    removal="Only the model matters here.",
)


@dataclass(frozen=True)
class Badge(SetupRecord):
    shortname: str
    name: str
    given: bool


class BadgeRules(Rules):
    kind, model = BADGES, Role

    def rows(self) -> list[Badge]:
        mine = Role.objects.filter(organization=self.scope.organization).order_by("pk")
        return [Badge(each.pk, each.shortname, each.name, given=each.assignable) for each in mine]

    def check_unused(self, record: Any) -> None:
        """All of them can go."""


@pytest.fixture
def scope(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Scope:
    """A school that has the kind as well; names of static files as they are, for nobody collected them."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    monkeypatch.setattr(records, "_RULES", {**records._RULES, "badge": BadgeRules})
    monkeypatch.setattr(activity, "ACTIONS", activity.ACTIONS | actions(BADGES).keys())
    pages = ModuleType("pages")
    pages.urlpatterns = [*urlpatterns, *addresses(BADGES)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = pages
    here = cast.organization()
    return Scope(here, cast.person(here, username="owner", email="o@x.org", site_role="owner"))


def test_its_commands_add_list_change_and_remove(scope: Scope) -> None:
    def typed(*words: str) -> str:
        done = CliRunner().invoke(commands(BADGES), words, obj=Session())
        assert done.exit_code == 0, done.output
        return done.output

    assert typed("add", "gold", "name=Gold") == "Added gold.\n"
    assert typed("set", "gold", "given=yes") == "given: no → yes\n"
    assert [line.split() for line in typed("list").splitlines()][-1][1:] == ["gold", "Gold", "True"]
    assert typed("remove", "gold") == "Removed gold.\n"
    assert [each.action for each in activity.latest(scope)] == ["badge_dropped", "badge_changed", "badge_added"]
    assert "given=yes or no" in typed("add", "--help")


def test_its_pages_add_change_and_remove(scope: Scope) -> None:
    assert scope.actor
    owner: Client = signed_in(scope.actor)

    assert send(owner, "/badges/", values={"shortname": "gold", "given": "yes"}).status_code == 302
    gold = Role.objects.get(shortname="gold")
    assert send(owner, f"/badges/{gold.pk}/", values={"name": "Gold"}).status_code == 302
    assert "Gold" in owner.get("/badges/").text
    viewer = signed_in(cast.person(scope.organization, username="vic", site_role="viewer"))
    assert viewer.post(f"/badges/{gold.pk}/drop/").status_code == 403
    assert owner.post(f"/badges/{gold.pk}/drop/").status_code == 302
    assert not Role.objects.filter(shortname="gold").exists()
