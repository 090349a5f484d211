"""What mails say: in the language of the person who gets them, as plain text and as HTML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib import resources
from typing import Any, Final

from enlist.store.models import Organization, Person

from .mail import Written

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
{parts}<p style="font-size:13px;color:#5a6474">{last}</p>
</div>
</body>
</html>
"""
_LOGO: Final = '<p style="margin:0 0 16px"><img src="{logo}" alt="" style="max-height:64px;max-width:240px"></p>\n'
_BUTTON: Final = """\
<p style="margin:32px 0"><a href="{address}"
style="padding:12px 20px;background:{colour};color:{on_colour};text-decoration:none;border-radius:6px">{button}</a></p>
<p style="font-size:13px;color:#5a6474">{address}</p>
"""


@dataclass(frozen=True)
class Content:
    """What a mail says to a person.

    about: the text, a table of `mail_texts.toml`; values: what it mentions. address: of its button, "" for none.
    password: a one-time password. message: from the organisation or the import.
    """

    to: Person
    organization: Organization
    about: str
    address: str = ""
    password: str = ""
    message: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def written(content: Content) -> Written:
    """The mail as this person gets it, with the organisation's logo and colour."""
    language = _language(content.to.lang, about=content.about)
    said = _said(content, language=language)
    rows = [(said["username"], content.to.username)]
    rows += [(said["password"], content.password)] if content.password else []
    message = content.message.strip()
    lines = [said["greeting"], said["body"], message, "\n".join(f"{name}: {value}" for name, value in rows)]
    lines += [f"{said['button']}:\n{content.address}" if content.address else "", said["last"]]
    return Written(
        subject=said["subject"],
        text="\n\n".join(filter(None, lines)) + "\n",
        html=_html(content, said=said, rows=rows, language=language),
    )


def called(to: Person) -> str:
    """How a mail names a person."""
    return " ".join(filter(None, [to.firstname, to.lastname])) or to.username


def announced(organization: str, *, sender: str, to: Person) -> str:
    """What the organisation can tell people before they get their invitations, in this person's language."""
    texts = _texts()[_language(to.lang, about="invitation")]["invitation"]
    subject = texts["subject"].format(organization=organization)
    return str(texts["announcement"]).format(organization=organization, sender=sender, subject=subject)


def design_of(organization: Organization) -> dict[str, str]:
    """The organisation's own parts of mails: message, logo, colour, reply_to; what it didn't set is missing."""
    design: dict[str, str] = organization.settings.get("invitations", {})
    return design


def _said(content: Content, *, language: str) -> dict[str, str]:
    texts = _texts()[language]
    own = {**texts, **texts[content.about]}
    values = {"organization": content.organization.name, "name": called(content.to), **content.values}
    return {key: text.format(**values) for key, text in own.items() if isinstance(text, str) and key != "announcement"}


def _html(content: Content, *, said: Mapping[str, str], rows: list[tuple[str, str]], language: str) -> str:
    design = design_of(content.organization)
    colour = design.get("colour") or COLOUR
    shown = {
        "language": language,
        "organization": content.organization.name,
        "address": content.address,
        "logo": design.get("logo", ""),
        "colour": colour,
        "on_colour": _on(colour),
        **said,
        "last": said["last"].replace("\n", " "),
    }
    safe = {name: escape(value) for name, value in shown.items()}
    message = escape(content.message.strip()).replace("\n", "<br>\n")
    parts = f"<p>{message}</p>\n" if message else ""
    parts += "".join(f"<p>{escape(name)}: <strong>{escape(value)}</strong></p>\n" for name, value in rows)
    parts += _BUTTON.format(**safe) if content.address else ""
    return _HTML.format(**{**safe, "logo": _LOGO.format(**safe) if safe["logo"] else "", "parts": parts})


def _on(colour: str) -> str:
    """Black or white, whichever can be read better on a colour (WCAG 2.2, relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _language(lang: str, *, about: str) -> str:
    code = lang.lower().replace("-", "_").partition("_")[0]
    return code if about in _texts().get(code, ()) else DEFAULT


@cache
def _texts() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("enlist.services.accounts").joinpath("mail_texts.toml").read_text("utf-8")
    return tomllib.loads(text)
