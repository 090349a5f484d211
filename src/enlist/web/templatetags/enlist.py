"""Filters and tags for times, numbers and names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import segno
from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from enlist.core.presets import PRESETS
from enlist.core.report.report import FlagGroup
from enlist.core.table.printable import lines_text
from enlist.web import hints
from enlist.web.help_pages import why_url
from enlist.web.words import ACTION_LABELS, INVITATIONS, KINDS, MAILS, RESULT, STATE_LOOKS, STATES, STEPS

register = template.Library()
register.filter(hints.flag_hint)
register.filter(hints.error_text)
register.simple_tag(why_url)


@register.filter
def moment(text: str | None) -> str:
    """An ISO 8601 time as a date and time; "" for None."""
    at = parse_datetime(text) if text else None
    return date_format(timezone.localtime(at), "Y-m-d H:i") if at else ""


@register.filter
def when(text: str | None) -> str:
    """An ISO 8601 time as people say it ("12 min ago", "Friday"), with the exact one as its title; "" for None."""
    at = parse_datetime(text) if text else None
    if at is None:
        return ""
    here, now = timezone.localtime(at), timezone.localtime()
    exact = f"{date_format(here, 'j M Y, H:i')} {here.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, _said(here, now=now))


def _said(at: datetime, *, now: datetime) -> str:
    minutes, days = int((now - at).total_seconds() // 60), (now.date() - at.date()).days
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return gettext("%d min ago") % minutes
    if days == 0:
        return gettext("%d h ago") % (minutes // 60)
    if days == 1:
        return gettext("Yesterday")
    if days < 7:
        return date_format(at, "l")
    return date_format(at, "j M" if at.year == now.year else "j M Y")


@register.filter
def action(name: str) -> str:
    """The label of an action, or its name if it has none."""
    return str(ACTION_LABELS.get(name, name.replace("_", " ")))


@register.filter
def number(count: int | None) -> str:
    """A count with thousands separators."""
    return "" if count is None else f"{count:,}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as minutes and seconds; "" for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


@register.filter
def state(name: str) -> str:
    """The name of an import's state."""
    return str(STATES.get(name, name.replace("_", " ")))


@register.filter
def invitation(name: str) -> str:
    """The name of an invitation's state."""
    return str(INVITATIONS[name])


@register.filter
def mail(name: str) -> str:
    """What a mail is about, or its state."""
    return str(MAILS.get(name, name))


@register.simple_tag
def state_chip(name: str) -> str:
    """A status with its colour and icon."""
    look, icon = STATE_LOOKS.get(name, ("", "circle"))
    chip = '<span class="state state-{} chip {}"><i class="bi bi-{}" aria-hidden="true"></i>{}</span>'
    return format_html(chip, name, look, icon, capfirst(state(name)))


@register.filter
def initials(person: Any) -> str:
    """The first letters of a person's names, or of the username."""
    return initials_of({name: getattr(person, name) for name in ("firstname", "lastname", "username")})


@register.filter
def initials_of(fields: Mapping[str, str]) -> str:
    """The same of a person's fields."""
    both = "".join(fields[name][:1].title() for name in ("firstname", "lastname"))
    return both or fields["username"][:1].title()


@register.simple_tag
def steps(number: int | None, *, step: str) -> list[dict[str, Any]]:
    """The steps of an import: name, title, URL, whether it comes before the current one, and the next one's title.

    The result has no URL, and after it no step has one. number: None for an import that doesn't exist yet.
    """
    names = [name for name, _title in STEPS]
    here = names.index(step)
    following = [str(title) for _name, title in STEPS[1:]] + [""]
    return [
        {
            "name": name,
            "title": str(title),
            "address": "" if number is None or RESULT in (name, step) else reverse(f"import-{name}", args=[number]),
            "is_done": place < here,
            "next": following[place],
        }
        for place, (name, title) in enumerate(STEPS)
    ]


@register.filter
def kind(name: str) -> str:
    """The name of a profile field's kind."""
    return str(KINDS.get(name, name))


@register.filter
def preset(name: str) -> str:
    """The title of a preset."""
    return PRESETS[name].title if name in PRESETS else name


@register.filter
def qr(text: str) -> str:
    """A QR code as SVG, which fills its container. 15 % of it may be unreadable, as on a folded or dirty card."""
    drawing = segno.make_qr(text, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawing)  # noqa: S308 it contains the squares, not the text


@register.filter
def where(group: FlagGroup) -> str:
    """The lines of the file; "" if the flag is about the whole file."""
    return lines_text(group.lines, count=group.count)
