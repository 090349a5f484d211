"""Filters: how moments and names are shown."""

from __future__ import annotations

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html

from enlist.core.fields import FIELDS
from enlist.core.report import FlagGroup, said_lines
from enlist.web.words import DEEDS, STATES

register = template.Library()


@register.filter
def moment(said: str | None) -> str:
    """An ISO 8601 moment as people read it; nothing where there is none."""
    at = parse_datetime(said) if said else None
    return date_format(at, "Y-m-d H:i") if at else ""


@register.filter
def deed(name: str) -> str:
    """What was done, in words; what has no words yet by its name."""
    return str(DEEDS.get(name, name.replace("_", " ")))


@register.filter
def field(slug: str) -> str:
    """What a field is called."""
    return FIELDS[slug].label if slug in FIELDS else slug.removeprefix("profile_field_")


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


@register.filter
def where(group: FlagGroup) -> str:
    """On which lines of the file; nothing where it is about all of it."""
    return said_lines(group.lines, count=group.count)


@register.filter
def address(email: str) -> str:
    """An e-mail address that goes into the next line, where it must, after its @."""
    name, at, host = email.rpartition("@")
    return format_html("{}@<wbr>{}", name, host) if at else email
