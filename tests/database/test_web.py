"""Pages, requested as a browser does: who may see them, and their content."""

import functools
import io
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from enlist.services.access import Scope
from enlist.services.people.edit import person_set
from enlist.store import activity
from enlist.store.models import Account, Condition, Course, Group, Link, Person
from enlist.web.urls import urlpatterns
from tests.database import school as cast
from tests.database.imports import HEAD, imported, upload_of, uploaded
from tests.support.forms import Fields, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

PASSWORD = "a long enough secret"
# Anybody may see these.
OPEN = {"sign-in", "health", "set-up", "choose-password", "forgot-password", "help", "help-page"}
PATTERNS = {str(found.name): found for found in urlpatterns}
ARGUMENTS = {"number": 1, "username": "ann", "name": "moodle", "what": "rows", "kind": "csv", "field": "house"}
ARGUMENTS |= {"token": "used"}
# What belongs to somebody, and what nobody has.
OWNED: dict[str, Any] = {
    "number": 99,
    "username": "nobody",
    "field": "nothing",
    "group": 9_999_999,
    "course": 9_999_999,
    "condition": 9_999_999,
}
# Pages of an import in the making: number 2.
DRAFT = {"import-source", "import-columns", "import-settings", "import-preview", "import-review", "import-review-rows"}
DRAFT |= {"import-review-news", "import-settings-checked", "import-settings-example", "import-next"}
# What does something wants to be asked for by POST; who comes by another way is shown the import.
BULK_ACTIONS = {"import-plan", "import-apply", "import-cancel", "import-undo", "import-approve", "import-drop"}
BULK_ACTIONS |= {"import-review-fix", "import-review-fix-all", "import-review-option", "import-review-setting"}
BULK_ACTIONS |= {"import-review-twin"}
BULK_ACTIONS |= {"import-review-create", "import-review-exclude", "import-look", "import-settings-check"}
BULK_ACTIONS |= {"import-settings-save", "import-invite"}
# The same of those that do something to people: who comes by another way is shown the list.
HANDS = {
    "demo": "imports",
    "people-many": "people",
    "people-merge": "people",
    "person-state": "person",
    "person-delete": "person",
    "person-link": "person",
    "person-links": "person",
    "person-roles": "person",
    "group-drop": "group",
    "group-conditions": "group",
    "group-courses": "group",
    "condition-drop": "condition",
    "course-drop": "course",
    "course-group": "course",
    "profile-field-move": "profile-fields",
    "profile-field-options": "profile-field",
}
# These answer scripts, which never have to sign in on the way.
POSTED = {"sign-out", "import-review-edit", "import-seen", "import-preset-remove"}


@pytest.fixture
def _static(settings: pytest.FixtureRequest) -> None:
    """Names of static files as they are: nobody collected them."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"staticfiles": plain}  # type: ignore[attr-defined]


@pytest.fixture
def school() -> Scope:
    here = cast.organization()
    cast.role(here)
    cast.profile_field(here, "house")
    cast.course(here, "ART")
    Group.objects.create(organization=here, name="Choir")
    Condition.objects.create(organization=here, name="Romans", clauses='[["city", "is", "Rome"]]')
    owner = cast.person(here, username="owner", email="owner@x.org", site_role="owner", firstname="Olu")
    scope = Scope(here, owner)
    imported(scope, f"{HEAD},city\nann,Ann,Lee,ann@x.org,Rome\nbob,Bob,,bob@x.org,Bonn")
    person_set(scope, username="ann", values={"city": "Oslo"})
    for kind in ("parent", "instructor"):
        Link.objects.create(organization=here, person=Person.objects.get(username="ann"), other=owner, kind=kind)
    file = io.BytesIO(f"{HEAD}\ncem,Cem,Kaya,cem@x.org\n".encode())
    uploaded(scope, request=upload_of(file, name="draft.csv", key="k"))
    return scope


def account(person: Person) -> Account:
    made = Account(
        organization=person.organization, person=person, login_key=f"{person.organization.pk}:{person.username_key}"
    )
    made.password = _hashed()
    made.save()
    return made


@functools.cache
def _hashed() -> str:
    """Hashed once a run: that is meant to take its time."""
    return make_password(PASSWORD)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(account(person))
    return client


def address(name: str, **others: Any) -> str:
    """Where something of the school is, or of others."""
    wanted = {*PATTERNS[name].pattern.converters}
    given = ARGUMENTS | ({"number": 2} if name in DRAFT else {})
    for kind, model in (("group", Group), ("course", Course), ("condition", Condition)):
        if kind in wanted:
            given |= {kind: model._default_manager.get().pk}
    return reverse(name, kwargs={key: value for key, value in (given | others).items() if key in wanted})


def test_nobody_sees_a_page_without_signing_in(school: Scope) -> None:
    del school
    answers = {name: Client().get(address(name)) for name in PATTERNS}

    told = {name: (answer.status_code, answer.headers.get("Location")) for name, answer in answers.items()}
    shut = {name: (302, f"/sign-in/?next={address(name)}") for name in PATTERNS}
    # The link was used.
    assert told == {**shut, **dict.fromkeys(OPEN, (200, None)), "choose-password": (410, None)}


def test_every_page_answers_and_lets_nothing_foreign_in(school: Scope) -> None:
    assert school.actor
    client = signed_in(school.actor)
    answers = {name: client.get(address(name)) for name in {*PATTERNS} - POSTED - BULK_ACTIONS - HANDS.keys()}

    # No import has a result yet, and a draft leads to its first open step.
    assert {name: answer.status_code for name, answer in answers.items()} == {
        **dict.fromkeys(answers, 200),
        "notices": 204,
        "import-next": 302,
        # Their child has an e-mail address.
        "my-child-password": 302,
        "choose-password": 410,
        "my-details-confirm": 410,
    }
    for answer in answers.values():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert len(b"".join(answer)) < 150_000


def test_signing_in_on_the_way_to_an_action_leads_to_the_import(school: Scope) -> None:
    assert school.actor
    client = signed_in(school.actor)
    answers = {name: client.get(address(name)) for name in BULK_ACTIONS | HANDS.keys()}

    assert {name: answer.headers.get("Location") for name, answer in answers.items()} == (
        dict.fromkeys(BULK_ACTIONS, "/imports/1/") | {name: address(to) for name, to in HANDS.items()}
    )


@pytest.mark.parametrize("way", ["get", "post"])
def test_a_stranger_learns_only_that_there_is_no_such_thing(way: str, school: Scope) -> None:
    del school
    college = cast.organization("college")
    client = signed_in(cast.person(college, username="stan", site_role="owner"))
    about = {name for name, found in PATTERNS.items() if OWNED.keys() & {*found.pattern.converters}}
    told = {}
    for name in about:
        there = getattr(client, way)(address(name), follow=True)
        nowhere = getattr(client, way)(address(name, **OWNED), follow=True)
        assert "x.org" not in there.text
        assert "draft.csv" not in there.text
        told[name] = (there.status_code, nowhere.status_code)

    # A page for only one method doesn't exist for the other, for anybody.
    assert {name: codes for name, codes in told.items() if codes != (405, 405)} == dict.fromkeys(
        (name for name, codes in told.items() if codes != (405, 405)), (404, 404)
    )
    assert len([codes for codes in told.values() if codes == (404, 404)]) >= len(about) / 2


def test_a_stranger_finds_nothing_of_others_in_any_list(school: Scope) -> None:
    college = cast.organization("college")
    client = signed_in(cast.person(college, username="stan", site_role="owner"))

    for index in ("imports", "people", "groups", "courses", "profile-fields", "activity"):
        assert not {"ann", "Choir", "ART", "house"} & set(re.findall(r"\w+", client.get(reverse(index)).text))
    assert "ann" in signed_in(school.actor).get(reverse("people")).text  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["owner", "OWNER", "owner@x.org", "Owner@X.org"])
def test_it_signs_in_by_username_or_address(name: str, school: Scope) -> None:
    assert school.actor
    account(school.actor)
    answer = Client().post("/sign-in/?next=/people/", {"name": name, "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("owner", "wrong"),
        ("nobody", PASSWORD),
        ("ann", PASSWORD),
        ("gone", PASSWORD),
        ("owner", ""),
        ("shared@x.org", PASSWORD),
        ("stan", PASSWORD),
    ],
)
def test_it_gives_the_same_answer_for_every_mistake(name: str, password: str, school: Scope) -> None:
    assert school.actor
    account(school.actor)
    account(cast.person(school.organization, username="gone", site_role="admin", state="inactive"))
    for twin in ("twin1", "twin2"):
        account(cast.person(school.organization, username=twin, email="shared@x.org", email_claim=None))
    account(cast.person(cast.organization("college"), username="stan", site_role="owner"))
    typed = {"organization": "school", "name": name, "password": password}
    answer = Client().post("/sign-in/", typed)

    assert answer.status_code == 403
    assert "Wrong name or password. If you share an address, use your username." in answer.text
    assert PASSWORD not in answer.text


def test_it_sends_nobody_to_another_site(school: Scope) -> None:
    assert school.actor
    account(school.actor)
    asked = {"name": "owner", "password": PASSWORD, "next": "https://elsewhere.example/"}
    answer = Client().post("/sign-in/", asked)

    assert answer.headers["Location"] == "/imports/"


def test_it_asks_for_the_organisation_where_there_are_several(school: Scope) -> None:
    assert school.actor
    account(school.actor)
    cast.organization("college")
    unsaid = Client().post("/sign-in/", {"name": "owner", "password": PASSWORD})
    said = Client().post("/sign-in/", {"organization": "school", "name": "owner", "password": PASSWORD})

    assert 'name="organization"' in Client().get("/sign-in/").text
    assert (unsaid.status_code, said.status_code) == (403, 302)


def test_a_deactivated_person_is_signed_out_at_once(school: Scope) -> None:
    admin = cast.person(school.organization, username="adm", site_role="admin")
    client = signed_in(admin)
    before = client.get("/imports/").status_code
    Person.objects.filter(pk=admin.pk).update(state="inactive")

    assert (before, client.get("/imports/").status_code) == (200, 302)


def test_signing_out_wants_a_post(school: Scope) -> None:
    assert school.actor
    client = signed_in(school.actor)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/imports/").status_code == 302


@pytest.fixture
def given(school: Scope) -> Client:
    """Signed in with a password that somebody else made."""
    assert school.actor
    made = account(school.actor)
    made.must_change = True
    made.save()
    client = Client()
    assert client.post("/sign-in/", {"name": "owner", "password": PASSWORD}).status_code == 302
    return client


def change(client: Client, *, current: str = PASSWORD, new: str, again: str | None = None) -> tuple[int, str]:
    answer = client.post("/own-password/", {"current": current, "new": new, "again": new if again is None else again})
    return answer.status_code, answer.text


def test_a_password_for_once_opens_nothing_until_it_is_changed(given: Client) -> None:
    shut = {*PATTERNS} - {"sign-in", "sign-out", "own-password", "session", "health", "help", "help-page"}
    answers = {name: given.get(address(name)) for name in shut}

    found = {name: (answer.status_code, answer.headers.get("Location")) for name, answer in answers.items()}
    assert found == dict.fromkeys(shut, (302, "/own-password/"))


def test_a_password_of_ones_own_is_chosen_and_ends_all_other_sessions(given: Client, school: Scope) -> None:
    elsewhere = Client()
    elsewhere.post("/sign-in/", {"name": "owner", "password": PASSWORD})

    assert change(given, new="walnut harbour ribbon")[0] == 302

    assert given.get("/imports/").status_code == 200
    assert elsewhere.get("/imports/").status_code == 302
    assert Client().post("/sign-in/", {"name": "owner", "password": PASSWORD}).status_code == 403
    assert Client().post("/sign-in/", {"name": "owner", "password": "walnut harbour ribbon"}).status_code == 302
    assert [each.action for each in activity.latest(school, limit=1)] == ["password_changed"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong", "new": "walnut harbour ribbon"}, "The current password is wrong"),
        ({"new": "walnut harbour ribbon", "again": "walnut harbor ribbon"}, "The new passwords differ."),
        ({"new": PASSWORD}, "The new password is the same as the old one"),
        ({"new": "walnut"}, "at least 12 characters"),
        ({"new": "1234567890123"}, "too common"),
        ({"new": "owner@x.orgs"}, "too similar"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_a_sentence(
    typed: dict[str, str], said: str, given: Client, school: Scope
) -> None:
    status, page = change(given, **typed)

    assert (status, said in page) == (422, True)
    assert given.get("/imports/").status_code == 302
    assert "password_changed" not in [each.action for each in activity.latest(school)]
    assert not [value for value in typed.values() if f'value="{value}"' in page]


def test_an_import_shows_old_and_new_and_what_was_wrong(school: Scope) -> None:
    imported(school, "username,city\nann,Bern")
    assert school.actor
    client = signed_in(school.actor)
    first, second = client.get("/imports/1/").text, client.get("/imports/3/").text

    assert "A new person needs a last name." in first
    assert "<del>Oslo</del> → <ins>Bern</ins>" in " ".join(second.split())
    assert "1 failed" in client.get("/imports/").text


def test_a_person_shows_what_changed_them(school: Scope) -> None:
    cast.profile_field(school.organization, "photos", kind="boolean")
    imported(school, "username,profile_field_house,course1,profile_field_photos\nann,Elm,ART,0")
    assert school.actor
    shown = " ".join(signed_in(school.actor).get("/people/ann/").text.split())
    (history,) = re.findall(r'<ol class="tl">(.*?)</ol>', shown)
    past = history.split("<li>")[1:]

    assert [re.findall(r"(?:</a> |<b>)(\w+)", each) for each in past] == [["updated"], ["Edited"], ["created"]]
    assert "<dt>Photos</dt> <dd><bdi>no</bdi></dd>" in shown
    assert "House</span>" in past[0]
    assert "<ins>Elm</ins>" in past[0]
    assert "enrolled in ART as student" in past[0]
    assert "<del>Rome</del> → <ins>Oslo</ins>" in past[1]
    assert 'href="/imports/1/">Import 1</a>' in past[2]


def test_a_person_is_edited_only_in_the_changed_fields(school: Scope) -> None:
    assert school.actor
    client = signed_in(school.actor)
    (form,) = Fields(client.get("/people/ann/edit/").text).forms
    older = {"initial-firstname": "Anna", "firstname": "Anna"}
    done = client.post("/people/ann/edit/", {**form, **older, "city": "Bern"}, follow=True)
    taken = send(client, "/people/ann/edit/", values={"email": "owner@x.org"})
    own = client.post("/people/owner/state/", {"state": "inactive"}, follow=True)

    ann = Person.objects.get(username="ann")
    assert (ann.city, ann.firstname, ann.email) == ("Bern", "Ann", "ann@x.org"), "Anna was an older form's"
    assert "Changed 1 value." in done.text
    assert taken.status_code == 422
    assert 'value="owner@x.org"' in taken.content.decode()
    assert 'id="id_email_error"' in taken.content.decode()
    assert "deactivate yourself." in own.text


def test_a_cell_is_text_and_never_markup(school: Scope) -> None:
    imported(school, f"{HEAD},city\neve,<b>Eve</b>,Ng,eve@x.org,<script>alert(1)</script>")
    assert school.actor
    client = signed_in(school.actor)

    for page in ("/imports/3/", "/people/eve/", "/people/"):
        assert "<script>alert" not in client.get(page).text
        assert "<b>Eve" not in client.get(page).text


def test_a_missing_right_is_explained(school: Scope) -> None:
    parent = cast.person(school.organization, username="pia", site_role="parent")
    answer = signed_in(parent).get("/people/")

    assert answer.status_code == 403
    assert "This page is for the team. Your role (parent) doesn&#x27;t include it." in answer.text
    assert "ann@x.org" not in answer.text


def test_requests_are_logged_by_their_route_and_ids_alone(school: Scope, caplog: pytest.LogCaptureFixture) -> None:
    assert school.actor
    client = signed_in(school.actor)
    with caplog.at_level("INFO"):
        client.get("/people/ann/")
        client.get("/people/nobody-called-zoe/")
    told = [vars(record)["fields"] for record in caplog.records if record.name == "enlist.web"]

    ours = {"organization": school.organization.pk, "person": school.actor.pk}
    assert [{**each, "ms": 0} for each in told] == [
        {"method": "GET", "route": "people/<name:username>/", "status": status, "ms": 0, **ours}
        for status in (200, 404)
    ]
