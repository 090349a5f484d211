"""The organisation's turn: only one import is applied at a time, and a process that loses the turn commits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from enlist.core.errors import LeaseTaken
from enlist.store.engine import Engine, engine
from enlist.store.leases import LeaseKeeper

APPLYING: Final = "applying"


@contextmanager
def turn(at: Engine, *, organization: int) -> Iterator[None]:
    """A transaction during which no other import of the organisation is applied; at its end it checks the fence.

    Raises LeaseTaken if another import is being applied, LeaseLost if another process considered this one dead.
    """
    with ExitStack() as until_committed:
        lease = until_committed.enter_context(LeaseKeeper(organization, subject=APPLYING))
        try:
            until_committed.enter_context(at.applying(organization))
        except LeaseTaken:
            lease.take()
            at.evict(organization)
            until_committed.enter_context(at.applying(organization))
        else:
            # The lock is surer than a heartbeat: it ends with the process that holds it.
            lease.seize()
        yield
        at.settle()
        lease.confirm()


def is_over(organization: int) -> bool:
    """Whether no apply of the organisation can still be committed, so that the tables say how each ended.

    Ends the apply of a process whose lease has expired.
    """
    at = engine()
    if at.is_quiet(organization):
        return True
    with LeaseKeeper(organization, subject=APPLYING) as lease:
        try:
            lease.take()
            at.evict(organization)
        except LeaseTaken:
            return False
    return True
