"""Filters of the list of people, alone and together, whether they match few or many."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from typer.testing import CliRunner

from enlist.cli.people import commands
from enlist.cli.session import Session
from enlist.core.errors import PolicyError
from enlist.services.access import MACHINE, Scope
from enlist.services.accounts.invitations import invitation_link
from enlist.services.imports.plan import import_apply, import_undo_plan
from enlist.services.people.edit import person_set
from enlist.services.people.listing import Wanted, filter_of, person_count, person_everybody, person_list
from enlist.store.models import Account, Activity, Group, GroupMembership, Import, Mail, Person
from enlist.store.people import listing
from enlist.store.people.listing import page
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.test_web import _static  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

ROSTER = "\n".join([f"{HEAD},city", *(f"im{n},Im,L{n},im{n}@x.org,Rome" for n in range(4))])


# FEW, NEAR and MANY of the listing.
SHAPES: dict[str, tuple[int, tuple[int, ...], int]] = {
    "gathered": (20_000, (), -1),
    "near": (-1, (2, 20_000), -1),
    "gathered after all": (-1, (1,), 20_000),
    "walked": (-1, (), -1),
}


@pytest.fixture(params=SHAPES)
def _shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ways of finding people: few are gathered, along many one walks, perhaps in vain."""
    for name, value in zip(("FEW", "NEAR", "MANY"), SHAPES[request.param], strict=True):
        monkeypatch.setattr(listing, name, value)


BY_HAND: dict[str, dict[str, Any]] = {
    "owner": {"site_role": "owner"},
    "teach": {"site_role": "instructor"},
    "idle": {"state": "inactive"},
    "gone": {"state": "removed", "username_key": None, "email_key": "", "email_claim": None},
}


@pytest.fixture
def scope() -> Scope:
    """Nine people of all sorts: two imports, a group, a course, somebody inactive, somebody who signed in."""
    here = cast.organization(settings=cast.UNBRAKED)
    student, art = cast.role(here), cast.course(here, "ART")
    scope = Scope(here, MACHINE)
    imported(scope, ROSTER)
    imported(scope, f"{HEAD},city\nim1,Im,L1,im1@x.org,Bonn\nnew,New,L9,new@x.org,Bonn")
    made = {
        name: cast.person(here, username=name, email=f"{name}@x.org", lastname=name.title(), **fields)
        for name, fields in BY_HAND.items()
    }
    Person.objects.filter(username="im3").update(state="inactive")
    choir = Group.objects.create(organization=here, name="Choir", idnumber="ch")
    for name in ("im1", "im2", "teach"):
        person = Person.objects.get(username=name)
        GroupMembership.objects.create(organization=here, person=person, group=choir)
        cast.enrolment(person, course=art, role=student, status="ended" if name == "im2" else "active")
    cast.enrolment(made["teach"], course=art, role=cast.role(here, "teacher"))
    Account.objects.create(
        organization=here, person=made["owner"], login_key="o", password="p", last_login=timezone.now()
    )
    Account.objects.create(organization=here, person=made["teach"], login_key="t", password="!")
    for name, state in {"im1": "sent", "im2": "sent", "teach": "due", "new": "refused", "owner": "sent"}.items():
        invited = Person.objects.get(username=name)
        Mail.objects.create(organization=here, person=invited, purpose="invitation", state=state)
    invitation_link(scope, username="im1")
    college = cast.organization("college")
    stranger = cast.person(college, username="stan", state="inactive", site_role="instructor")
    cast.enrolment(stranger, course=cast.course(college, "ART"), role=cast.role(college))
    return scope


def found(scope: Scope, *, limit: int = 2, **wanted: Any) -> list[str]:
    """The usernames of every page."""
    told: list[str] = []
    after: str | None = None
    while True:
        page = person_list(scope, wanted=Wanted(**wanted), after=after, limit=limit)
        told += [each.username for each in page.people]
        after = page.next
        if after is None:
            return told


EVERYBODY = {"im0", "im1", "im2", "im3", "new", "owner", "teach", "idle"}
FILTERS: dict[tuple[str, Any], set[str]] = {
    ("state", "inactive"): {"im3", "idle"},
    ("state", "active"): EVERYBODY - {"im3", "idle"},
    ("state", "not_activated"): EVERYBODY - {"im3", "idle", "owner"},
    ("role", "instructor"): {"teach"},
    ("role", "learner"): EVERYBODY - {"teach", "owner"},
    ("source", "manual"): {"owner", "teach", "idle"},
    ("source", "import"): {"im0", "im1", "im2", "im3", "new"},
    ("group", "ch"): {"im1", "im2", "teach"},
    ("course", "ART"): {"im1", "teach"},
    ("of_import", 1): {"im0", "im1", "im2", "im3"},
    ("of_import", 2): {"im1", "new"},
    ("never", True): EVERYBODY - {"owner"},
    ("invitation", "used"): {"owner"},
    ("invitation", "not_sent"): EVERYBODY - {"im3", "idle", "owner", "im1", "im2", "teach", "new"},
    ("invitation", "sent"): {"im1"},
    ("invitation", "expired"): {"im2"},
    ("invitation", "queued"): {"teach"},
    ("invitation", "refused"): {"new"},
    ("prefix", "IM"): {"im0", "im1", "im2", "im3"},
}


@pytest.mark.usefixtures("_shape")
def test_every_two_filters_together_leave_those_who_match_both(scope: Scope) -> None:
    told = {
        pair: (found(scope, **dict(pair)), set(person_everybody(scope, wanted=Wanted(**dict(pair)))["username"]))
        for pair in product(FILTERS, FILTERS)
        if pair[0][0] != pair[1][0] or pair[0] == pair[1]
    }

    assert told == {
        pair: (sorted(FILTERS[pair[0]] & FILTERS[pair[1]]), FILTERS[pair[0]] & FILTERS[pair[1]]) for pair in told
    }


@pytest.mark.usefixtures("_shape")
@pytest.mark.parametrize("down", ["", "-"])
@pytest.mark.parametrize("by", ["username", "lastname", "email"])
def test_what_is_left_is_sorted_as_asked(scope: Scope, by: str, down: str) -> None:
    order: dict[str, Callable[[Person], str]] = {
        "username": lambda person: person.username,
        "lastname": lambda person: person.lastname,
        "email": lambda person: person.email,
    }
    everybody = Person.objects.filter(organization=scope.organization, source="manual").exclude(state="removed")

    assert found(scope, by=f"{down}{by}", source="manual", limit=1) == [
        person.username for person in sorted(everybody, key=order[by], reverse=bool(down))
    ]


@pytest.mark.usefixtures("_shape")
@pytest.mark.parametrize("group", ["ch", "Choir", "id"])
def test_a_group_is_found_by_number_name_and_id(scope: Scope, group: str) -> None:
    key = Group.objects.get().pk

    assert found(scope, group=f"#{key}" if group == "id" else group) == ["im1", "im2", "teach"]


SOUGHT = {
    "soren gross": ["s.gross"],
    "GROß sÖre": ["s.gross"],
    "gros": ["s.gross"],
    "oren": ["s.gross"],
    "@x.example": ["nino", "s.gross"],
    "s.gross@": ["s.gross"],
    "nino": ["nino"],
    "ნინო": ["nino"],
    "melas": ["nino"],
    "soren nino": [],
    "100%": [],
    "_.gross": [],
    "im1": ["im1"],
    "gone": [],
    "stan": [],
    "😀": [],
}


@pytest.mark.usefixtures("_shape")
@pytest.mark.parametrize("by", ["username", "lastname", "email"])
def test_a_search_finds_parts_of_names_usernames_and_addresses(scope: Scope, by: str) -> None:
    here = scope.organization
    for username, names in {"s.gross": ("Sören", "Groß"), "nino": ("ნინო", "მელაშვილი")}.items():
        email = f"{username}@x.example"
        cast.person(here, username=username, email=email, firstname=names[0], lastname=names[1])

    asked = {text: sorted(found(scope, text=text, by=by)) for text in SOUGHT}

    assert asked == SOUGHT
    assert {text: person_count(scope, wanted=Wanted(text=text)) for text in SOUGHT} == {
        text: len(names) for text, names in SOUGHT.items()
    }


def test_a_search_finds_people_by_their_new_names(scope: Scope) -> None:
    imported(scope, f"{HEAD}\nim1,Ærøe,L1,im1@x.org\nim2,Im,Þórsdóttir,im2@x.org")
    person_set(scope, username="im3", values={"firstname": "Zoë"})
    counted = {text: found(scope, text=text) for text in ("aeroe", "thors", "zoe l3")}
    import_apply(scope, plan=import_undo_plan(scope, number=3))

    assert counted == {"aeroe": ["im1"], "thors": ["im2"], "zoe l3": ["im3"]}
    assert [found(scope, text=text) for text in ("aeroe", "thors", "im l1")] == [[], [], ["im1"]]


def test_people_are_counted(scope: Scope) -> None:
    assert person_count(scope) == len(EVERYBODY)
    assert {pair: person_count(scope, wanted=Wanted(**dict([pair]))) for pair in FILTERS} == {
        pair: len(names) for pair, names in FILTERS.items()
    }


def test_people_removed_by_an_undo_are_no_longer_listed(scope: Scope) -> None:
    import_apply(scope, plan=import_undo_plan(scope, number=2))

    assert found(scope, of_import=2) == ["im1"]
    assert found(scope, of_import=3) == ["im1"]


def test_it_shows_when_a_person_was_last_changed(scope: Scope) -> None:
    def changed(username: str) -> str:
        (line,) = person_list(scope, wanted=Wanted(prefix=username)).people
        return str(line.changed)

    Person.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    for number in (1, 2):
        Import.objects.filter(number=number).update(applied_at=datetime(2026, 2, number, tzinfo=UTC))
    Activity.objects.all().delete()
    person_set(scope, username="im2", values={"city": "Oslo"})
    Activity.objects.update(at=datetime(2026, 3, 1, tzinfo=UTC))

    assert {name: changed(name)[:10] for name in ("owner", "im0", "im1", "im2")} == {
        "owner": "2026-01-01",
        "im0": "2026-02-01",
        "im1": "2026-02-02",
        "im2": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"state": "inactive"}, "person_inactive"),
        ({"source": "manual"}, "person_manual"),
        ({"role": "instructor"}, "person_role"),
        ({"group": "ch"}, "group_members"),
        ({"course": "ART"}, "enrolment_course"),
        ({"never": True}, "person_username"),
    ],
)
def test_the_few_are_gathered_by_an_index_of_their_own(scope: Scope, wanted: dict[str, Any], index: str) -> None:
    here = scope.organization
    elsewhere = cast.organization("elsewhere")
    for of in (here, elsewhere):
        cast.fill(of, people=2_000)
    cast.fill_courses(elsewhere)
    Person.objects.filter(username__startswith="u").update(source="import")
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        page(here, wanted=filter_of(scope, wanted=Wanted(**wanted)), limit=20)
    (asked,) = [each["sql"] for each in queries.captured_queries if "SELECT p.*" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {asked}")
        told = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert index in told


def test_a_search_reads_an_index_and_no_row(scope: Scope) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads rows too, until a vacuum has marked them as visible to everybody")
    here = scope.organization
    cast.fill(here, people=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        page(here, wanted=filter_of(scope, wanted=Wanted(text="u17")), limit=20)
    (asked,) = [each["sql"] for each in queries.captured_queries if "SELECT n.person" in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        told = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert "COVERING INDEX person_search" in told


@pytest.mark.usefixtures("_static")
def test_the_page_and_the_command_filter_by_the_state_of_invitations(scope: Scope) -> None:
    client = Client()
    client.force_login(Account.objects.get(person__username="owner"))
    page = client.get("/people/?invitation=refused").text
    told = CliRunner().invoke(commands.app, ["list", "--invitation", "refused", "--json"], obj=Session("school"))
    wrong = CliRunner().invoke(commands.app, ["list", "--invitation", "lost"], obj=Session("school"))

    assert re.findall(r'href="/people/(\w+)/"', page) == ["new"]
    assert '<option value="refused" selected>Not delivered</option>' in page
    assert [each["username"] for each in json.loads(told.stdout)["people"]] == ["new"]
    assert isinstance(wrong.exception, PolicyError)
