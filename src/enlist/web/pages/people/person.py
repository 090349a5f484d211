"""One person: details and history, and the forms to edit, add, deactivate and erase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from enlist.core.directory.directory import ProfileField
from enlist.core.fields.fields import COMMON_ROLES, FIELDS, PROFILE_PREFIX
from enlist.core.report.changes import Cell
from enlist.core.rights import Right
from enlist.services.access import Scope, check_right
from enlist.services.accounts import invitations
from enlist.services.people import erase, history, inviting, links, listing, one_time
from enlist.services.people.edit import person_add, person_set
from enlist.services.people.history import ImportedChange, ManualChange, PastChange
from enlist.services.people.listing import PersonDetail
from enlist.services.setup import lists
from enlist.web.forms.inputs import country_name
from enlist.web.forms.people import PersonForm
from enlist.web.pages.drafts.draft import refusal
from enlist.web.plan_view import WHOLE
from enlist.web.request import Request
from enlist.web.rights import may

# The values of a checkbox field.
_BOXES: Final = {"1": gettext_lazy("yes"), "0": gettext_lazy("no")}


@require_safe
def detail(request: Request, *, username: str) -> HttpResponse:
    """Details, courses, groups, history."""
    scope = request.scope
    person = listing.person_facts(scope, username=username)
    fields = lists.fields_list(scope)
    names = _names(fields)
    shown = {
        "person": person,
        "past": [_shown(each, names=names) for each in history.person_history(scope, username=username)],
        "details": details_of(person, fields=fields),
        "links": links.link_list(scope, username=username),
        "may_link": may(scope, right=Right.CHANGE_LINKS),
        "common_roles": COMMON_ROLES,
        "sign_in": one_time.sign_in_facts(scope, username=username),
        "mails": listing.person_mails(scope, username=username),
        "invitation": inviting.invitation_show(scope, username=username),
        "may_change": may(scope, right=Right.CHANGE_PEOPLE),
        "may_give_link": may(scope, right=Right.GIVE_LINKS),
        "may_delete": may(scope, right=Right.APPROVE) and person.state == "inactive",
    }
    return render(request, "web/people/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, *, username: str) -> HttpResponse:
    """The form of a person; a POST saves the changed values."""
    scope = request.scope
    check_right(scope, right=Right.CHANGE_PEOPLE)
    person = listing.person_facts(scope, username=username)
    form = PersonForm(request.POST if request.method == "POST" else None, scope=scope, person=person)
    if form.is_valid():
        values = form.values()
        cells: list[Cell] = []
        if form.saved(lambda: cells.extend(person_set(scope, username=username, values=values))):
            count = len(cells)
            messages.success(request, ngettext("Changed %d value.", "Changed %d values.", count) % count)
            return redirect("person", username=values.get("username", username))
    shown = {"person": person, "form": form}
    return render(request, "web/people/edit.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form of a new person; a POST adds them."""
    scope = request.scope
    check_right(scope, right=Right.CHANGE_PEOPLE)
    form = PersonForm(request.POST if request.method == "POST" else None, scope=scope)
    if form.is_valid():
        values = form.values(changed=False)
        username, role = values.pop("username"), values.pop("role")
        if form.saved(lambda: person_add(scope, username=username, values=values, role=role)):
            messages.success(request, _("Added %s. No mail was sent.") % username)
            return redirect("person", username=username)
    return render(request, "web/people/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: Request, *, username: str) -> HttpResponse:
    """Deactivate or reactivate a person."""
    if request.method == "POST":
        wanted = request.POST.get("state", "")
        if person_set(request.scope, username=username, values={"state": wanted}):
            message = _("%s can no longer sign in.") if wanted == "inactive" else _("%s can sign in again.")
            messages.success(request, message % username)
    return redirect("person", username=username)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, *, username: str) -> HttpResponse:
    """Erase an inactive person, confirmed by their username."""
    if request.method != "POST":
        return redirect("person", username=username)
    confirm = request.POST.get("confirm", "").strip()
    if message := refusal(lambda: erase.person_delete(request.scope, username=username, confirm=confirm)):
        messages.warning(request, message)
        return redirect("person", username=username)
    messages.success(request, _("Erased %s.") % username)
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Request, *, username: str) -> HttpResponse:
    """Make an activation link for a person who can't sign in yet, and show it once."""
    if request.method != "POST":
        return redirect("person", username=username)
    made: list[str] = []
    if message := refusal(lambda: made.append(invitations.invitation_link(request.scope, username=username))):
        messages.warning(request, message)
        return redirect("person", username=username)
    address = request.build_absolute_uri(reverse("choose-password", kwargs={"token": made[0]}))
    shown = {"address": address, "person": listing.person_facts(request.scope, username=username)}
    return render(request, "web/people/link.html", shown)


def details_of(person: PersonDetail, *, fields: Iterable[ProfileField]) -> list[tuple[Any, Any]]:
    """The label and value of each detail that isn't blank; fields: the organisation's profile fields."""
    names, boxes = _names(fields), boxes_of(fields)
    own = {PROFILE_PREFIX + name: value for name, value in person.profile.items()}
    labels = {slug: FIELDS[slug].label for slug, value in person.fields.items() if value} | {
        slug: names.get(slug, slug.removeprefix(PROFILE_PREFIX)) for slug in own
    }
    values = {**person.fields, **own}
    return [(label, value_name(slug, value=values[slug], boxes=boxes)) for slug, label in labels.items()]


def boxes_of(fields: Iterable[ProfileField]) -> set[str]:
    """The slugs of the checkbox fields."""
    return {each.slug for each in fields if each.kind == "boolean"}


def value_name(slug: str, *, value: str, boxes: set[str]) -> str:
    """A value as pages show it: a country by its name, a checkbox as yes or no. boxes: see boxes_of."""
    if slug == "country":
        return country_name(value)
    return str(_BOXES.get(value, value)) if slug in boxes else value


def field_names(scope: Scope) -> dict[str, str]:
    """The names of profile fields, by slug."""
    return _names(lists.fields_list(scope))


def _names(fields: Iterable[ProfileField]) -> dict[str, str]:
    return {each.slug: each.name for each in fields}


def labelled(change: PastChange, *, names: Mapping[str, str]) -> dict[str, Any]:
    """The values of a change, with labels for its cells. names: those of profile fields, by slug."""
    words = {slug: known.label for slug, known in FIELDS.items()} | dict(names)
    cells = [{"label": words.get(cell.field, cell.field), "old": cell.old, "new": cell.new} for cell in change.cells]
    return {**asdict(change), "cells": cells}


def _shown(past: ImportedChange | ManualChange, *, names: Mapping[str, str]) -> dict[str, Any]:
    """The same, with sentences for the records that changed."""
    values = labelled(past, names=names)
    if isinstance(past, ManualChange):
        return values
    sentences = [each.sentence() for each in past.record_changes]
    return {**values, "record_changes": sentences, "is_whole": past.kind in WHOLE}
