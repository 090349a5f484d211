"""Invite people by e-mail: see the mail as one of them gets it, send a test to yourself, then send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enlist.services.accounts.mail import mail_is_set_up
from enlist.services.people import inviting
from enlist.services.people.inviting import InvitationCounts, Invited
from enlist.services.people.listing import Chosen
from enlist.web.pages.drafts.draft import action, refusal
from enlist.web.request import Request


@dataclass(frozen=True)
class _Invitees:
    """The people to be invited: how to count and to invite them, and the page to return to."""

    counts: InvitationCounts
    invite: Callable[[bool], Invited]
    back: str
    number: int | None = None


@action
def of_import(request: Request, *, number: int) -> HttpResponse:
    """Invite the people that an import created."""
    scope = request.scope
    return _page(
        request,
        invitees=_Invitees(
            inviting.import_invited(scope, number=number),
            lambda again: inviting.import_invite(scope, number=number, again=again),
            back=reverse("import", args=[number]),
            number=number,
        ),
    )


def of_chosen(request: Request, *, chosen: Chosen) -> HttpResponse:
    """Invite the people chosen in the list, or the one on whose page it was. Raises PolicyError as `person_list`."""
    scope, (first, *others) = request.scope, [*chosen.usernames, ""]
    alone = reverse("person", args=[first]) if first and not any(others) and not chosen.wanted else ""
    return _page(
        request,
        invitees=_Invitees(
            inviting.people_invited(scope, chosen=chosen),
            lambda again: inviting.people_invite(scope, chosen=chosen, again=again),
            back=alone or f"{reverse('people')}?{request.POST.get('query', '')}",
        ),
        people=chosen.usernames,
    )


def _page(request: Request, *, invitees: _Invitees, people: Sequence[str] = ()) -> HttpResponse:
    sent, how, counts = request.POST, request.POST.get("how"), invitees.counts
    if how == "send":
        if message := refusal(lambda: _send(request, invite=invitees.invite, again=bool(sent.get("again")))):
            messages.warning(request, message)
        return redirect(invitees.back)
    example = counts.example
    if how == "test" and example:
        test = lambda: _test(request, username=example, number=invitees.number)  # noqa: E731
        if message := refusal(test):
            messages.warning(request, message)
    written = inviting.invitation_preview(request.scope, username=example, number=invitees.number) if example else None
    shown = {
        "sent": sent,
        "people": people,
        "counts": counts,
        "states": counts.states,
        "written": written,
        "example": example,
        "mail": mail_is_set_up(),
        "back": invitees.back,
        "address": request.path,
    }
    if example:
        shown["written"] = inviting.invitation_preview(request.scope, username=example, number=invitees.number)
        shown["announcement"] = inviting.invitation_announcement(request.scope, username=example)
    return render(request, "web/people/invite.html", shown)


def _send(request: Request, *, invite: Callable[[bool], Invited], again: bool) -> None:
    done = invite(again)
    if done.queued:
        words = ngettext("%d invitation will be sent.", "%d invitations will be sent.", done.queued) % done.queued
        messages.success(request, words)
    else:
        messages.info(request, _("Nobody was invited: these people can sign in, have no address, or were invited."))


def _test(request: Request, *, username: str, number: int | None) -> None:
    address = inviting.invitation_test(request.scope, username=username, number=number)
    messages.success(request, _("Sent a test to %s.") % address)
