"""One-time passwords for people of the directory: in the outbox, or shown once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from enlist.services.access import Right, Scope, needs
from enlist.services.accounts import invitations
from enlist.services.accounts.protection import guarded_roles
from enlist.store import activity
from enlist.store.accounts import accounts, mails
from enlist.store.imports import sealed_passwords
from enlist.store.models import Person
from enlist.store.secrets.sealing import seal
from enlist.store.setup import terms
from enlist.store.transactions import short_transaction

from .listing import Chosen, people_of, person_of

# Hashing is slow on purpose, and the person waits for the page. More people get passwords by an import.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A new password that has to be handed over."""

    username: str
    firstname: str
    lastname: str
    password: str


@dataclass(frozen=True)
class Renewed:
    """The result for the chosen people.

    shown: those that aren't mailed; they are stored only as hashes, so nobody can see them again. mailed: how many will
    be. kept: the usernames of people whose password stays.
    """

    shown: list[OneTimePassword]
    mailed: int
    kept: list[str]


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """How a person signs in.

    signed_in: when they last did, or null. link_until: until when their activation link works or worked, null if they
    have none. terms_accepted: when they last accepted the organisation's terms (all ISO 8601).
    """

    has_password: bool = False
    must_change: bool = False
    signed_in: str | None = None
    link_until: str | None = None
    link_works: bool = False
    terms_accepted: str | None = None


@needs(Right.SEE_PEOPLE)
def sign_in_facts(scope: Scope, *, username: str) -> SignInFacts:
    """How a person signs in. Raises NotFound."""
    person = person_of(scope, username=username)
    account, until = accounts.of(scope.organization, username=username), invitations.link_until(person)
    last, accepted = account.last_login if account else None, terms.accepted(person)
    return SignInFacts(
        has_password=account is not None and account.has_usable_password(),
        must_change=account is not None and account.must_change,
        signed_in=last.isoformat(timespec="seconds") if last else None,
        link_until=until.isoformat(timespec="seconds") if until else None,
        link_works=until is not None and until > timezone.now(),
        terms_accepted=accepted[0].at.isoformat(timespec="seconds") if accepted else None,
    )


@needs(Right.GIVE_LINKS)
def people_passwords(scope: Scope, *, chosen: Chosen, mail: bool = False) -> Renewed:
    """Replace the passwords of people by generated ones, which they must change when they sign in.

    mail: mail them to those who have an address. Oneself, inactive people, and accounts that one may not change keep
    theirs. Raises PolicyError for nobody and for too many.
    """
    found = people_of(scope, chosen=chosen, most=MOST, too_many="passwords_for_too_many")
    guarded = guarded_roles(scope)
    ready = [person for person in found if _may_get(scope, person=person, guarded=guarded)]
    passwords = {person.pk: sealed_passwords.new_password() for person in ready}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashes = dict(zip(passwords, pool.map(make_password, passwords.values()), strict=True))
    mailed = {person.pk for person in ready if mail and person.email}
    with short_transaction():
        given = accounts.set_hashes(scope.organization, hashes=hashes, guarded=guarded)
        to_mail = pl.DataFrame({"person": sorted(given & mailed)}, schema={"person": pl.Int64})
        texts = pl.Series([passwords[person] for person in to_mail.get_column("person")], dtype=pl.String)
        mails.add_passwords(scope.organization, sealed=to_mail.with_columns(sealed=seal(texts)))
        activity.log_each(scope, action="password_made", people=given)
    return Renewed(
        shown=[
            OneTimePassword(who.username, who.firstname, who.lastname, passwords[who.pk])
            for who in ready
            if who.pk in given - mailed
        ],
        mailed=len(given & mailed),
        kept=[person.username for person in found if person.pk not in given],
    )


def _may_get(scope: Scope, *, person: Person, guarded: tuple[str, ...]) -> bool:
    return person.state == "active" and person.site_role not in guarded and person != scope.actor
