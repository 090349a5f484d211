"""Forgotten passwords: anybody can ask with a name or address, and people get a link by mail.

The answer, and the time it takes, are the same for everybody: it only adds a request, and a worker does the rest.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from enlist.core.clean import fold
from enlist.core.errors import MailProblem, NotFound
from enlist.store import scope
from enlist.store.accounts import accounts, password_requests, throttling, tokens
from enlist.store.accounts.throttling import Limit, key_of
from enlist.store.models import Person
from enlist.store.operations.models import PasswordRequest
from enlist.store.people import people
from enlist.store.transactions import short_transaction

from .invitations import address_of
from .mail import link_mail
from .sign_in import ONE_NETWORK, count_guess, network_of

# For one name from one network, and for one mailbox: three at once, then one an hour.
FEW: Final = Limit(a_minute=3, in_a_row=3)

_log = logging.getLogger("enlist")


@dataclass(frozen=True)
class Mailed:
    """How many links were mailed, and how many couldn't be sent yet."""

    sent: int = 0
    waiting: int = 0


def password_request(*, organization: str, name: str, address: str) -> None:
    """Ask for a link to choose a new password. It doesn't reveal whether there is such an account.

    organization: a slug, or "" if there is only one. name: as for signing in. address: of the network. Raises TooOften,
    also for unknown names.
    """
    # PostgreSQL refuses to search for a NUL.
    organization, name = (typed.replace("\0", "\ufffd") for typed in (organization, name))
    network = network_of(address)
    count_guess(key_of("forgotten network", network), limit=ONE_NETWORK)
    count_guess(key_of("forgotten", fold(organization), fold(name), network), limit=FEW)
    password_requests.put(_person(organization, name=name))


def password_requests_mail() -> Mailed:
    """Mail a link for each request. The next call tries again what can't be sent now."""
    sent = waiting = 0
    for request in password_requests.due():
        if not password_requests.take(request):
            continue
        try:
            sent += _mailed(request)
        except MailProblem as error:
            _log.warning("A link could not be mailed yet: %s", error.message)
            waiting += 1
            if error.is_away:
                break
        else:
            password_requests.done(request)
    return Mailed(sent, waiting)


def _person(organization: str, *, name: str) -> Person | None:
    with suppress(NotFound):
        here = scope.organization_of(organization or None)
        return people.by_username(here, key=people.key_of_login(here, name=name))
    return None


def _mailed(request: PasswordRequest) -> bool:
    """Mail the link of a request; False if there is nobody to mail it to. Raises MailProblem."""
    person = password_requests.person_of(request)
    purpose = _purpose(person) if person and person.email else None
    if person is None or purpose is None:
        return False
    token = password_requests.token_of(request) or _token(request, person=person, purpose=purpose)
    # A link that became void meanwhile isn't sent.
    if token is None or tokens.find(token) is None:
        return False
    about = (request.pk, request.created_at.timestamp())
    return link_mail(to=person, address=address_of(token), is_reset=purpose == tokens.RESET, about=about)


def _purpose(person: Person) -> str | None:
    """A new password for people who have one; activation for those who had such a link before, because the
    organisation decides who is invited.
    """
    if accounts.has_password(person):
        return tokens.RESET
    return tokens.ACTIVATE if tokens.of(person, purpose=tokens.ACTIVATE) else None


def _token(request: PasswordRequest, *, person: Person, purpose: str) -> str | None:
    if throttling.reserve(key_of("mailbox", str(person.organization_id), person.email_key), limit=FEW):
        return None
    with short_transaction():
        token = tokens.make(person, purpose=purpose)
    if token:
        password_requests.keep_token(request, token=token)
    return token
