"""Bulk actions on the people chosen in the list: an import that is previewed, or an export."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from enlist.core.errors import EnlistError, NotAllowed
from enlist.core.rights import Right
from enlist.formats import write
from enlist.formats.workbook.text_workbook import write_workbook
from enlist.services.access import check_right
from enlist.services.people import bulk, listing
from enlist.services.people.bulk import BulkAction
from enlist.services.people.cards import cards_make
from enlist.services.people.listing import Chosen
from enlist.services.people.marks import people_mark
from enlist.services.people.one_time import people_passwords
from enlist.web.hints import error_text
from enlist.web.pages.imports.imports import TYPES
from enlist.web.pages.people import inviting, merge
from enlist.web.people_form import PeopleFilter
from enlist.web.request import Request

_MARKS: Final = {"manual": _("created manually"), "import": _("created by an import")}
_EXPORTS: Final = {"export-xlsx": "xlsx", "export-csv": "csv"}
# A larger export would block the server for too long.
_MAX_EXPORT: Final = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request) -> HttpResponse:
    """Export or invite the chosen people, give them passwords or cards, or start to plan a bulk action."""
    sent = request.POST
    # Such as the redirect after signing in.
    if request.method != "POST":
        return redirect("people")
    if (chosen := _chosen(sent)) is None:
        return redirect(f"{reverse('people')}?{sent.get('query', '')}")
    try:
        if step := _STEPS.get(sent.get("do", "")):
            return step(request, chosen=chosen)
        if kind := _EXPORTS.get(sent.get("do", "")):
            return _exported(request, chosen=chosen, kind=kind)
        action = BulkAction(
            sent.get("do", ""),
            group=sent.get("to_group", ""),
            course=sent.get("to_course", ""),
            role=sent.get("as", ""),
        )
        number = bulk.many_draft(
            request.scope, action=action, chosen=chosen, key=sent.get("key", "")[:100] or uuid4().hex
        )
        return redirect("import-preview", number=number)
    except NotAllowed:
        raise
    except EnlistError as error:
        messages.warning(request, error_text(error))
        return redirect(f"{reverse('people')}?{sent.get('query', '')}")


def _chosen(sent: QueryDict) -> Chosen | None:
    """The people that were selected, or all that match the filters; None if those are wrong."""
    if sent.get("chosen") != "all":
        return Chosen(sent.getlist("person"))
    people = PeopleFilter(QueryDict(sent.get("query", "")))
    return Chosen(wanted=people.wanted()) if people.is_valid() else None


def _passwords(request: Request, *, chosen: Chosen) -> HttpResponse:
    """Ask how the new passwords reach people, then set them and show those that weren't mailed, once."""
    sent, renewed = request.POST, None
    check_right(request.scope, right=Right.GIVE_LINKS)
    if how := sent.get("how"):
        renewed = people_passwords(request.scope, chosen=chosen, mail=how == "mail")
    return render(request, "web/people/passwords.html", {**_about(request, chosen=chosen), "renewed": renewed})


def _marked(request: Request, *, chosen: Chosen) -> HttpResponse:
    """Mark people as created manually or by an import, and go back to the list."""
    source = request.POST.get("do", "").removeprefix("mark-")
    count = people_mark(request.scope, chosen=chosen, source=source)
    said = ngettext("%s person is marked as %s.", "%s people are marked as %s.", count)
    messages.info(request, said % (f"{count:,}", _MARKS[source]))
    return redirect(f"{reverse('people')}?{request.POST.get('query', '')}")


def _cards(request: Request, *, chosen: Chosen) -> HttpResponse:
    """Say that earlier links become void, then make new ones and show them as cards to print, once."""
    check_right(request.scope, right=Right.GIVE_LINKS)
    made = cards_make(request.scope, chosen=chosen) if request.POST.get("go") else None
    shown = {**_about(request, chosen=chosen), "made": made, "site": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "web/people/cards.html", shown)


def _about(request: Request, *, chosen: Chosen) -> dict[str, Any]:
    count = listing.person_count(request.scope, wanted=chosen.wanted) if chosen.wanted else len(chosen.usernames)
    return {"sent": request.POST, "people": chosen.usernames, "count": count}


def _exported(request: Request, *, chosen: Chosen, kind: str) -> HttpResponse:
    found = listing.people_export(request.scope, chosen=chosen, administrators=True, most=_MAX_EXPORT)
    data = write_workbook(found.frame, sheet="people") if kind == "xlsx" else write(found.frame, bom=True)
    named = {"Content-Disposition": f'attachment; filename="people.{kind}"'}
    return HttpResponse(data, content_type=TYPES[kind], headers=named)


# What is done on a page of its own.
_STEPS: Final = {
    "cards": _cards,
    "invite": inviting.of_chosen,
    "merge": merge.of_chosen,
    "passwords": _passwords,
    "mark-manual": _marked,
    "mark-import": _marked,
}
