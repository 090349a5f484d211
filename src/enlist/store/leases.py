"""Leases: who is at work on something, whether anything is heard of them, and the fence that stops who lost it.

The heart beats on a connection of its own, so that it neither waits for what its owner writes nor is undone with it.
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
from enlist.store.operations import OPERATIONS, in_passing
from enlist.store.operations.models import Lease

# So many beats fit into the time after which a lease can be taken over.
BEATS = 3


class LeaseKeeper:
    """A lease to be taken, kept alive by heartbeats until the end of the `with`."""

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
            # A database that went away frees nothing; then the lease runs out.
            with suppress(Error), in_passing():
                self._row.filter(fence=self._fence).update(owner="")

    def take(self) -> None:
        """Take it where it is free or nothing was heard of its owner for too long. Raises LeaseTaken."""
        self._own(self._row.filter(is_free()))

    def seize(self) -> None:
        """Take it whoever had it, because something surer than a heartbeat says that nobody is there."""
        self._own(self._row)

    def confirm(self) -> None:
        """Raise LeaseLost where somebody else has taken it since."""
        if not self._row.filter(fence=self._fence).exists():
            raise LeaseLost("job_lost")

    def guard(self, using: str = DEFAULT_DB_ALIAS) -> None:
        """Raise LeaseLost where somebody else has taken it since; nobody writes with it before the transaction ends.

        Who takes it over meanwhile ends the transaction, where there is a server; to a file they write after it. So no
        row of a former owner comes between a look of its successor's and what that writes upon it.
        """
        engine(using).guard(self._id)
        self.confirm()

    def _own(self, allowed: QuerySet[Lease]) -> None:
        # One commit, and one that waits for the disk: no two owners ever have the same fence.
        with transaction.atomic(using=OPERATIONS):
            known, _ = Lease.objects.get_or_create(**self._place, defaults={"heartbeat": Now()})
            same = Q(pk=known.pk, fence=known.fence)
            if not allowed.filter(same).update(owner=self.owner, heartbeat=Now(), fence=F("fence") + 1):
                raise LeaseTaken("import_running")
            engine(OPERATIONS).shut_out(known.pk)
        self._id, self._fence = known.pk, known.fence + 1
        self._heart.start()

    def _beat(self) -> None:
        while not self._ended.wait(settings.LEASE_SECONDS / BEATS):
            # A beat that is missed is followed by another.
            with suppress(Error):
                self._row.filter(fence=self._fence).update(heartbeat=Now())
        connections.close_all()


def is_free() -> Q:
    """Leases that nobody has, or whose owner was not heard of for too long."""
    return Q(owner="") | is_past("heartbeat")


def is_past(moment: str) -> Q:
    """Rows whose moment (a field's name) is longer ago than a lease lasts.

    One that is to come is not believed: the clock was set back since, and waiting for it could take as long as that
    was. Less than the time between two beats is, or else every correction of the clock would end what is alive.
    """
    lease = timedelta(seconds=settings.LEASE_SECONDS)
    return Q(**{f"{moment}__lt": Now() - lease}) | Q(**{f"{moment}__gt": Now() + lease / BEATS})
