"""The organisation's turn: one import is applied at a time, and who lost the turn commits nothing."""

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
    """A transaction that no other import of the organisation is applied in; its last statement looks at the fence.

    Raises LeaseTaken where another import is being applied, LeaseLost where this one was taken for dead meanwhile.
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
            # The lock is surer than a heartbeat: it goes with the process that had it.
            lease.seize()
        yield
        at.settle()
        lease.confirm()


def is_over(organization: int) -> bool:
    """Whether every apply of the organisation is seen by now: then what the tables say of one is the last word.

    One of a process that nothing was heard of for too long is ended.
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
