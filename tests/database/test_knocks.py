"""Who tries too often to sign in has to wait; whom they guess at has not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from enlist.services.worker import worker_run
from enlist.store import knocks
from enlist.store.hashing import Argon2
from enlist.store.models import Account
from enlist.store.operations.models import Knocks
from tests.database import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static", "owner")]

PASSWORD = "a long enough secret"
NOW = timezone.now()


@pytest.fixture
def _static(settings: Any) -> None:
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def owner() -> Account:
    here = cast.organization()
    person = cast.person(here, username="owner", email="owner@x.org", site_role="owner")
    account = Account(organization=here, person=person, login_key=f"{here.pk}:owner")
    account.set_password(PASSWORD)
    account.save()
    return account


def tried(name: str, *, password: str = "wrong", address: str = "10.0.0.1") -> tuple[int, str]:
    answer = Client(REMOTE_ADDR=address).post("/sign-in/", {"name": name, "password": password})
    return answer.status_code, answer.headers.get("Retry-After", "")


@pytest.mark.parametrize("name", ["owner", "nobody"])
def test_after_ten_in_a_minute_nobody_comes_in_from_there_and_its_owner_from_elsewhere(name: str) -> None:
    assert [tried(name)[0] for _ in range(10)] == [403] * 10

    status, wait = tried(name, password=PASSWORD)

    assert (status, 1 <= int(wait) <= 60) == (429, True)
    # By another name of the same account neither.
    assert tried("Owner@X.org", password=PASSWORD)[0] == (429 if name == "owner" else 302)
    assert tried("owner", password=PASSWORD, address="10.0.0.2")[0] == 302


def test_the_sentence_tells_how_long_and_nothing_of_whom() -> None:
    said = []
    for name in ("owner", "nobody"):
        for _ in range(10):
            tried(name)
        page = Client(REMOTE_ADDR="10.0.0.1").post("/sign-in/", {"name": name, "password": "wrong"}).text
        said.append([line.strip() for line in page.splitlines() if "Too many attempts" in line])

    assert len(said[0]) == 1
    assert {text.split("Try again in")[0] for lines in said for text in lines} == {said[0][0].split("Try again in")[0]}


def test_whoever_comes_in_begins_anew() -> None:
    for _ in range(3):
        assert [tried("owner")[0] for _ in range(9)] == [403] * 9
        assert tried("owner", password=PASSWORD)[0] == 302
    assert not Knocks.objects.exists()


def test_after_a_minute_there_may_be_ten_more_and_after_a_hundred_one_an_hour() -> None:
    waits = []
    for n in range(101):
        waits.append(knocks.knock("me", now=NOW + n // 10 * knocks.WHILE))
    late = NOW + timedelta(hours=2)

    assert waits[:100] == [timedelta()] * 100
    assert waits[100] == knocks.PAUSE - knocks.WHILE
    assert [knocks.knock("me", now=late) for _ in range(2)] == [timedelta(), knocks.PAUSE]
    assert knocks.knock("you", now=late) == timedelta()


def test_many_at_once_are_counted_one_by_one() -> None:
    def once(_: int) -> timedelta:
        try:
            return knocks.knock("me")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(not wait for wait in pool.map(once, range(40))) == knocks.AT_ONCE


def test_an_address_is_what_the_server_in_front_says_and_nobody_else(settings: Any) -> None:
    def seen(**headers: str) -> int:
        answer = Client(REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-proto": "https", **headers}).post(
            "/sign-in/", {"name": "owner", "password": "wrong"}
        )
        return answer.status_code

    assert [seen(**{"x-forwarded-for": f"1.1.1.{n}"}) for n in range(11)][-1] == 429
    settings.HTTPS = True
    assert [seen(**{"x-forwarded-for": f"{n}.6.6.6, 2.2.2.2"}) for n in range(11)][9:] == [403, 429]
    assert seen(**{"x-forwarded-for": "2.2.2.2, 3.3.3.3"}) == 403


def test_neither_name_nor_address_is_kept_and_it_is_forgotten() -> None:
    tried("owner")
    (kept,) = Knocks.objects.all()
    assert not {"owner", "10.0.0.1"} & set(str(vars(kept)).split("'"))
    Knocks.objects.update(last=NOW - timedelta(hours=3))

    worker_run(lambda _: None, until_empty=True)

    assert not Knocks.objects.exists()


@pytest.mark.parametrize("name", ["owner", "nobody", "gone", "waiting"])
def test_a_wrong_password_costs_one_hash_whoever_it_is(
    name: str, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = owner.organization
    for username, state in (("gone", "inactive"), ("waiting", "active")):
        person = cast.person(here, username=username, site_role="admin", state=state)
        account = Account(organization=here, person=person, login_key=f"{here.pk}:{username}")
        account.set_unusable_password() if username == "waiting" else account.set_password(PASSWORD)
        account.save()
    made = list[str]()
    for deed in ("encode", "verify"):
        real = getattr(Argon2, deed)

        def counted(*given: object, real: Any = real, deed: str = deed, **named: object) -> object:
            made.append(deed)
            return real(*given, **named)

        monkeypatch.setattr(Argon2, deed, counted)

    assert tried(name)[0] == 403

    assert len(made) == 1
