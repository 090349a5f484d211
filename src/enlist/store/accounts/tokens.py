"""Tokens of single-use links with which people choose a password. Only their SHA-256 is stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from typing import Final

from django.utils import timezone

from enlist.store.models import AccountToken, Person

ACTIVATE: Final = "activate"
RESET: Final = "reset"
# 192 bits (ASVS 5.0, 11.5.1, asks for 128).
_BYTES: Final = 24


def make(person: Person, *, purpose: str) -> str | None:
    """A new token, which replaces the person's other one for this purpose; None if they are no longer active.

    Call it in a transaction.
    """
    if _active(person.pk) is None:
        return None
    token = secrets.token_urlsafe(_BYTES)
    new = AccountToken(
        organization_id=person.organization_id,
        person_id=person.pk,
        purpose=purpose,
        hash=_hash(token),
        created_at=timezone.now(),
    )
    AccountToken.objects.bulk_create(
        [new], update_conflicts=True, unique_fields=["person", "purpose"], update_fields=["hash", "created_at"]
    )
    return token


def find(token: str) -> AccountToken | None:
    """What is stored of a token, with its person and organisation (one query)."""
    return AccountToken.objects.select_related("person", "organization").filter(hash=_hash(token)).first()


def of(person: Person, *, purpose: str) -> AccountToken | None:
    """What is stored of a person's token (one query)."""
    return AccountToken.objects.filter(person=person, purpose=purpose).first()


def take(found: AccountToken) -> Person | None:
    """Use a token, in the caller's transaction: its person, locked; None if it is void by now or they aren't active.

    Of several at once, one gets the person. The person is locked first, as by everything else that changes people.
    """
    person = _active(found.person_id)
    taken, _ = AccountToken.objects.filter(pk=found.pk, hash=found.hash).delete()
    return person if taken else None


def void(people: Collection[int]) -> None:
    """Make all tokens of these people void, in the caller's transaction."""
    AccountToken.objects.filter(person__in=people).delete()


def void_all() -> None:
    """Make all tokens void: of a backup, somebody may have used some since."""
    AccountToken.objects.all().delete()


def _active(person: int) -> Person | None:
    return Person.objects.select_for_update().filter(pk=person, state="active").first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
