"""Tokens of single-use links that choose a password or confirm an address. Only their SHA-256 is stored."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from typing import Final

from django.utils import timezone

from enlist.store.models import AccountToken, Person
from enlist.store.secrets.keys import keyed_hash

ACTIVATE: Final = "activate"
RESET: Final = "reset"
ADDRESS: Final = "address"
# 192 bits (ASVS 5.0, 11.5.1, asks for 128).
_BYTES: Final = 24


def make(person: Person, *, purpose: str) -> str | None:
    """A new token, which replaces the person's other one for this purpose; None if they are no longer active.

    Call it in a transaction.
    """
    return None if active(person.pk) is None else make_each([person], purpose=purpose)[person.pk]


def make_each(people: Collection[Person], *, purpose: str) -> dict[int, str]:
    """New tokens by person, like `make`, for active people that the caller has locked (one query)."""
    made = {person: secrets.token_urlsafe(_BYTES) for person in people}
    _keep(made, purpose=purpose)
    return {person.pk: token for person, token in made.items()}


def derived(*, of: tuple[object, ...]) -> str:
    """The token that belongs to these values: the same each time, and unknown without the site's key."""
    return urlsafe_b64encode(bytes.fromhex(keyed_hash("token", of=of))[:_BYTES]).decode()


def keep(person: Person, *, purpose: str, token: str) -> None:
    """Let a person use this token, instead of their other one for this purpose, in the caller's transaction."""
    _keep({person: token}, purpose=purpose)


def _keep(tokens: Mapping[Person, str], *, purpose: str) -> None:
    now = timezone.now()
    new = [
        AccountToken(
            organization_id=person.organization_id, person=person, purpose=purpose, hash=_hash(token), created_at=now
        )
        for person, token in tokens.items()
    ]
    AccountToken.objects.bulk_create(
        new, update_conflicts=True, unique_fields=["person", "purpose"], update_fields=["hash", "created_at"]
    )


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
    person = active(found.person_id)
    taken, _ = AccountToken.objects.filter(pk=found.pk, hash=found.hash).delete()
    return person if taken else None


def void(people: Collection[int]) -> None:
    """Make all tokens of these people void, in the caller's transaction."""
    AccountToken.objects.filter(person__in=people).delete()


def void_all() -> None:
    """Make all tokens void: of a backup, somebody may have used some since."""
    AccountToken.objects.all().delete()


def active(person: int) -> Person | None:
    """The person with this id, locked until the caller's transaction ends; None if they aren't active."""
    return Person.objects.select_for_update().filter(pk=person, state="active").first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
