"""Sign-in throttling: counts failed attempts by key, and stays exact if many are made at once.

Source: ASVS 5.0, 6.1.1 and 6.3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, F, IntegerField, When
from django.utils import timezone

from enlist.store.operations import OPERATIONS
from enlist.store.operations.models import FailedAttempts
from enlist.store.secrets.keys import keyed_hash

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
# After a day without an attempt, counting starts again.
FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """How many attempts may fail within a minute, and how many in a row; after those, one an hour."""

    a_minute: int
    in_a_row: int


def key_of(*parts: str) -> str:
    """The key to count with; it does not reveal what it was made from."""
    return keyed_hash("throttling", of=parts)


def reserve(key: str, *, limit: Limit, now: datetime | None = None) -> timedelta:
    """Count an attempt as failed before it is made, since many may run at once; `clear` and `refund` correct that.

    Returns how long to wait if the limit is reached, at most an hour. The attempt then isn't counted, but takes as
    long as a counted one.
    """
    now = now or timezone.now()
    with transaction.atomic(using=OPERATIONS):
        counter = _locked(key, now=now)
        wait = _wait(counter, limit=limit, now=now)
        if not wait:
            _count(counter, now=now)
        counter.save()
    return wait


def clear(*keys: str) -> None:
    """Start these counts again: an attempt succeeded."""
    FailedAttempts.objects.filter(key__in=keys).delete()


def refund(key: str, *, reserved_at: datetime) -> None:
    """Remove an attempt, reserved at a given time, from the count of this key: it did not fail."""
    in_same_minute = When(minute_start__lte=reserved_at, in_minute__gt=0, then=F("in_minute") - 1)
    in_minute = Case(in_same_minute, default=F("in_minute"), output_field=IntegerField())
    FailedAttempts.objects.filter(key=key, in_a_row__gt=0).update(in_a_row=F("in_a_row") - 1, in_minute=in_minute)


def forget() -> None:
    """Delete the counts that would start again anyway."""
    FailedAttempts.objects.filter(last_attempt__lte=timezone.now() - FORGOTTEN_AFTER).delete()


def _locked(key: str, *, now: datetime) -> FailedAttempts:
    """The counter of this key, created if missing, and locked until the transaction ends."""
    new = FailedAttempts(key=key, minute_start=now, last_attempt=now)
    FailedAttempts.objects.bulk_create([new], ignore_conflicts=True)
    found = FailedAttempts.objects.select_for_update().filter(key=key).first()
    # An attempt that succeeded may have deleted it in between.
    return found or _locked(key, now=now)


def _wait(counter: FailedAttempts, *, limit: Limit, now: datetime) -> timedelta:
    """How long the next attempt has to wait."""
    until = now
    if counter.in_minute >= limit.a_minute:
        until = max(until, counter.minute_start + MINUTE)
    if counter.in_a_row >= limit.in_a_row and counter.last_attempt + FORGOTTEN_AFTER > now:
        until = max(until, counter.last_attempt + HOUR)
    return until - now


def _count(counter: FailedAttempts, *, now: datetime) -> None:
    if counter.minute_start + MINUTE <= now:
        counter.minute_start, counter.in_minute = now, 0
    if counter.last_attempt + FORGOTTEN_AFTER <= now:
        counter.in_a_row = 0
    counter.in_minute += 1
    counter.in_a_row += 1
    counter.last_attempt = now
