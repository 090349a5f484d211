"""Sign-in cards: a new link for everybody who can't sign in yet, on paper and nowhere else."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

import enlist.web
from enlist.cli.people import cards as commands
from enlist.cli.session import Session
from enlist.core.errors import FileError, NotAllowed, PolicyError
from enlist.services.access import Scope
from enlist.services.accounts.invitations import link_show, link_use
from enlist.services.people.cards import MOST, Cards, cards_make
from enlist.services.people.listing import Chosen, Wanted
from enlist.store import activity
from enlist.store.models import AccountToken, Group, GroupMembership, Person
from tests.database import school as cast
from tests.database.everything import holding
from tests.database.test_web import _static, signed_in  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

STATIC = Path(enlist.web.__file__).parent / "static" / "enlist"
NEW = "walnut harbour"
ALL = Chosen(wanted=Wanted())


@pytest.fixture
def school() -> Scope:
    """An owner who has no password, ann and ben in a group, cleo who can sign in, and dan who is inactive."""
    here = cast.organization()
    owner = cast.person(here, username="owner", site_role="owner")
    scope = Scope(here, owner)
    band = Group.objects.create(organization=here, name="Band")
    for name in ("ann", "ben", "cleo", "dan"):
        person = cast.person(here, username=name, firstname=name.title(), lastname="Lee")
        if name in ("ann", "ben"):
            GroupMembership.objects.create(organization=here, person=person, group=band, source="manual")
    [cleo] = cards_make(scope, chosen=Chosen(["cleo"])).cards
    link_use(cleo.token, password=NEW)
    Person.objects.filter(username="dan").update(state="inactive")
    return scope


def names(made: Cards) -> list[str]:
    return [each.username for each in made.cards]


@pytest.mark.spec("EN-17")
def test_printing_again_voids_the_links_of_the_earlier_cards(school: Scope) -> None:
    group = Chosen(wanted=Wanted(group="Band"))
    first, second = cards_make(school, chosen=group), cards_make(school, chosen=group)

    assert (names(first), names(second)) == (["ann", "ben"], ["ann", "ben"])
    assert [link_show(each.token) for each in first.cards] == [None, None]
    shown = [link_show(each.token) for each in second.cards]
    assert [(each.username, each.name) for each in shown if each] == [("ann", "Ann Lee"), ("ben", "Ben Lee")]
    assert [(each.name, each.username) for each in second.cards] == [("Ann Lee", "ann"), ("Ben Lee", "ben")]
    ann = Person.objects.get(username="ann")
    assert [each.action for each in activity.latest(school, person=ann.pk)] == ["link_made", "link_made"]


def test_people_without_a_card_are_named_with_the_reason_and_their_links_stay(school: Scope) -> None:
    admin = Scope(school.organization, cast.person(school.organization, username="adm", site_role="admin"))
    [owner] = cards_make(school, chosen=Chosen(["owner"])).cards
    made = cards_make(admin, chosen=ALL)

    assert (names(made), made.able, made.inactive, made.guarded) == (
        ["ann", "ben"],
        ["cleo"],
        ["dan"],
        ["adm", "owner"],
    )
    assert link_show(owner.token) is not None
    assert AccountToken.objects.filter(person__username__in=["cleo", "dan", "adm"]).count() == 0


def test_cards_are_for_people_of_the_own_organisation_and_not_for_too_many(school: Scope) -> None:
    college = cast.organization("college")
    stranger = Scope(college, cast.person(college, username="stan", site_role="owner"))
    manager = Scope(school.organization, cast.person(school.organization, username="max", site_role="manager"))

    assert names(cards_make(stranger, chosen=Chosen(["ann"]))) == []
    with pytest.raises(NotAllowed):
        cards_make(manager, chosen=ALL)
    with pytest.raises(PolicyError, match="You chose nobody"):
        cards_make(school, chosen=Chosen())
    with pytest.raises(PolicyError, match=f"{MOST + 1} people are too many for one sheet of cards"):
        cards_make(school, chosen=Chosen([f"x{number}" for number in range(MOST + 1)]))
    assert AccountToken.objects.count() == 0


def test_the_page_asks_first_then_shows_each_link_once_and_nothing_keeps_it(
    school: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    assert school.actor
    owner = signed_in(school.actor)
    sent = {"do": "cards", "chosen": "all", "query": "group=Band"}
    with caplog.at_level("DEBUG"):
        asked = owner.post("/many-people/", sent)
        none = AccountToken.objects.count()
        page = owner.post("/many-people/", {**sent, "go": "1"})
        tokens = re.findall(r'<p class="link">http://testserver/choose-password/([\w-]+)/</p>', page.text)
        stored = holding(*tokens)

    assert ("You chose 2 people" in asked.text, none) == (True, 0)
    assert [len(token) for token in tokens] == [32, 32]
    assert page.text.count("<svg") == 2
    assert page.headers["Cache-Control"] == "no-store"
    assert stored == []
    told = "".join(f"{each.getMessage()} {vars(each)}" for each in caplog.records if "backends" not in each.name)
    assert [token in told for token in tokens] == [False, False]
    assert Client().post(f"/choose-password/{tokens[0]}/", {"new": NEW, "again": NEW}).status_code == 302
    told = owner.post("/many-people/", {**sent, "go": "1"}).text
    assert re.search(r"they can sign in already:</b>\s+ann\.", told)


def test_only_people_who_may_give_links_are_offered_cards(school: Scope) -> None:
    assert school.actor
    group = f"/groups/{Group.objects.get().pk}/"
    manager = signed_in(cast.person(school.organization, username="max", site_role="manager"))

    pages = {who: [who.get(each).text for each in ("/people/", group)] for who in (signed_in(school.actor), manager)}
    assert [["Print sign-in cards" in page for page in both] for both in pages.values()] == [[True] * 2, [False] * 2]
    assert manager.post("/many-people/", {"do": "cards", "person": "ann", "go": "1"}).status_code == 403
    assert AccountToken.objects.count() == 0


def typed(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(commands.app, [*arguments], obj=Session())
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.output


def test_the_command_writes_a_file_that_only_its_owner_reads(school: Scope, tmp_path: Path, settings: object) -> None:
    settings.SITE_ADDRESS = "https://people.example.org"  # type: ignore[attr-defined]
    file = tmp_path / "cards.html"
    code, told = typed("--everybody", "--output", str(file))
    page = file.read_text("utf-8")
    tokens = re.findall(r'<p class="link">https://people.example.org/choose-password/([\w-]+)/</p>', page)

    assert (code, file.stat().st_mode & 0o777) == (0, 0o600)
    assert f"Wrote 3 cards to {file}" in told.replace("\n", " ")
    assert "No card, because they can sign in already: cleo." in told
    assert "No card, because they are inactive: dan." in told
    assert [link.username for link in map(link_show, tokens) if link] == ["ann", "ben", "owner"]
    assert "sign in at https://people.example.org" in page
    assert [token in told for token in tokens] == [False] * 3
    # The template escapes the style sheet, so it has no character that this changes.
    assert f"<style>{(STATIC / 'sign-in-cards.css').read_text('utf-8')}</style>" in page


def test_the_command_makes_no_link_if_it_cannot_write_them(school: Scope, tmp_path: Path) -> None:
    file = tmp_path / "cards.html"
    file.write_text("mine")

    with pytest.raises(FileError, match="exists"):
        typed("ann", "--output", str(file))
    with pytest.raises(PolicyError, match="which people you mean"):
        typed("--output", str(tmp_path / "other.html"))
    assert (AccountToken.objects.count(), file.read_text(), list(tmp_path.iterdir())) == (0, "mine", [file])


def test_the_command_answers_in_json(school: Scope, tmp_path: Path) -> None:
    file = tmp_path / "cards.html"
    _code, told = typed("ann", "cleo", "dan", "--output", str(file), "--json")

    without = {"can_sign_in": ["cleo"], "inactive": ["dan"], "not_allowed": []}
    assert json.loads(told) == {"cards": 1, "file": str(file), "without_card": without}
