"""Inviting: mail people a link with which they activate their account.

Imports queue invitations in their own transaction. People who can sign in already are never invited.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.conf import settings
from django.utils import timezone

from enlist.core.errors import NotFound, PolicyError
from enlist.core.policy import Invite, Policy
from enlist.core.policy.retention import Retention
from enlist.core.report.people import partial_plans
from enlist.store.accounts import mails, tokens
from enlist.store.imports import records
from enlist.store.models import Import, Mail, Organization, Person
from enlist.store.scope import MACHINE, Scope
from enlist.store.transactions import short_transaction

from .invitations import address_of
from .mail import Written, mail_is_set_up
from .mail_text import Content, design_of, written
from .outbox import Writer

if TYPE_CHECKING:
    from enlist.core.plan.plan import Plan
    from enlist.store.apply import Outcome


def invitations_add(record: Import, *, plan: Plan, outcome: Outcome) -> None:
    """Queue the invitations that an import's settings ask for, in the transaction that applies it.

    People who get a password from the import wait for it (`invitations_add_rest`). An undo drops what isn't sent yet.
    """
    if record.undoes is not None:
        mails.drop_of_gone(record.organization, people=records.created(record.undoes))
    elif is_wanted(record) and not plan.head.passwords:
        first = outcome.first.get("person", 0)
        _add(record, people=range(first, first + plan.head.new.get("person", 0)))


def invitations_add_rest(record: Import) -> None:
    """Queue the invitations of an applied import for people who have no password after all have been set."""
    if is_wanted(record):
        with short_transaction():
            _add(record, people=records.created(record))


def invitations_note(policy: Policy, *, new: int) -> str | None:
    """What happens to the new people of a plan, for the person who decides; None if it invites nobody."""
    if not new or policy.invite == Invite.NEVER:
        return None
    if not mail_is_set_up():
        return "No mail server is set up (ENLIST_MAIL), so nobody will be invited. You can invite people later."
    if policy.invite == Invite.ASK:
        return "People who get no password from this import are invited."
    return "New people without a password will be invited by e-mail."


def invite_asks(policy: Mapping[str, Any], *, new: int) -> bool:
    """Whether somebody has to say whether the new people of a plan are invited."""
    return bool(new) and policy.get("invite") == Invite.ASK


def invite_check(policy: Mapping[str, Any], *, new: int, answer: bool | None) -> None:
    """Raise PolicyError if an answer is missing, or there is one although nothing is asked."""
    if answer is None and invite_asks(policy, new=new):
        raise PolicyError("invite_unanswered")
    if answer is not None and policy.get("invite") != Invite.ASK:
        raise PolicyError("invite_not_asked", value=policy.get("invite"))


def is_wanted(record: Import) -> bool:
    """Whether an import invites the people that it creates."""
    invite = record.policy.get("invite")
    if invite == Invite.ASK:
        return records.answer(record) is True
    return invite in (Invite.ALWAYS, Invite.WHEN_NO_PASSWORD)


def _add(record: Import, *, people: range) -> None:
    """Without a mail server, nobody is invited: one that is set up later would surprise them."""
    if mail_is_set_up():
        mails.add_for_new(record.organization, purpose=mails.INVITATION, people=people, number=record.number)
        mails.add_for_parents(record.organization, children=people, number=record.number)


def _invitation(mail: Mail) -> Content | None:
    """An invitation; its link replaces earlier ones.

    Each attempt has the same link: the mail server may have accepted it before.
    """
    with short_transaction():
        person = mails.invitee(mail)
        if person is None:
            return None
        # An address that changed since gets a link of its own.
        token = tokens.derived(of=(*mails.identity_of(mail), person.email_key))
        tokens.keep(person, purpose=tokens.ACTIVATE, token=token)
    return activation_content(person, token=token, organization=mail.organization, message=mail.message)


def _children(mail: Mail) -> Content | None:
    parent = mails.parent(mail)
    address = f"{settings.SITE_ADDRESS}/my-children/"
    return Content(parent, mail.organization, "children", address=address) if parent else None


# What a mail says of a person.
_OF_MAIL: Final = ("username", "firstname", "lastname", "email", "lang")
# A token that belongs to nobody.
_EXAMPLE: Final = "example"
WRITERS: Final[Mapping[str, Writer]] = {mails.INVITATION: _invitation, mails.CHILDREN: _children}


def invitation_example(person: Person, *, organization: Organization, number: int | None = None) -> Written:
    """The invitation as this person gets it, with a link that doesn't work."""
    message = _message_of_import(organization, number=number)
    return written(activation_content(person, token=_EXAMPLE, organization=organization, message=message))


def links_since(organization: Organization) -> datetime:
    """Links that were made before no longer work."""
    return timezone.now() - timedelta(days=Retention.of(organization.settings).links)


def invitation_of_plan(plan: Plan, *, organization: Organization) -> Written | None:
    """The invitation as the first new person of a plan would get it; None if none of them has an address."""
    for part in partial_plans(plan):
        new = part.columns("create", "person", *_OF_MAIL)
        if new.height and (people := new.filter(pl.col("email") != "").top_k(1, by="person")).height:
            first = Person(**people.drop("person").row(0, named=True))
            return invitation_example(first, organization=organization, number=plan.head.staged)
    return None


def parent_notify(parent: Person, *, child: Person) -> None:
    """Queue a notice to a parent who can sign in and set up a child's account (TM-10), in the caller's transaction."""
    if mail_is_set_up():
        mails.add_for_parents(child.organization, children=range(child.pk, child.pk + 1), parent=parent)


def activation_content(
    person: Person, *, token: str, organization: Organization, message: str | None = None
) -> Content:
    """A mail with an activation link. message: of the import that invites the person."""
    message = message or design_of(organization).get("message", "")
    days = {"days": Retention.of(organization.settings).links}
    return Content(person, organization, "invitation", address=address_of(token), message=message, values=days)


def _message_of_import(organization: Organization, *, number: int | None) -> str:
    if number is None:
        return ""
    try:
        return str(records.get(Scope(organization, MACHINE), number=number).policy.get("message", ""))
    except NotFound:
        return ""
