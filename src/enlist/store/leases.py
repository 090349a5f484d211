"""Leases: who is working on something, whether they are alive, and a fence that stops a former owner from writing.

Heartbeats have a connection of their own, so they neither wait for the owner's writes nor are rolled back with them.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.db.utils import Error

from enlist.core.errors import LeaseLost, LeaseTaken
from enlist.store.engine import engine
from enlist.store.operations import OPERATIONS, without_sync
from enlist.store.operations.models import Lease

# Heartbeats within the time after which a lease expires.
BEATS = 3


class LeaseKeeper:
    """Takes a lease and keeps it alive by heartbeats until the end of the `with`."""

    def __init__(self, organization: int, *, subject: str) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._row = Lease.objects.filter(organization_id=organization, subject=subject)
        self._place = {"organization_id": organization, "subject": subject}
        self._fence = self._id = 0
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"heartbeat of {subject}", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        if self._fence:
            self._heart.join()
            # If the database is gone, the lease expires by itself.
            with suppress(Error), without_sync():
                self._row.filter(fence=self._fence).update(owner="")

    def take(self) -> None:
        """Take the lease if it is free or has expired. Raises LeaseTaken."""
        self._own(self._row.filter(is_free()))

    def seize(self) -> None:
        """Take the lease in any case: the caller knows, more surely than by heartbeats, that no owner is left."""
        self._own(self._row)

    def confirm(self) -> None:
        """Raise LeaseLost if another owner has taken it since."""
        if not self._row.filter(fence=self._fence).exists():
            raise LeaseLost("job_lost")

    def guard(self, using: str = DEFAULT_DB_ALIAS) -> None:
        """Raise LeaseLost if another owner has taken it since; until the transaction ends, no other owner can write.

        On PostgreSQL, a new owner ends this transaction; on SQLite, it waits for it. So no row of a former owner is
        written between what a new owner reads and what it writes because of that.
        """
        engine(using).guard(self._id)
        self.confirm()

    def _own(self, allowed: QuerySet[Lease]) -> None:
        # A single commit that waits for the disk: no two owners ever have the same fence.
        with transaction.atomic(using=OPERATIONS):
            lease, _ = Lease.objects.get_or_create(**self._place, defaults={"heartbeat": Now()})
            same = Q(pk=lease.pk, fence=lease.fence)
            if not allowed.filter(same).update(owner=self.owner, heartbeat=Now(), fence=F("fence") + 1):
                raise LeaseTaken("import_running")
            engine(OPERATIONS).end_guards(lease.pk)
        self._id, self._fence = lease.pk, lease.fence + 1
        self._heart.start()

    def _beat(self) -> None:
        while not self._ended.wait(settings.LEASE_SECONDS / BEATS):
            # After a failed beat comes another.
            with suppress(Error):
                self._row.filter(fence=self._fence).update(heartbeat=Now())
        connections.close_all()


def is_free() -> Q:
    """Leases without an owner, and expired ones."""
    return Q(owner="") | has_expired("heartbeat")


def has_expired(moment: str) -> Q:
    """Rows whose moment (a field's name) is longer ago than a lease lasts.

    A moment in the future counts as expired too: the clock was set back, and waiting for it could take that long. But
    not one nearer than the next beat, or every small correction of the clock would end a live lease.
    """
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    return Q(**{f"{moment}__lt": Now() - lease}) | Q(**{f"{moment}__gt": Now() + lease / BEATS})
