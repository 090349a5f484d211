"""Requests for new passwords, which workers answer by mail. In the operations, so that an import delays none."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl
from django.db.models import Q
from django.utils import timezone

from enlist.store.models import Person
from enlist.store.operations.models import PasswordRequest
from enlist.store.secrets.sealing import seal, unsealed

# A worker that takes longer to send one mail has died.
TAKEN_FOR: Final = timedelta(minutes=2)
# After a day, the person has asked again or doesn't need it.
GIVEN_UP: Final = timedelta(days=1)


def put(person: Person | None) -> None:
    """Add a request, also for nobody (one query)."""
    PasswordRequest.objects.create(person=person.pk if person else None)


def due() -> list[PasswordRequest]:
    """The requests that no worker is answering, the oldest first; forgets old ones and those for nobody."""
    now = timezone.now()
    PasswordRequest.objects.filter(Q(person=None) | Q(created_at__lt=now - GIVEN_UP)).delete()
    return list(PasswordRequest.objects.filter(_free()).order_by("pk"))


def take(request: PasswordRequest) -> bool:
    """Begin to answer a request; False if another worker has."""
    return bool(PasswordRequest.objects.filter(_free(), pk=request.pk).update(taken_at=timezone.now()))


def person_of(request: PasswordRequest) -> Person | None:
    """The person, with their organisation, if they are active (one query)."""
    return Person.objects.select_related("organization").filter(pk=request.person or 0, state="active").first()


def token_of(request: PasswordRequest) -> str | None:
    """The token of a mail that was begun before; None if there is none, or it can't be read."""
    return unsealed(request.sealed) if request.sealed else None


def keep_token(request: PasswordRequest, *, token: str) -> None:
    """Keep the token until its mail is sent, encrypted."""
    PasswordRequest.objects.filter(pk=request.pk).update(sealed=seal(pl.Series([token])).item())


def done(request: PasswordRequest) -> None:
    """Forget a request."""
    request.delete()


def _free() -> Q:
    return Q(taken_at=None) | Q(taken_at__lt=timezone.now() - TAKEN_FOR)
