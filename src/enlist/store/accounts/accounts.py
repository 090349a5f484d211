"""Accounts: what people of the directory sign in with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.management import call_command

from enlist.core.clean import fold
from enlist.store.models import Account, Organization, Person
from enlist.store.transactions import short_transaction

from . import mails, tokens


def set_password(person: Person, *, password: str, must_change: bool) -> None:
    """Set the only password a person can sign in with; their sessions end."""
    with short_transaction():
        account = Account.objects.filter(person=person).first() or Account(person=person)
        account.organization_id = person.organization_id
        account.login_key = f"{person.organization_id}:{person.username_key}"
        account.must_change = must_change
        account.set_password(password)
        account.save()
        _void([person.pk])


def require_change(account: Account) -> None:
    """Let a person choose another password before they go on."""
    account.must_change = True
    account.save(update_fields=["must_change"])


def of(organization: Organization, *, username: str) -> Account | None:
    """The account of the person with this username (one query)."""
    return Account.objects.filter(login_key=f"{organization.pk}:{fold(username)}").first()


def has_password(person: Person) -> bool:
    """Whether a person has a password to sign in with (one query)."""
    account = Account.objects.filter(person=person).first()
    return account is not None and account.has_usable_password()


def with_password(people: Collection[Person]) -> set[int]:
    """Those of these people who have a password to sign in with (one query)."""
    found = Account.objects.filter(person__in=people)
    return {account.person_id for account in found if account.person_id and account.has_usable_password()}


def owner_exists() -> bool:
    """Whether an active owner of any organisation has a password (one query)."""
    owners = Account.objects.filter(person__site_role="owner", person__state="active")
    return owners.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def set_hashes(organization: Organization, *, hashes: Mapping[int, str], guarded: Collection[str]) -> set[int]:
    """Give active people one-time passwords by their hashes, in the caller's transaction; who got one.

    guarded: roles that get none, since people may have joined the team since the caller looked.
    """
    active = Person.objects.filter(organization=organization, pk__in=hashes.keys(), state="active")
    people = list(active.exclude(site_role__in=guarded).select_for_update(of=("self",)))
    give([(person, hashes[person.pk], True) for person in people])
    return {person.pk for person in people}


def give(passwords: Collection[tuple[Person, str, bool]]) -> None:
    """Store hashes of people's passwords; the last value says whether they must change it at the next sign-in.

    Their links to choose one become void, and earlier ones that weren't mailed yet are dropped.
    """
    accounts = [
        Account(
            organization_id=person.organization_id,
            person=person,
            login_key=f"{person.organization_id}:{person.username_key}",
            password=hash_,
            must_change=force,
        )
        for person, hash_, force in passwords
    ]
    Account.objects.bulk_create(
        accounts, update_conflicts=True, unique_fields=["person"], update_fields=["password", "must_change"]
    )
    _void([person.pk for person, _, _ in passwords])


def forget_sessions() -> None:
    """Delete expired sessions."""
    call_command("clearsessions")


def _void(people: Collection[int]) -> None:
    tokens.void(people)
    mails.void_passwords(people)
