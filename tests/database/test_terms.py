"""Terms: people accept them when they activate their account; which text, who and when is kept."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from enlist.cli import invitations as commands
from enlist.cli.session import Session
from enlist.core.errors import PolicyError
from enlist.services.access import Scope
from enlist.services.accounts.invitations import invitation_link, link_use
from enlist.services.people.edit import person_set
from enlist.services.people.erase import person_delete
from enlist.services.people.own import own_data
from enlist.services.setup.terms import LONGEST, terms_change, terms_show
from enlist.store import activity
from enlist.store.models import Account, Person, Terms, TermsAcceptance
from tests.database import school as cast
from tests.database.test_activation import NEW, path, school  # noqa: F401
from tests.database.test_web import _static, signed_in  # noqa: F401
from tests.support.forms import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

FIRST, SECOND = "Be kind.\n\n<b>Always.</b>", "Be very kind."


def activated(token: str, **sent: Any) -> Any:
    return Client().post(path(token), {"new": NEW, "again": NEW, **sent})


@pytest.mark.spec("TM-28")
def test_activation_asks_for_the_terms_and_keeps_which_who_and_when(school: Scope) -> None:  # noqa: F811
    terms_change(school, text=FIRST)
    token, first = invitation_link(school, username="ann"), Terms.objects.get()
    page = Client().get(path(token)).text
    refused = [activated(token), activated(token, terms="x")]
    assert not Account.objects.filter(person__username="ann").exists()
    done = activated(token, terms=str(first.pk))
    terms_change(school, text=SECOND)
    kept = TermsAcceptance.objects.get()

    assert "<p>Be kind.</p>" in page
    assert "&lt;b&gt;Always.&lt;/b&gt;" in page
    assert [(answer.status_code, "Read the terms and tick the box." in answer.text) for answer in refused] == [
        (422, True)
    ] * 2
    assert done.status_code == 302
    assert (kept.person.username, kept.terms.text) == ("ann", FIRST)
    mine = own_data(Scope(school.organization, Person.objects.get(username="ann")))
    assert mine["terms_accepted"] == [{"text": FIRST, "at": kept.at}]
    assert school.actor
    assert "accepted 20" in " ".join(signed_in(school.actor).get("/people/ann/").text.split())


def test_consent_to_an_earlier_text_does_not_count(school: Scope) -> None:  # noqa: F811
    terms_change(school, text=FIRST)
    token, first = invitation_link(school, username="ann"), Terms.objects.get()
    terms_change(school, text=SECOND)
    answer = activated(token, terms=str(first.pk))

    assert (answer.status_code, SECOND in answer.text) == (422, True)
    for accepted in (None, first.pk):
        with pytest.raises(PolicyError, match="The organisation's terms weren't accepted"):
            link_use(token, password=NEW, terms=accepted)
    assert not TermsAcceptance.objects.exists()
    terms_change(school, text="")
    assert activated(token).status_code == 302


def test_terms_of_another_organisation_are_asked_of_nobody_here(school: Scope) -> None:  # noqa: F811
    college = cast.organization("college")
    terms_change(Scope(college, cast.person(college, username="stan", site_role="owner")), text=SECOND)
    token = invitation_link(school, username="ann")

    assert terms_show(school) == ""
    assert "Terms" not in Client().get(path(token)).text
    assert activated(token).status_code == 302


def test_the_owner_changes_them_on_the_page_and_by_command(school: Scope, tmp_path: Path) -> None:  # noqa: F811
    assert school.actor
    owner = signed_in(school.actor)
    admin = signed_in(cast.person(school.organization, username="adm", site_role="admin"))
    (tmp_path / "terms.txt").write_text(SECOND, "utf-8")
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe\xff")

    def typed(*words: str) -> str:
        return CliRunner().invoke(commands.app, ["terms", *words], obj=Session()).output.strip()

    assert send(owner, "/organization/", values={"part": "terms", "terms": "Be kind.\r\nAlways."}).status_code == 302
    assert typed() == terms_show(school) == "Be kind.\nAlways."
    assert admin.post("/organization/", {"part": "terms", "terms": "?"}).status_code == 403
    assert typed(str(tmp_path / "terms.txt")) == SECOND
    with pytest.raises(PolicyError, match=r"odd\.txt isn't a UTF-8 text file"):
        CliRunner().invoke(commands.app, ["terms", str(tmp_path / "odd.txt")], obj=Session(), catch_exceptions=False)
    with pytest.raises(PolicyError, match="longer than 100,000 characters"):
        terms_change(school, text="a" * (LONGEST + 1))
    assert not terms_change(school, text=f" {SECOND}\n")
    assert [each.action for each in activity.latest(school, limit=2)] == ["terms_changed"] * 2


def test_an_erased_person_accepted_nothing(school: Scope) -> None:  # noqa: F811
    terms_change(school, text=FIRST)
    link_use(invitation_link(school, username="ann"), password=NEW, terms=Terms.objects.get().pk)
    person_set(school, username="ann", values={"state": "inactive"})
    person_delete(school, username="ann", confirm="ann")

    assert not TermsAcceptance.objects.exists()
