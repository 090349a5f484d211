"""Pages and mails under attack (ASVS 5.0; `docs/asvs.csv` lists the tests of each requirement)."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.core import mail
from django.test import Client

from enlist.core.policy import Policy
from enlist.services.access import Scope
from enlist.services.accounts.mail import mail_send
from enlist.services.accounts.mail_text import Content, written
from enlist.services.accounts.team import team_list
from enlist.store.models import Condition, Group, Import, Person
from enlist.web.urls import urlpatterns
from tests.database import school as cast
from tests.database.imports import HEAD, imported
from tests.database.routes import APPLIED, plausible, routes
from tests.database.test_web import HANDS, PASSWORD, POSTED, account, address, signed_in
from tests.database.test_web_import import UPDATING, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ATTACKS = ("{{7001*7}}", "%(organization)s", "<script>alert(1)</script>", "'\"><img src=x>", "Ann\r\nBcc: eve@x.org")


@pytest.fixture
def _static(settings: Any) -> None:
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture
def scope() -> Scope:
    here = cast.organization(settings=cast.UNBRAKED)
    cast.role(here)
    cast.course(here, "ART")
    Group.objects.create(organization=here, name="Choir")
    Condition.objects.create(organization=here, name="Romans", clauses='[["city", "is", "Rome"]]')
    return Scope(here, cast.person(here, username="owner", email="owner@x.org", site_role="owner"))


@pytest.fixture
def client(scope: Scope) -> Client:
    assert scope.actor
    return signed_in(scope.actor)


def test_every_response_has_the_security_headers(client: Client) -> None:
    for path in ("/imports/", "/people/", "/sign-in/", "/nowhere/", "/health/"):
        headers = client.get(path).headers
        kind = "application/json" if path == "/health/" else "text/html; charset=utf-8"
        assert (path, headers["Content-Type"]) == (path, kind)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("role", ["owner", "viewer", "learner", ""])
def test_nothing_that_is_shown_or_downloaded_is_kept_by_a_browser(role: str, scope: Scope) -> None:
    """ASVS 14.3.2, of every route of the URLconf."""
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org")
    here = scope.organization
    cast.profile_field(here, "house")
    who = scope.actor if role == "owner" else cast.person(here, username="other", site_role=role) if role else None
    client = signed_in(who) if who else Client()
    client.raise_request_exception = False
    asked = [
        (method, route.path(plausible(APPLIED))) for route in routes() for method in ("GET", "HEAD", "POST", "PUT")
    ]
    asked += [("GET", "/nowhere/"), ("GET", "/people/%00/"), ("GET", "/people/?search=%00"), ("GET", "/imports")]
    kept = {each: client.generic(*each).headers.get("Cache-Control") for each in asked}

    assert {each: said for each, said in kept.items() if said != "no-store"} == {}


def test_static_files_are_kept_by_browsers(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "theme.0123456789ab.js").write_text("1")
    settings.STATIC_ROOT = tmp_path
    with closing(Client().get("/static/theme.0123456789ab.js")) as answer:
        b"".join(answer)

    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, False)


def test_with_tls_everything_but_health_checks_is_redirected(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client()

    assert [client.get(path).status_code for path in ("/health/", "/sign-in/", "/health/more/")] == [200, 301, 301]
    assert client.get("/sign-in/").headers["Location"] == "https://testserver/sign-in/"


def test_no_form_of_another_site_does_anything(scope: Scope) -> None:
    assert scope.actor
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(scope.actor))
    names = {str(found.name) for found in urlpatterns} - {"health"}
    answers = {name: client.post(address(name)).status_code for name in names}

    # Pages without POST answer 405.
    assert {name for name, code in answers.items() if code not in (403, 405)} == set()
    assert answers["sign-in"] == answers["import-apply"] == answers["own-password"] == 403


def test_no_other_site_may_read_an_answer(client: Client) -> None:
    answers = [client.get(path, headers={"Origin": "https://elsewhere.example"}) for path in ("/imports/", "/session/")]
    asked = client.options("/session/", headers={"Origin": "https://elsewhere.example"})

    assert [name for answer in (*answers, asked) for name in answer.headers if name.startswith("Access-Control")] == []


def test_trace_is_refused_everywhere(client: Client) -> None:
    answers = {route.name: client.trace(route.path({})) for route in routes()}

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 405} == {}


def test_nothing_but_collected_files_is_served(client: Client) -> None:
    hidden = ("/static/", "/static/enlist/", "/.git/config", "/static/../settings.py", "/var/secret_key", "/%2e%2e/")

    assert {path: client.get(path).status_code for path in hidden} == dict.fromkeys(hidden, 404)


def test_passwords_are_masked_and_can_be_filled_in(client: Client) -> None:
    kinds = {"/sign-in/": ["current-password"], "/own-password/": ["current-password", *["new-password"] * 2]}
    for path, wanted in kinds.items():
        page = (Client() if path == "/sign-in/" else client).get(path).text
        fields = re.findall(r'<input [^>]*type="password"[^>]*>', page)
        assert [re.findall(r'autocomplete="([^"]+)"', field) for field in fields] == [[each] for each in wanted]
        assert not re.search(r"onpaste|hint|question", page)


def test_cookies_are_nobodys_but_ours(scope: Scope) -> None:
    assert scope.actor
    account(scope.actor)
    client = Client()
    before = client.get("/sign-in/").cookies
    answer = client.post("/sign-in/", {"name": "owner", "password": PASSWORD})
    session = answer.cookies["sessionid"]

    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert "sessionid" not in before
    assert len(session.value) >= 32


def test_a_long_password_counts_to_its_last_letter(scope: Scope, client: Client) -> None:
    long = "Ω x".join(str(n) for n in range(60))
    assert client.post("/own-password/", {"current": PASSWORD, "new": long, "again": long}).status_code == 302
    signing = [Client().post("/sign-in/", {"name": "owner", "password": typed}) for typed in (long[:-1], long)]

    assert (len(long) > 200, [answer.status_code for answer in signing]) == (True, [403, 302])


def test_signing_in_gives_a_session_of_its_own(scope: Scope) -> None:
    assert scope.actor
    account(scope.actor)
    client = Client()
    client.get("/sign-in/")
    client.cookies["sessionid"] = planted = "x" * 32
    client.post("/sign-in/", {"name": "owner", "password": PASSWORD})

    assert client.cookies["sessionid"].value != planted
    assert client.get("/imports/").status_code == 200


def test_every_page_lets_one_sign_out_and_that_ends_the_session(client: Client) -> None:
    pages = {str(found.name) for found in urlpatterns if not found.pattern.converters}
    others = {"forgot-password", "my-data", "health", "import-lines", "notices", "session", "sign-in"}
    for name in pages - POSTED - {*HANDS} - others:
        assert 'action="/sign-out/"' in client.get(address(name)).text, name
    kept = client.cookies["sessionid"].value
    client.post("/sign-out/")
    client.cookies["sessionid"] = kept

    assert client.get("/imports/").status_code == 302


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_is_always_shown_as_text(attack: str, scope: Scope, client: Client) -> None:
    imported(scope, f"{HEAD}\nann,Ann,Lee,ann@x.org")
    Person.objects.filter(username="ann").update(firstname=attack, city=attack)
    pages = [client.get(path).text for path in ("/people/", "/people/ann/")]

    assert [page for page in pages if "49007" in page or "<script>alert" in page or "<img src=x" in page] == []
    assert any(word in pages[1] for word in ("{{7001*7}}", "%(organization)s", "&lt;script&gt;", "&lt;img", "Bcc: eve"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_writes_no_header_of_a_mail(attack: str, scope: Scope) -> None:
    person = cast.person(scope.organization, username="ann", email="ann@x.org", firstname=attack)
    scope.organization.name = attack

    content = Content(person, scope.organization, "one_time", password="secret")
    assert mail_send(person, written=written(content), about="message")

    (sent,) = mail.outbox
    assert sent.message()["Bcc"] is None
    assert "\n" not in sent.subject
    assert sent.recipients() == ["ann@x.org"]
    assert "49007" not in sent.body.replace(sent.extra_headers["Message-ID"], "")


def test_an_unexpected_error_reveals_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("ann@x.org at /srv/enlist")

    monkeypatch.setattr("enlist.services.people.listing.person_list", broken)
    client.raise_request_exception = False
    answer = client.get("/people/")

    assert (answer.status_code, ours.DEBUG) == (500, False)
    assert "Something went wrong" in answer.text
    assert "ann@x.org" not in answer.text
    assert "/srv" not in answer.text


def test_a_missing_page_links_to_others(client: Client) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is no such page." in answer.text
    assert 'href="/"' in answer.text


def test_a_form_changes_nothing_that_is_not_on_it(scope: Scope, client: Client) -> None:
    """ASVS 15.3.3: fields of the policy that the page does not offer, and of the account."""
    page = sent(client).removesuffix("source/")
    more = {"administrators": "details_only", "limits.update": "1,1000000", "unlisted_manual_people": "treat_alike"}
    client.post(f"{page}settings/", {**UPDATING, **more, "there": [*UPDATING["there"], *more]})
    changed = "walnut harbour ribbon"
    client.post("/own-password/", {"current": PASSWORD, "new": changed, "again": changed, "site_role": "learner"})
    policy = Import.objects.get(number=1).policy

    assert {name: policy[name] for name in ("administrators", "unlisted_manual_people")} == {
        "administrators": "protect", "unlisted_manual_people": "protect",
    }  # fmt: skip
    assert policy["limits"]["update"] == Policy().to_dict()["limits"]["update"]
    assert [each.role for each in team_list(scope)] == ["owner"]


def test_a_site_without_its_key_is_not_healthy(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.DATA_KEY, settings.DATA_KEY_FILE = "", tmp_path / "data_key"

    answer = client.get("/health/")

    assert (answer.status_code, "The key of this site is missing" in answer.content.decode()) == (503, True)
    assert list(tmp_path.iterdir()) == []
