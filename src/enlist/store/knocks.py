"""Knocks: count who tries to sign in, so that nobody guesses passwords; whom they guess at comes in from elsewhere.

Source: ASVS 5.0, 6.1.1 and 6.3.1.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from .keys import keyed_hash
from .operations.models import Knocks

# So many within so long, and so many in a row; from then on one after each pause.
AT_ONCE: Final = 10
WHILE: Final = timedelta(minutes=1)
IN_A_ROW: Final = 100
PAUSE: Final = timedelta(hours=1)


def who(*, name: str, address: str) -> str:
    """Somebody at one address, as they are counted."""
    return keyed_hash("knocks", of=(name, address))


def knock(someone: str, *, now: datetime | None = None) -> timedelta:
    """Count an attempt before it is made, for many may be made at once; how long it has to wait, at most PAUSE."""
    now = now or timezone.now()
    mine = Knocks.objects.filter(Q(in_row__lt=IN_A_ROW) | Q(last__lte=now - PAUSE), who=someone)
    counted = {"lately": F("lately") + 1, "in_row": F("in_row") + 1, "last": now}
    if mine.filter(since__gt=now - WHILE, lately__lt=AT_ONCE).update(**counted):
        return timedelta()
    if mine.filter(since__lte=now - WHILE).update(**counted | {"lately": 1, "since": now}):
        return timedelta()
    found, is_new = Knocks.objects.get_or_create(who=someone, defaults={"since": now, "last": now})
    if is_new:
        return timedelta()
    until: datetime = found.last + PAUSE if found.in_row >= IN_A_ROW else found.since + WHILE
    return until - now


def came_in(someone: str) -> None:
    """They are who they say."""
    Knocks.objects.filter(who=someone).delete()


def forget(*, before: datetime) -> None:
    """Forget those who have not tried since."""
    Knocks.objects.filter(last__lt=before).delete()
