"""Links with which people activate their account, or choose a new password.

A link works once. It is void after a newer one, any new password, another address, deactivation and removal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from enlist.core.clean import fold
from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.core.rights import may_change_account
from enlist.services.access import Right, Scope, needs
from enlist.store import activity
from enlist.store.accounts import accounts, tokens
from enlist.store.imports import expiry
from enlist.store.models import Account, AccountToken, Person, Terms
from enlist.store.people import people
from enlist.store.setup import terms as store_terms
from enlist.store.transactions import short_transaction

from .password_rules import least_length, password_check

RESET_LASTS: Final = timedelta(hours=72)
_ACTIONS: Final = {tokens.ACTIVATE: "account_activated", tokens.RESET: "password_reset"}


@dataclass(frozen=True)
class Link:
    """What the page of a link shows. least: how many characters the password needs.

    terms: the id and text of the terms to accept, null for none.
    """

    username: str
    name: str
    organization: str
    is_reset: bool
    least: int
    terms: tuple[int, str] | None


def address_of(token: str) -> str:
    """The address of a link, for mails and commands."""
    return f"{settings.SITE_ADDRESS}/choose-password/{token}/"


@needs(Right.GIVE_LINKS)
def invitation_link(scope: Scope, *, username: str) -> str:
    """The token of a new activation link for a person who can't sign in yet. Earlier ones are void.

    Raises NotFound; NotAllowed for accounts that one may not change; PolicyError for people who aren't active, and for
    those who have a password.
    """
    person = people.by_username(scope.organization, key=fold(username))
    if person is None:
        raise NotFound("person_unknown", username=username)
    if scope.actor is not None and not may_change_account(person.site_role, by=scope.role):
        raise NotAllowed("account_of_team", username=person.username)
    account = accounts.of(scope.organization, username=person.username)
    if account is not None and account.has_usable_password():
        raise PolicyError("activated_already", username=person.username)
    with short_transaction():
        token = tokens.make(person, purpose=tokens.ACTIVATE)
        if token is None:
            raise PolicyError("link_for_inactive", username=person.username)
        activity.log(scope, action="link_made", person=person.pk)
    return token


def link_until(person: Person) -> datetime | None:
    """Until when a person's activation link works, or worked; None if they have none (two queries)."""
    found = tokens.of(person, purpose=tokens.ACTIVATE)
    return found.created_at + _lasts(found) if found else None


def link_show(token: str) -> Link | None:
    """What a link is for; None if it doesn't work, for whatever reason."""
    found = _working(token)
    if found is None:
        return None
    person, text = found.person, _terms(found)
    return Link(
        username=person.username,
        name=" ".join(filter(None, [person.firstname, person.lastname])),
        organization=found.organization.name,
        is_reset=found.purpose == tokens.RESET,
        least=least_length(person.site_role),
        terms=(text.pk, text.text) if text else None,
    )


def link_use(token: str, *, password: str, terms: int | None = None) -> Account:
    """Choose a password through a link; the account, which can sign in now. Of several uses at once, one succeeds.

    terms: the id of those that the person accepted. Raises PolicyError if the link doesn't work (any more), the
    password is refused, or other terms count now.
    """
    found = _working(token)
    if found is None:
        raise PolicyError("link_over")
    password_check(password, person=found.person, field="new")
    # Before the transaction: hashing takes a while, and on SQLite nobody else could write.
    hash_ = make_password(password)
    with short_transaction():
        person, text = tokens.take(found), _terms(found)
        if person is None or _is_activated(found):
            raise PolicyError("link_over")
        if text and text.pk != terms:
            raise PolicyError("terms_not_accepted", field="terms")
        if text:
            store_terms.accept(person, terms=text)
        accounts.give([(person, hash_, False)])
        activity.log(Scope(found.organization, person), action=_ACTIONS[found.purpose], person=person.pk)
    return Account.objects.get(person=person)


def _working(token: str) -> AccountToken | None:
    found = tokens.find(token)
    if found is None or found.purpose not in _ACTIONS or found.person.state != "active" or _is_activated(found):
        return None
    if timezone.now() >= found.created_at + _lasts(found):
        return None
    return found


def _is_activated(found: AccountToken) -> bool:
    """Whether it is for activation, and the person has a password by now: they may have got both at the same time."""
    return found.purpose == tokens.ACTIVATE and accounts.has_password(found.person)


def _terms(found: AccountToken) -> Terms | None:
    """The terms to accept; a new password needs no other consent."""
    return store_terms.current(found.organization) if found.purpose == tokens.ACTIVATE else None


def _lasts(found: AccountToken) -> timedelta:
    if found.purpose == tokens.RESET:
        return RESET_LASTS
    return timedelta(days=expiry.retention_of(found.organization).links)
