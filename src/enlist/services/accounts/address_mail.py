"""Mails about a new address that people chose themselves: a link that confirms it, and a notice to the old one."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Final

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from enlist.store.accounts import mails, tokens
from enlist.store.models import AccountToken, Mail, Person
from enlist.store.secrets.keys import keyed_hash

from .invitations import RESET_LASTS
from .mail import Written, called, mail_send
from .outbox import Sender

_CONFIRM: Final = """\
Hello {name},

you want to use this e-mail address for your account at {place}. Confirm it within 72 hours:
{address}

You sign in first. Your username: {username}
If it wasn't you, do nothing.
"""

_CHANGED: Final = """\
Hello {name},

your account at {place} has another e-mail address now. Mails no longer come to this one.

Your username: {username}
If it wasn't you, tell the people at {place} at once.
"""


def address_link_add(person: Person, *, email: str) -> None:
    """Queue a link that confirms a new address, in the caller's transaction; it replaces an earlier one."""
    mail = mails.request(person, purpose=mails.ADDRESS, email=email)
    tokens.keep(person, purpose=tokens.ADDRESS, token=_token(mail))


def address_notice_add(person: Person, *, email: str) -> None:
    """Queue a notice to the address that a person had until now, in the caller's transaction."""
    mails.request(person, purpose=mails.ADDRESS_CHANGED, email=email)


def address_waiting(person: Person) -> str:
    """The address that a person hasn't confirmed yet; "" if there is none, or its link no longer works."""
    found = tokens.of(person, purpose=tokens.ADDRESS)
    mail = mails.of(person, purpose=mails.ADDRESS) if found and _works(found) else None
    return mail.email if mail else ""


def address_of_token(person: Person, *, token: str) -> str | None:
    """The new address that a link of this person confirms; None if the link doesn't work."""
    found = tokens.find(token)
    is_mine = found and found.purpose == tokens.ADDRESS and found.person_id == person.pk
    mail = mails.of(person, purpose=mails.ADDRESS) if found and is_mine and _works(found) else None
    return mail.email if mail else None


def _works(found: AccountToken) -> bool:
    return timezone.now() < found.created_at + RESET_LASTS


def _link_send(mail: Mail, *, connection: BaseEmailBackend) -> bool | None:
    token = _token(mail)
    # A link that became void meanwhile isn't sent.
    return _send(mail, text=_CONFIRM, token=token, connection=connection) if tokens.find(token) else None


def _notice_send(mail: Mail, *, connection: BaseEmailBackend) -> bool | None:
    return _send(mail, text=_CHANGED, connection=connection)


SENDERS: Final[Mapping[str, Sender]] = {mails.ADDRESS: _link_send, mails.ADDRESS_CHANGED: _notice_send}


def _send(mail: Mail, *, text: str, token: str = "", connection: BaseEmailBackend) -> bool:
    person, place = copy(mail.person), mail.organization.name
    address = f"{settings.SITE_ADDRESS}/my-details/confirm/{token}/"
    body = text.format(name=called(person), place=place, username=person.username, address=address)
    person.email = mail.email
    about = keyed_hash("mail", of=mails.identity_of(mail))
    return mail_send(person, written=Written(f"Your address at {place}", body), about=about, connection=connection)


def _token(mail: Mail) -> str:
    return tokens.derived(of=mails.identity_of(mail))
