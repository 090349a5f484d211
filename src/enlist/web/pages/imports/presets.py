"""The list of presets, the settings of one, and the list of roles."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enlist.core.errors import NotFound
from enlist.core.policy.preset import Preset
from enlist.core.presets import PRESETS
from enlist.core.rights import Right
from enlist.services.access import check_right
from enlist.services.setup import courses
from enlist.web.request import Request
from enlist.web.settings_form import title, titled


@require_safe
def index(request: Request) -> HttpResponse:
    """Every preset."""
    check_right(request.scope, right=Right.SEE_SETUP)
    return render(request, "web/setup/presets.html", {"presets": PRESETS.values()})


@require_safe
def detail(request: Request, *, name: str) -> HttpResponse:
    """The settings of a preset: values, meanings and allowed values."""
    check_right(request.scope, right=Right.SEE_SETUP)
    if name not in PRESETS:
        raise NotFound("preset_missing", name=name)
    chosen = PRESETS[name]
    used = [field for field in chosen.settings if field.name != "limits"]
    sections = [
        (section, [_setting(field, chosen=chosen) for field in fields])
        for section, fields in groupby(used, key=lambda field: field.section)
    ]
    return render(request, "web/setup/preset.html", {"preset": chosen, "sections": sections})


@require_safe
def roles(request: Request) -> HttpResponse:
    """The roles that people can have in courses and on the site."""
    return render(request, "web/setup/roles.html", {"roles": courses.roles_list(request.scope)})


def _setting(field: Any, *, chosen: Preset) -> dict[str, Any]:
    value = field.write(chosen.policy)
    labels = {word: label for word, label in titled(field.offered) if word}
    return {
        "name": field.name,
        "title": title(field.name),
        "meaning": field.meaning,
        "value": value,
        "said": [labels.get(each, each) for each in value.split(",") if each and labels],
    }
