"""Merge two people: choose whose values stay, then review the changes like those of an import."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError, NotAllowed, PolicyError
from enlist.core.rights import Right
from enlist.services.access import Scope, check_right
from enlist.services.drafts.draft import draft_change
from enlist.services.imports.merge import MergeField, merge_between, merge_compare
from enlist.services.people.listing import Chosen, people_of
from enlist.services.setup.lists import fields_list
from enlist.web.hints import error_text
from enlist.web.pages.people.person import boxes_of, value_name
from enlist.web.request import Request


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse:
    """Two people side by side; a POST plans to merge them."""
    check_right(request.scope, right=Right.CHANGE_LINKS)
    sent = request.POST if request.method == "POST" else request.GET
    kept, other = (sent.get(name, "").strip() for name in ("kept", "other"))
    try:
        change = merge_between(request.scope, kept=kept, other=other, take=tuple(_taken(request)))
        if request.method == "POST":
            return redirect("import-preview", draft_change(request.scope, change=change))
        fields = _named(request.scope, fields=merge_compare(request.scope, change=change))
    except NotAllowed as error:
        if error.code == "right_missing":
            raise
        return _refused(request, error=error, kept=kept)
    except EnlistError as error:
        return _refused(request, error=error, kept=kept)
    shown = {"stays": kept, "goes": other, "fields": fields}
    return render(request, "web/people/merge.html", shown)


def of_chosen(request: Request, *, chosen: Chosen) -> HttpResponse:
    """The way to the page that merges the two chosen people."""
    found = people_of(request.scope, chosen=chosen, most=2, too_many="merge_of_two")
    if len(found) != 2:
        raise PolicyError("merge_of_two", people=len(found))
    names = dict(zip(("kept", "other"), (each.username for each in found), strict=True))
    return redirect(f"{reverse('people-merge')}?{urlencode(names)}")


def _named(scope: Scope, *, fields: list[MergeField]) -> list[MergeField]:
    """The same fields, with values as the page of a person shows them."""
    boxes = boxes_of(fields_list(scope))
    return [
        replace(
            each,
            kept=value_name(each.slug, value=each.kept, boxes=boxes),
            other=value_name(each.slug, value=each.other, boxes=boxes),
        )
        for each in fields
    ]


def _taken(request: Request) -> list[str]:
    """The fields of which the value of the other was chosen."""
    chosen = [name for name, value in request.POST.items() if value == "other"]
    return [name.removeprefix("of-") for name in chosen if name.startswith("of-")]


def _refused(request: Request, *, error: EnlistError, kept: str) -> HttpResponse:
    messages.warning(request, error_text(error))
    return redirect("person", username=kept) if kept and error.code != "person_unknown" else redirect("people")
