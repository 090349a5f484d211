"""Mails about a new address that people chose themselves: a link that confirms it, and a notice to the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils import timezone

from enlist.store.accounts import mails, tokens
from enlist.store.models import AccountToken, Mail, Person

from .invitations import RESET_LASTS
from .mail_text import Content
from .outbox import Writer


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


def _link(mail: Mail) -> Content | None:
    token = _token(mail)
    # A link that became void meanwhile isn't sent.
    if tokens.find(token) is None:
        return None
    address = f"{settings.SITE_ADDRESS}/my-details/confirm/{token}/"
    return Content(mail.person, mail.organization, "address", address=address)


def _notice(mail: Mail) -> Content:
    return Content(mail.person, mail.organization, "address_changed")


WRITERS: Final[Mapping[str, Writer]] = {mails.ADDRESS: _link, mails.ADDRESS_CHANGED: _notice}


def _token(mail: Mail) -> str:
    return tokens.derived(of=mails.identity_of(mail))
