"""Password guessing is throttled; owners still get in, and no answer reveals whose account it is."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enlist.services.accounts.sign_in import ONE_NETWORK, ONE_PASSWORD
from enlist.services.worker import worker_run
from enlist.store.accounts import throttling
from enlist.store.accounts.hashing import Argon2
from enlist.store.models import Account
from enlist.store.operations.models import FailedAttempts
from tests.database import school as cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static", "owner")]

PASSWORD = "a long enough secret"
NOW = timezone.now()
ALLOWED = timedelta()
# Headers that the clock and the name decide.
VARYING = ("Content-Length", "Retry-After", "Expires")


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


def tried(name: str, *, password: str = "wrong", address: str = "10.0.0.1", browser: Client | None = None) -> int:
    asked = {"name": name, "password": password}
    return (browser or Client()).post("/sign-in/", asked, REMOTE_ADDR=address).status_code


def told(name: str) -> tuple[int, str, dict[str, str]]:
    """The answer to a wrong password, without what was typed and what is new in every answer."""
    answer = Client(REMOTE_ADDR="10.0.0.1").post("/sign-in/", {"name": name, "password": "wrong"})
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|in \d+ seconds', "", answer.text)
    headers = {key: value for key, value in answer.headers.items() if key not in VARYING}
    return answer.status_code, text.replace(f'value="{name}"', ""), headers


@pytest.mark.parametrize("name", ["owner", "nobody"])
def test_after_ten_wrong_ones_in_a_minute_no_password_counts_from_there(name: str) -> None:
    assert [tried(name) for _ in range(10)] == [403] * 10

    answer = Client(REMOTE_ADDR="10.0.0.1").post("/sign-in/", {"name": name, "password": PASSWORD})

    assert (answer.status_code, 1 <= int(answer.headers["Retry-After"]) <= 60) == (429, True)
    assert tried("owner", password=PASSWORD, address="10.0.0.2") == 302


@pytest.mark.parametrize("second", ["owner@x.org", "nobody@x.org"])
@pytest.mark.parametrize("first", ["owner", "nobody"])
def test_no_answer_reveals_that_two_names_are_one_account(first: str, second: str) -> None:
    one, other, third = ([told(name) for _ in range(times)] for name, times in ((first, 9), (second, 11), (first, 2)))

    assert [code for code, *_ in (*one, *other, *third)] == [403] * 19 + [429] + [403, 429]
    assert len({text for _, text, _ in (*one, *other[:10], third[0])}) == 1
    assert other[-1] == third[-1]
    assert {tuple(headers.items()) for _, _, headers in (*one, *other, *third)} == {tuple(one[0][2].items())}


def test_an_account_has_ten_guesses_from_one_place_by_whichever_name() -> None:
    assert [tried("owner") for _ in range(6)] + [tried("owner@x.org") for _ in range(4)] == [403] * 10

    # As to a wrong one: whether the two names are one account is for its owner to know.
    assert [tried(name, password=PASSWORD) for name in ("owner", "owner@x.org")] == [403, 403]
    assert tried("owner@x.org", password=PASSWORD, address="10.0.0.2") == 302


def test_a_browser_that_signed_in_before_is_not_held_up_by_guesses_from_the_same_address() -> None:
    browser = Client()
    assert tried("owner", password=PASSWORD, browser=browser) == 302
    for name in ("owner", "owner@x.org", *(f"pupil{n}" for n in range(30))):
        for _ in range(10 if name.startswith("owner") else 1):
            tried(name)
    assert (tried("owner", password=PASSWORD), tried("somebody")) == (429, 429)

    assert tried("owner", password=PASSWORD, browser=browser) == 302
    # For the name that was typed in it alone, and no longer than any other place.
    assert tried("owner@x.org", password=PASSWORD, browser=browser) == 429
    assert [tried("owner", browser=browser) for _ in range(11)] == [403] * 10 + [429]
    assert tried("owner", password=PASSWORD, browser=browser) == 429


def test_a_made_up_browser_helps_nobody() -> None:
    for token in ("", "owner", "eyJhIjoxfQ:1abcde:xxxxxxxxxxxx"):
        browser = Client()
        browser.cookies["signed_in_before"] = token
        codes = [tried("owner", browser=browser) for _ in range(11)]
    assert codes == [429] * 11


def test_the_cookie_reveals_nothing_and_is_only_for_signing_in(settings: Any) -> None:
    settings.HTTPS = True
    answer = Client(REMOTE_ADDR="10.0.0.1").post("/sign-in/", {"name": "owner", "password": PASSWORD})
    cookie = answer.cookies["signed_in_before"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == (
        "/sign-in/",
        True,
        "Lax",
        True,
    )
    assert "owner" not in cookie.value


def test_one_address_does_not_try_one_password_on_every_name() -> None:
    assert [tried(f"name{n}") for n in range(40)] == [403] * 30 + [429] * 10
    assert tried("owner", address="10.0.0.2") == 403
    # Those who were refused are counted nowhere.
    assert FailedAttempts.objects.count() == 1 + 2 * 30 + 3


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert [tried(f"name{n}", address=f"2001:db8::{n:x}") for n in range(31)] == [403] * 30 + [429]
    assert tried("name", address="2001:db8:0:1::1") == 403


def test_only_failures_count() -> None:
    assert [tried("owner", password=PASSWORD) for _ in range(40)] == [302] * 40
    for _ in range(3):
        assert [tried("owner") for _ in range(9)] == [403] * 9
        assert tried("owner", password=PASSWORD) == 302

    # With the network, where somebody who guesses may have an account as well.
    assert FailedAttempts.objects.get().in_a_row == 27


def test_after_a_minute_there_may_be_ten_more_and_after_a_hundred_one_an_hour() -> None:
    def at(after: timedelta) -> timedelta:
        return throttling.reserve("me", limit=ONE_PASSWORD, now=NOW + after)

    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

    assert [at(n // 10 * minute) for n in range(100)] == [ALLOWED] * 100
    assert at(10 * minute) == hour - minute
    assert [at(2 * hour), at(2 * hour)] == [ALLOWED, hour]
    assert throttling.reserve("you", limit=ONE_PASSWORD, now=NOW) == ALLOWED
    assert [at(day + 2 * hour) for _ in range(11)] == [ALLOWED] * 10 + [minute]


def parallel(once: Callable[[int], timedelta], *, times: int) -> list[timedelta]:
    def ended(number: int) -> timedelta:
        try:
            return once(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ended, range(times)))


def test_many_at_once_are_counted_one_by_one() -> None:
    waits = parallel(lambda _: throttling.reserve("me", limit=ONE_PASSWORD), times=40)

    assert waits.count(ALLOWED) == 10
    assert FailedAttempts.objects.get().in_minute == 10


def test_the_first_at_once_hold_up_nobody() -> None:
    waits = parallel(lambda number: throttling.reserve(f"key {number // 8}", limit=ONE_PASSWORD), times=80)

    assert waits == [ALLOWED] * 80


def test_success_at_once_takes_nobody_elses_failure_out_of_the_count() -> None:
    def once(number: int) -> timedelta:
        waits = [
            throttling.reserve(key, limit=limit)
            for key, limit in (("network", ONE_NETWORK), (f"name {number // 4}", ONE_PASSWORD))
        ]
        if number % 2:
            throttling.clear(f"name {number // 4}")
            throttling.refund("network", reserved_at=timezone.now())
        return max(waits)

    assert parallel(once, times=40) == [ALLOWED] * 40
    network = FailedAttempts.objects.get(key="network")
    assert (network.in_minute, network.in_a_row) == (20, 20)


def test_a_refund_of_an_earlier_minute_leaves_this_minute_alone() -> None:
    throttling.reserve("network", limit=ONE_NETWORK, now=NOW)
    throttling.reserve("network", limit=ONE_NETWORK, now=NOW + timedelta(minutes=2))
    throttling.refund("network", reserved_at=NOW)

    network = FailedAttempts.objects.get()
    assert (network.in_minute, network.in_a_row) == (1, 1)


def test_only_the_proxy_decides_the_address(settings: Any) -> None:
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
    kept = "".join(str(vars(each)) for each in FailedAttempts.objects.all())
    assert [word for word in ("owner", "10.0.0.1") if word in kept] == []
    FailedAttempts.objects.update(last_attempt=NOW - timedelta(days=2))

    worker_run(lambda _: None, until_empty=True)

    assert not FailedAttempts.objects.exists()


def test_guesses_at_the_current_password_are_counted_with_the_session(owner: Account) -> None:
    def changed(browser: Client, *, current: str) -> tuple[int, str]:
        asked = {"current": current, "new": "another long secret", "again": "another long secret"}
        answer = browser.post("/own-password/", asked)
        return answer.status_code, answer.headers.get("Retry-After", "")

    taken_over, again = Client(), Client()
    taken_over.force_login(owner)
    assert [changed(taken_over, current="wrong") for _ in range(10)] == [(422, "")] * 10

    code, wait = changed(taken_over, current=PASSWORD)

    assert (code, 1 <= int(wait) <= 60) == (429, True)
    assert tried("owner", password=PASSWORD, browser=again) == 302
    assert changed(again, current=PASSWORD) == (302, "")


@pytest.mark.parametrize("name", ["owner", "over", "nobody", "gone", "waiting"])
def test_a_wrong_password_takes_equal_time_for_everybody(
    name: str, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = owner.organization
    for username, state in (("gone", "inactive"), ("waiting", "active"), ("over", "active")):
        person = cast.person(here, username=username, email=f"{username}@x.org", site_role="admin", state=state)
        account = Account(organization=here, person=person, login_key=f"{here.pk}:{username}")
        account.set_unusable_password() if username == "waiting" else account.set_password(PASSWORD)
        account.save()
    for _ in range(10):
        tried("over@x.org")
    made = list[str]()
    for action in ("encode", "verify"):
        real = getattr(Argon2, action)

        def counted(*given: object, real: Any = real, action: str = action, **named: object) -> object:
            made.append(action)
            return real(*given, **named)

        monkeypatch.setattr(Argon2, action, counted)

    with (
        CaptureQueriesContext(connections["default"]) as asked,
        CaptureQueriesContext(connections["operations"]) as rest,
    ):
        assert tried(name) == 403

    assert len(made) == 1
    kinds = Counter(each["sql"].split()[0] for each in {id(each): each for each in (*asked, *rest)}.values())
    assert {kind: kinds[kind] for kind in ("SELECT", "INSERT", "UPDATE")} == {"SELECT": 6, "INSERT": 3, "UPDATE": 3}


@pytest.mark.parametrize(("role", "page"), [("learner", "/my-courses/"), ("viewer", "/own-password/")])
def test_people_who_joined_the_team_need_a_longer_password(owner: Account, role: str, page: str) -> None:
    person = cast.person(owner.organization, username="ann", site_role=role)
    account = Account(organization=owner.organization, person=person, login_key=f"{owner.organization_id}:ann")
    account.set_password("elevenlongs")
    account.save()
    browser = Client()

    assert tried("ann", password="elevenlongs", browser=browser) == 302
    assert browser.get("/", follow=True).request["PATH_INFO"] == page
