"""Forgotten passwords: anybody can ask with a name or address, and people get a link by mail.

The answer, and the time it takes, are the same for everybody: it only adds a request, and a worker does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from enlist.core.clean import fold
from enlist.core.errors import NotFound
from enlist.store import scope
from enlist.store.accounts import accounts, mails, password_requests, throttling, tokens
from enlist.store.accounts.throttling import Limit, key_of
from enlist.store.models import Mail, Person
from enlist.store.operations.models import PasswordRequest
from enlist.store.people import people
from enlist.store.transactions import short_transaction

from .invitations import address_of
from .inviting import activation_content
from .mail_text import Content
from .outbox import Writer
from .sign_in import ONE_NETWORK, count_guess, network_of

# For one name from one network, and for one mailbox: three at once, then one an hour.
FEW: Final = Limit(a_minute=3, in_a_row=3)


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


def password_requests_queue() -> None:
    """Queue a mail with a link for each request. If it is interrupted, the next call continues."""
    for request in password_requests.waiting():
        with short_transaction():
            person = tokens.active(request.person or 0)
            if person and (purpose := _purpose(person)):
                _queue(person, request=request, purpose=purpose)
        password_requests.done(request)


def _person(organization: str, *, name: str) -> Person | None:
    with suppress(NotFound):
        here = scope.organization_of(organization or None)
        return people.by_username(here, key=people.key_of_login(here, name=name))
    return None


def _queue(person: Person, *, request: PasswordRequest, purpose: str) -> None:
    """Queue the mail of a request, unless that was done before, or there were too many to this mailbox."""
    last = mails.of(person, purpose=mails.RESET)
    if last and (last.about or 0) >= request.pk:
        return
    if throttling.reserve(key_of("mailbox", str(person.organization_id), person.email_key), limit=FEW):
        return
    mail = mails.request(person, purpose=mails.RESET, about=request.pk)
    tokens.keep(person, purpose=purpose, token=_token(mail))


def _purpose(person: Person) -> str | None:
    """A new password for people who have one; activation for those who had such a link before, because the
    organisation decides who is invited. None for neither, and without an address.
    """
    if not person.email:
        return None
    if accounts.has_password(person):
        return tokens.RESET
    return tokens.ACTIVATE if tokens.of(person, purpose=tokens.ACTIVATE) else None


def _link(mail: Mail) -> Content | None:
    """A link that became void meanwhile isn't sent."""
    token = _token(mail)
    found = tokens.find(token)
    if found is None:
        return None
    if found.purpose == tokens.ACTIVATE:
        return activation_content(mail.person, token=token, organization=mail.organization)
    return Content(mail.person, mail.organization, "reset", address=address_of(token))


def _token(mail: Mail) -> str:
    return tokens.derived(of=mails.identity_of(mail))


WRITERS: Final[Mapping[str, Writer]] = {mails.RESET: _link}
