"""Invite people, one or many, or those that an import created; see who was invited."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

import polars as pl
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from enlist.core.errors import PolicyError
from enlist.services.access import Right, Scope, may_touch, needs, person_asking
from enlist.services.accounts.inviting import invitation_example, links_since
from enlist.services.accounts.mail import Written, mail_is_set_up, mail_send
from enlist.services.accounts.mail_text import announced
from enlist.services.accounts.outbox import problem_text
from enlist.services.accounts.protection import guarded_roles
from enlist.store import activity
from enlist.store.accounts import mails
from enlist.store.imports import records
from enlist.store.models import Person
from enlist.store.people import people as store_people
from enlist.store.secrets.keys import keyed_hash
from enlist.store.transactions import short_transaction

from .listing import Chosen, person_everybody, person_of

# Who gets an invitation; `again` also invites those whose link still works.
_NEEDS_ONE: Final = ("not_sent", "queued", "refused", "expired")
_AGAIN: Final = (*_NEEDS_ONE, "sent")


@dataclass(frozen=True)
class Invited:
    """How many invitations will be sent, and how many of the people get none."""

    queued: int
    left_out: int


@dataclass(frozen=True)
class InvitationCounts:
    """How many people are in each state of `mails.INVITATION_STATES`, or inactive. example: somebody to be invited."""

    states: dict[str, int]
    inactive: int = 0
    example: str | None = None

    @property
    def new(self) -> int:
        """How many need an invitation."""
        return sum(self.states.get(state, 0) for state in _NEEDS_ONE)


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """The invitation of a person.

    at: when it was queued, sent or refused (ISO 8601), null if nothing was to be sent. problem: what went wrong last.
    """

    username: str
    name: str
    email: str
    state: str
    at: str | None = None
    problem: str = ""


@needs(Right.GIVE_LINKS)
def people_invite(scope: Scope, *, chosen: Chosen, again: bool = False) -> Invited:
    """Queue invitations for people who can't sign in yet. again: also if their last link still works.

    Raises PolicyError without a mail server, for nobody, and as `person_list`.
    """
    return _invite(scope, people=_ids(scope, chosen=chosen), again=again)


@needs(Right.GIVE_LINKS)
def people_invited(scope: Scope, *, chosen: Chosen) -> InvitationCounts:
    """How many of these people were invited. Raises PolicyError as `person_list`."""
    return _counts(scope, people=_ids(scope, chosen=chosen))


def import_invite(scope: Scope, *, number: int, again: bool = False) -> Invited:
    """Queue invitations for people that an import created, as `people_invite`. Raises NotFound too."""
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    return _invite(scope, people=_series(_new(scope, number=number)), number=number, again=again)


def import_invited(scope: Scope, *, number: int) -> InvitationCounts:
    """How many of the people that an import created were invited. Raises NotFound."""
    may_touch(scope, record=records.get(scope, number=number), others=Right.SEE_IMPORTS)
    return _counts(scope, people=_series(_new(scope, number=number)))


@needs(Right.SEE_PEOPLE)
def invitations_list(
    scope: Scope, *, number: int | None = None, state: str = "", limit: int = 100
) -> list[InvitationShown]:
    """The invitations of the people that an import created, or all that were requested.

    state: one of `mails.INVITATION_STATES`. Raises NotFound, PolicyError.
    """
    if state not in ("", *mails.INVITATION_STATES):
        known = ", ".join(mails.INVITATION_STATES)
        raise PolicyError("people_filter_unknown", what="state", value=state, choices=known)
    people = mails.invited(scope.organization, among=_new(scope, number=number) if number is not None else None)
    states = (state,) if state else mails.INVITATION_STATES
    return _shown(mails.with_states(people, links_since=links_since(scope.organization), states=states)[:limit])


@needs(Right.SEE_PEOPLE)
def invitation_show(scope: Scope, *, username: str) -> InvitationShown:
    """The invitation of a person. Raises NotFound."""
    person = person_of(scope, username=username)
    alone = Person.objects.filter(pk=person.pk)
    (shown,) = _shown(mails.with_states(alone, links_since=links_since(scope.organization)))
    return shown


@needs(Right.IMPORT)
def invitation_preview(scope: Scope, *, username: str, number: int | None = None) -> Written:
    """The invitation as this person gets it, with a link that doesn't work. number: of the import that invites them.

    Raises NotFound.
    """
    return invitation_example(person_of(scope, username=username), organization=scope.organization, number=number)


@needs(Right.IMPORT)
def invitation_announcement(scope: Scope, *, username: str) -> str:
    """What you can tell people before they get their invitations, in this person's language. Raises NotFound."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return announced(scope.organization.name, sender=sender, to=person_of(scope, username=username))


@needs(Right.IMPORT)
def invitation_test(scope: Scope, *, username: str, number: int | None = None) -> str:
    """Mail the acting person the invitation as somebody else gets it; their address.

    Raises NotFound, MailProblem; PolicyError without a mail server, and if they have no address or it is refused.
    """
    _check_mail()
    me, written = person_asking(scope), invitation_preview(scope, username=username, number=number)
    about = keyed_hash("mail", of=("test", me.pk, timezone.now().isoformat()))
    if not me.email or not mail_send(me, written=written, about=about):
        raise PolicyError("own_address_refused")
    return me.email


def _invite(scope: Scope, *, people: pl.Series, again: bool, number: int | None = None) -> Invited:
    _check_mail()
    if people.is_empty():
        raise PolicyError("nobody_chosen")
    with short_transaction():
        wanted = mails.with_states(
            mails.among(scope.organization, people=people),
            links_since=links_since(scope.organization),
            states=_AGAIN if again else _NEEDS_ONE,
        ).exclude(site_role__in=guarded_roles(scope))
        queued = mails.add(scope.organization, purpose=mails.INVITATION, people=wanted, number=number)
        if queued:
            person = int(people[0]) if len(people) == 1 else None
            activity.log(scope, action="invited", person=person, note=_note(queued, number=number))
    return Invited(queued, len(people) - queued)


def _note(queued: int, *, number: int | None) -> str:
    of_import = f" of import {number}" if number is not None else ""
    return f"{queued:,} {'person' if queued == 1 else 'people'}{of_import}."


def _counts(scope: Scope, *, people: pl.Series) -> InvitationCounts:
    since = links_since(scope.organization)
    states = mails.counts(scope.organization, people=people, links_since=since)
    example = mails.example(scope.organization, people=people, states=_AGAIN, links_since=since)
    return InvitationCounts(states, inactive=len(people) - sum(states.values()), example=example)


def _shown(people: QuerySet[Person]) -> list[InvitationShown]:
    found = list(people)
    sent = mails.of_people([person.pk for person in found])
    return [
        InvitationShown(
            username=person.username,
            name=" ".join(filter(None, [person.firstname, person.lastname])),
            email=person.email,
            state=person.invitation,  # type: ignore[attr-defined]
            at=sent[person.pk].changed_at.isoformat(timespec="seconds") if person.pk in sent else None,
            problem=problem_text(sent[person.pk].problem) if person.pk in sent else "",
        )
        for person in found
    ]


def _ids(scope: Scope, *, chosen: Chosen) -> pl.Series:
    if chosen.wanted is not None:
        return person_everybody(scope, wanted=chosen.wanted).get_column("person")
    found = store_people.by_usernames(scope.organization, usernames=list(chosen.usernames))
    return pl.Series("person", [person.pk for person in found], dtype=pl.Int64)


def _new(scope: Scope, *, number: int) -> range:
    return records.created(records.get(scope, number=number))


def _series(ids: range) -> pl.Series:
    return pl.int_range(ids.start, ids.stop, eager=True).alias("person")


def _check_mail() -> None:
    if not mail_is_set_up():
        raise PolicyError("no_mail_server")
