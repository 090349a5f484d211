"""The pages of groups, courses and other kinds of records (`core.setup_kinds`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enlist.core.rights import Right
from enlist.core.setup_kinds import COURSES, GROUPS, PROFILE_FIELDS, SetupKind, SetupRecord
from enlist.services.access import check_right
from enlist.services.imports.options import options_used
from enlist.services.setup import courses, fields
from enlist.services.setup.records import record_add, record_change, record_list, record_remove, record_show
from enlist.web.forms.setup import SetupForm
from enlist.web.pages.drafts.draft import refusal
from enlist.web.pages.setup.conditions import rules_of_group
from enlist.web.request import Request
from enlist.web.rights import may


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: Request, *, kind: SetupKind) -> HttpResponse:
    """The records of a kind; a POST adds one."""
    form = _form(request, kind=kind, key=None)
    if form.is_valid():
        values = form.values(changed=False)
        if form.saved(lambda: record_add(request.scope, kind=kind, values=values)):
            messages.success(request, _("Added %s.") % values[kind.called])
            return redirect(kind.pages)
    rows = [_line(each, kind=kind) for each in _with_shares(record_list(request.scope, kind=kind))]
    return _page(request, template="web/setup/records.html", form=form, shown={"kind": kind, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: Request, *, kind: SetupKind, **address: int | str) -> HttpResponse:
    """A record; a POST changes it."""
    (key,) = address.values()
    form = _form(request, kind=kind, key=key)
    if form.is_valid() and form.saved(lambda: record_change(request.scope, kind=kind, key=key, values=form.values())):
        messages.success(request, _("Saved."))
        return redirect(kind.pages)
    record = record_show(request.scope, kind=kind, key=key)
    may_change = may(request.scope, right=kind.change)
    facts = [
        each for each in kind.attributes if not may_change or each.name not in form.fields or each.input == "lines"
    ]
    shown = {
        "kind": kind,
        "key": key,
        "record": record,
        "name": record[kind.listed],
        "facts": [(each, record[each.name]) for each in facts],
        "inside": _inside({**record, "id": key}, kind=kind),
    }
    more = rules_of_group(request, group=key) if kind is GROUPS and isinstance(key, int) else {}
    if kind is PROFILE_FIELDS and record["options"]:
        more = {"uses": options_used(request.scope, shortname=str(key))}
    return _page(request, template="web/setup/record.html", form=form, shown=shown | more)


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: Request, *, kind: SetupKind, **address: int | str) -> HttpResponse:
    """Remove a record, unless data would be lost."""
    (key,) = address.values()
    found = record_show(request.scope, kind=kind, key=key)
    if request.method != "POST":
        return redirect(kind.page, key)
    if message := refusal(lambda: record_remove(request.scope, kind=kind, key=key)):
        messages.warning(request, message)
        return redirect(kind.page, key)
    messages.success(request, _("Removed %s.") % found[kind.called])
    return redirect(kind.pages)


@require_http_methods(["GET", "HEAD", "POST"])
def add_group(request: Request, *, course: int) -> HttpResponse:
    """Add a group to a course."""
    record_show(request.scope, kind=COURSES, key=course)
    if request.method == "POST":
        name = request.POST.get("group", "").strip()
        if message := refusal(lambda: courses.course_group_add(request.scope, course=course, name=name)):
            messages.warning(request, message)
        else:
            messages.success(request, _("Added %s.") % name)
    return redirect("course", course=course)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, *, kind: SetupKind, field: str) -> HttpResponse:
    """Move a profile field one place up or down."""
    record_show(request.scope, kind=kind, key=field)
    if request.method == "POST":
        fields.field_move(request.scope, shortname=field, by=-1 if request.POST.get("to") == "up" else 1)
    return redirect("profile-fields")


def addresses(kind: SetupKind) -> list[URLPattern]:
    """The URLs of a kind. The URL of a record has its name if that never changes, else its id."""
    one = f"{kind.pages}/<{'name' if kind.by_name[kind.called].is_fixed else 'key'}:{kind.name}>/"
    about: dict[str, Any] = {"kind": kind}
    return [
        path(f"{kind.pages}/", index, about, name=kind.pages),
        path(one, detail, about, name=kind.page),
        *([path(f"{one}drop/", drop, about, name=f"{kind.page}-drop")] if kind.removal else []),
        *([path(f"{one}move/", move, about, name=f"{kind.page}-move")] if kind.places else []),
    ]


def _form(request: Request, *, kind: SetupKind, key: int | str | None) -> SetupForm:
    if request.method == "POST":
        check_right(request.scope, right=kind.change)
    sent = request.POST if request.method == "POST" else None
    return SetupForm(sent, scope=request.scope, kind=kind, key=key)


def _page(request: Request, *, template: str, form: SetupForm, shown: dict[str, Any]) -> HttpResponse:
    scope = request.scope
    may_change = may(scope, right=shown["kind"].change)
    about = {**shown, "form": form, "may_change": may_change, "may_give_link": may(scope, right=Right.GIVE_LINKS)}
    return render(request, template, about, status=422 if form.errors else 200)


def _with_shares(found: Sequence[SetupRecord]) -> list[dict[str, Any]]:
    """The values of records, with their share (%) of the largest record's people."""
    rows = [asdict(each) for each in found]
    most = max((each.get("people", 0) for each in rows), default=0) or 1
    return [{**each, "share": f"{100 * each.get('people', 0) / most:.2f}"} for each in rows]


def _line(row: dict[str, Any], *, kind: SetupKind) -> dict[str, Any]:
    """A row of the list: name, key, cells, and the query of its people."""
    return {
        **row,
        "called": row[kind.listed],
        "key": row[kind.called] if kind.by_name[kind.called].is_fixed else row["id"],
        "below": row[kind.below] if kind.below else "",
        "cells": [(column, row[column.name]) for column in kind.columns],
        "inside": _inside(row, kind=kind),
    }


def _inside(row: Mapping[str, object], *, kind: SetupKind) -> str:
    """The query that lists the people of a record; "" for kinds without people."""
    name, _equals, value = kind.inside.partition("=")
    return urlencode({name: value.format(**row)}) if name else ""
