"""Requests for new passwords, which workers answer by mail. In the operations, so that an import delays none."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from enlist.store.models import Person
from enlist.store.operations.models import PasswordRequest

# After a day, the person has asked again or doesn't need it.
GIVEN_UP: Final = timedelta(days=1)


def put(person: Person | None) -> None:
    """Add a request, also for nobody (one query)."""
    PasswordRequest.objects.create(person=person.pk if person else None)


def waiting() -> list[PasswordRequest]:
    """The requests, the oldest first; forgets old ones and those for nobody."""
    PasswordRequest.objects.filter(Q(person=None) | Q(created_at__lt=timezone.now() - GIVEN_UP)).delete()
    return list(PasswordRequest.objects.order_by("pk"))


def done(request: PasswordRequest) -> None:
    """Forget a request."""
    PasswordRequest.objects.filter(pk=request.pk).delete()
