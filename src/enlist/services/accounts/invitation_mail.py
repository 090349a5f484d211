"""The invitation: its text in the language of the person who gets it, as plain text and as HTML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Final

from enlist.store.models import Person

from .mail import Written, called

DEFAULT: Final = "en"
COLOUR: Final = "#1f4fd8"
_HTML: Final = """\
<!doctype html>
<html lang="{language}">
<body style="margin:0;padding:24px;background:#f4f5f7;font-family:system-ui,sans-serif;color:#1c2430">
<div style="max-width:520px;margin:0 auto;padding:32px;background:#ffffff;border-radius:8px">
{logo}<p style="margin:0 0 24px;font-size:18px;font-weight:600">{organization}</p>
<p>{greeting}</p>
<p>{body}</p>
{message}<p>{username_is}: <strong>{username}</strong></p>
<p style="margin:32px 0"><a href="{address}"
style="padding:12px 20px;background:{colour};color:{on_colour};text-decoration:none;border-radius:6px">{button}</a></p>
<p style="font-size:13px;color:#5a6474">{address}</p>
<p style="font-size:13px;color:#5a6474">{lasts} {unknown}</p>
</div>
</body>
</html>
"""
_LOGO: Final = '<p style="margin:0 0 16px"><img src="{}" alt="" style="max-height:64px;max-width:240px"></p>\n'


@dataclass(frozen=True)
class Invitation:
    """What an invitation says.

    days: how long its link works. message: from the organisation or the import, "" for none. logo: the address of an
    image, "" for none. colour: of the button, #rrggbb.
    """

    organization: str
    address: str
    days: int
    message: str = ""
    logo: str = ""
    colour: str = COLOUR


def written(invitation: Invitation, *, to: Person) -> Written:
    """The invitation as this person gets it."""
    language = _language(to.lang)
    values = {"organization": invitation.organization, "name": called(to), "days": invitation.days}
    said = {key: text.format(**values) for key, text in _texts()[language].items() if key != "announcement"}
    message = invitation.message.strip()
    lines = [said["greeting"], said["body"], message, f"{said['username']}: {to.username}"]
    lines += [f"{said['button']}:\n{invitation.address}", f"{said['lasts']}\n{said['unknown']}"]
    return Written(
        subject=said["subject"],
        text="\n\n".join(filter(None, lines)) + "\n",
        html=_html(said, invitation=invitation, to=to, language=language),
    )


def announced(organization: str, *, sender: str, to: Person) -> str:
    """What the organisation can tell people before they get their invitations, in this person's language."""
    texts = _texts()[_language(to.lang)]
    subject = texts["subject"].format(organization=organization)
    return texts["announcement"].format(organization=organization, sender=sender, subject=subject)


def languages() -> list[str]:
    """The languages in which invitations are written."""
    return list(_texts())


def _html(said: Mapping[str, str], *, invitation: Invitation, to: Person, language: str) -> str:
    message = escape(invitation.message.strip()).replace("\n", "<br>\n")
    shown = {
        "language": language,
        "organization": invitation.organization,
        "username_is": said["username"],
        "username": to.username,
        "address": invitation.address,
        "colour": invitation.colour,
        "on_colour": _on(invitation.colour),
        **{key: said[key] for key in ("greeting", "body", "button", "lasts", "unknown")},
    }
    parts = {
        "message": f"<p>{message}</p>\n" if message else "",
        "logo": _LOGO.format(escape(invitation.logo)) if invitation.logo else "",
    }
    return _HTML.format(**{name: escape(value) for name, value in shown.items()}, **parts)


def _on(colour: str) -> str:
    """Black or white, whichever can be read better on a colour (WCAG 2.2, relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _language(lang: str) -> str:
    code = lang.lower().replace("-", "_").partition("_")[0]
    return code if code in _texts() else DEFAULT


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("enlist.services.accounts").joinpath("invitation_texts.toml").read_text("utf-8")
    return tomllib.loads(text)
