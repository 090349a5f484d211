"""What an organisation adds to invitations: shown, changed on the page and by command, and in the mail."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from enlist.cli import invitations as commands
from enlist.cli.session import Session
from enlist.core.errors import PolicyError
from enlist.services.access import Scope
from enlist.services.accounts.outbox import per_second
from enlist.services.people.inviting import invitation_preview
from enlist.services.setup.invitation_design import InvitationDesign, design_change, design_show
from enlist.store import activity
from tests.database.test_inviting import school  # noqa: F401
from tests.database.test_web import signed_in
from tests.database.test_web_import import _static  # noqa: F401
from tests.support.forms import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_static")]

LOGO = "https://people.example.org/logo.png"


def typed(*words: str) -> Result:
    return CliRunner().invoke(commands.app, ["design", *words], obj=Session())


def test_the_page_and_the_command_change_it(school: Scope) -> None:  # noqa: F811
    assert school.actor
    owner = signed_in(school.actor)
    values = {"part": "invitations", "message": "Term starts\r\nsoon.", "reply_to": "office@x.org", "per_second": "25"}
    done = send(owner, "/organization/", values=values)
    shown = typed("--set", "colour=#225522", "--set", f"logo={LOGO}", "--json")

    assert done.status_code == 302
    assert json.loads(shown.stdout) == {
        "message": "Term starts\nsoon.",
        "logo": LOGO,
        "colour": "#225522",
        "reply_to": "office@x.org",
        "per_second": 25,
    }
    assert design_show(school) == InvitationDesign("Term starts\nsoon.", LOGO, "#225522", "office@x.org", 25)
    assert per_second(school.organization) == 25
    assert [each.note for each in activity.latest(school)] == [
        "Invitations: logo, colour.", "Invitations: message, reply to, per second.",
    ]  # fmt: skip
    assert "office@x.org" in owner.get("/organization/").text


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("reply_to", "office(at)x.org", "invitation_reply_to_refused"),
        ("logo", "http://x.org/logo.png", "invitation_logo_refused"),
        ("logo", "javascript:alert(1)", "invitation_logo_refused"),
        ("colour", "red;background:url(x)", "invitation_colour_refused"),
        ("message", "x" * 5_001, "invitation_text_too_long"),
        ("per_second", "0", "mails_per_second_refused"),
        ("per_second", "fast", "mails_per_second_refused"),
        ("font", "Comic Sans", "invitation_field_unknown"),
    ],
)
def test_it_refuses_what_no_mail_can_have(name: str, value: str, code: str, school: Scope) -> None:  # noqa: F811
    with pytest.raises(PolicyError) as refused:
        design_change(school, values={name: value})

    assert refused.value.code == code
    assert design_show(school) == InvitationDesign()
    assert activity.latest(school) == []


@pytest.mark.parametrize(("colour", "text"), [("#225522", "#ffffff"), ("#ffee88", "#000000")])
def test_the_button_can_be_read_and_the_logo_is_shown(colour: str, text: str, school: Scope) -> None:  # noqa: F811
    values: dict[str, Any] = {"colour": colour, "logo": f"{LOGO}?a=1&b=2"}
    design_change(school, values=values)
    html = invitation_preview(school, username="ann").html

    assert f"background:{colour};color:{text};" in html
    assert f'<img src="{LOGO}?a=1&amp;b=2" alt=""' in html
