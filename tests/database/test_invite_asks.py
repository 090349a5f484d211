"""`invite = ask` waits for its answer: on the preview page, on the command line, and in the library."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from enlist.cli.imports import commands
from enlist.cli.session import Session
from enlist.core.errors import EnlistError, PolicyError
from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.imports.background import import_hand_over
from enlist.services.imports.plan import import_apply, import_plan, import_show, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.store.models import Person
from tests.database.imports import HEAD
from tests.database.test_inviting import BEN_AND_CYD, mails_in, school, states, worked  # noqa: F401
from tests.database.test_web import signed_in
from tests.database.test_web_import import UPDATING, _static, sent, shown, work  # noqa: F401
from tests.support.postbox import Postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

ASK = ("upload_type=add_and_update", "update_details=from_file", "invite=ask")
QUESTION = "Invite the new people by e-mail?"
BOTH = {"ben": ("due", ""), "cyd": ("due", "")}


def request(*settings: str, invite: bool | None = None, text: str = BEN_AND_CYD) -> ImportRequest:
    policy = preset("moodle").configure(settings or ASK)
    return ImportRequest(source=text.encode(), policy=policy, preset="moodle", invite=invite)


@pytest.fixture
def client(school: Scope, postbox: Postbox) -> Client:  # noqa: F811
    postbox.start()
    assert school.actor
    return signed_in(school.actor)


def asked(client: Client) -> str:
    """A draft whose plan waits for the answer; its address."""
    address = sent(client, BEN_AND_CYD).removesuffix("source/")
    client.post(f"{address}settings/", UPDATING | {"there": [*UPDATING["there"], "invite"], "invite": "ask"})
    work()
    return address


@pytest.mark.spec("TM-20", "TM-21", "TM-22")
@pytest.mark.parametrize(("answer", "expected"), [("yes", {"ben": ("sent", ""), "cyd": ("sent", "")}), ("no", {})])
def test_the_preview_asks_and_applies_nothing_without_an_answer(
    answer: str, expected: Any, client: Client, postbox: Postbox
) -> None:
    address = asked(client)
    page, plan = client.get(f"{address}preview/").text, shown(client, address)
    refused = client.post(f"{address}apply/", {"shown": plan}, follow=True)
    work()
    without = Person.objects.filter(username="ben").exists()
    client.post(f"{address}apply/", {"shown": plan, "invite": answer})
    work()

    assert QUESTION in page
    assert page.count('name="invite"') == 2
    assert "checked" not in page.split(QUESTION)[1].split("</fieldset>")[0]
    assert "ask whether its new people are invited" in refused.text
    assert not without
    assert Person.objects.filter(username="ben").exists()
    assert states() == expected
    assert len(postbox.got) == len(expected)


@pytest.mark.spec("TM-27")
def test_the_preview_says_what_happens_where_nothing_is_asked(client: Client) -> None:
    address = sent(client, BEN_AND_CYD).removesuffix("source/")
    client.post(f"{address}settings/", UPDATING)
    work()
    page = client.get(f"{address}preview/").text

    assert "New people without a password will be invited by e-mail." in page
    assert "<p>Hello Ben Osei,</p>" in page
    assert QUESTION not in page


def test_the_preview_says_that_there_is_no_mail_server(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    page = client.get(f"{asked(client)}preview/").text

    assert "No mail server is set up (ENLIST_MAIL), so nobody will be invited." in page


@pytest.mark.parametrize(("answer", "expected"), [(True, BOTH), (False, {})])
def test_a_request_answers_for_a_program(
    answer: bool,
    expected: Any,
    school: Scope,  # noqa: F811
    postbox: Postbox,
) -> None:
    with pytest.raises(PolicyError) as refused:
        import_apply(school, plan=import_stage(school, planned=import_plan(school, request=request())))
    import_apply(school, plan=import_stage(school, planned=import_plan(school, request=request(invite=answer))))

    assert refused.value.code == "invite_unanswered"
    assert (states(), postbox.got) == (expected, [])


def test_a_plan_is_applied_with_the_answer(school: Scope, postbox: Postbox) -> None:  # noqa: F811
    plan = import_plan(school, request=request()).plan
    with pytest.raises(PolicyError):
        import_apply(school, plan=plan)
    import_apply(school, plan=plan, invite=True)

    assert (states(), postbox.got) == (BOTH, [])


def test_an_import_in_the_background_has_its_answer(school: Scope, postbox: Postbox) -> None:  # noqa: F811
    postbox.start()
    with pytest.raises(PolicyError) as refused:
        import_hand_over(school, request=request())
    number = import_hand_over(school, request=request(invite=True)).number
    worked()

    assert refused.value.code == "invite_unanswered"
    assert import_show(school, number=number)[0].state == "applied"
    assert sorted(mails_in(postbox)) == ["ben@x.org", "cyd@x.org"]


def test_nothing_is_asked_if_nobody_is_created(school: Scope) -> None:  # noqa: F811
    again = request(text=f"{HEAD}\nann,Anna,Lee,ann@x.org")
    import_apply(school, plan=import_stage(school, planned=import_plan(school, request=again)))

    assert Person.objects.get(username="ann").firstname == "Anna"


def typed(*words: str) -> Result:
    return CliRunner().invoke(commands.app, words, obj=Session())


@pytest.mark.usefixtures("school", "postbox")
def test_the_command_line_wants_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(BEN_AND_CYD)
    settings = [word for setting in ASK for word in ("--set", setting)]
    refused = typed("import", str(file), *settings, "--yes")
    contradicted = typed("import", str(file), "--set", "upload_type=add_new", "--no-invite", "--yes")
    nobody = states()
    done = typed("import", str(file), *settings, "--invite", "--yes")

    assert isinstance(refused.exception, EnlistError)
    assert refused.exception.code == "invite_unanswered"
    assert isinstance(contradicted.exception, EnlistError)
    assert contradicted.exception.code == "invite_not_asked"
    assert (nobody, done.exit_code, states()) == ({}, 0, BOTH)
