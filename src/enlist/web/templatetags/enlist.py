"""Filters: how moments and names are shown."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html

from enlist.core.errors import EnlistError
from enlist.core.presets import PRESETS
from enlist.core.report.report import FlagGroup
from enlist.core.table.printable import lines_text
from enlist.web import hints
from enlist.web.words import ACTION_LABELS, KINDS, RESULT, STATES, STEPS

register = template.Library()


@register.filter
def moment(said: str | None) -> str:
    """An ISO 8601 moment as people read it; nothing where there is none."""
    at = parse_datetime(said) if said else None
    return date_format(at, "Y-m-d H:i") if at else ""


@register.filter
def action(name: str) -> str:
    """What was done, in words; what has no words yet by its name."""
    return str(ACTION_LABELS.get(name, name.replace("_", " ")))


@register.filter
def number(count: int | None) -> str:
    """A count with its thousands apart."""
    return "" if count is None else f"{count:,}"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them; nothing where nobody knows."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


@register.filter
def state(name: str) -> str:
    """What the state of an import is called."""
    return str(STATES.get(name, name.replace("_", " ")))


@register.simple_tag
def steps(number: int, *, step: str) -> list[dict[str, str]]:
    """The steps of an import: name, title, address; its result has none before it is there, and none leads back."""
    return [
        {
            "name": name,
            "title": str(title),
            "address": "" if RESULT in (name, step) else reverse(f"import-{name}", args=[number]),
        }
        for name, title in STEPS
    ]


@register.filter
def kind(name: str) -> str:
    """What a kind of profile field is called."""
    return str(KINDS.get(name, name))


@register.filter
def preset(name: str) -> str:
    """What a kind of import is called."""
    return PRESETS[name].title if name in PRESETS else name


@register.filter
def flag_hint(code: str) -> str:
    """How to fix what a flag is about."""
    return hints.flag_hint(code)


@register.filter
def error_text(error: EnlistError | None) -> str:
    """An error, or a stored one, as a page shows it."""
    return hints.error_text(error)


@register.filter
def where(group: FlagGroup) -> str:
    """On which lines of the file; nothing where it is about all of it."""
    return lines_text(group.lines, count=group.count)


@register.filter
def address(email: str) -> str:
    """An e-mail address that goes into the next line, where it must, after its @."""
    name, at, host = email.rpartition("@")
    return format_html("{}@<wbr>{}", name, host) if at else email
