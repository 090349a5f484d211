"""Sends the mails of a site again and again, each time killed at another point; for one site and one process.

Each line of the input is a fault of `dying`: `count` prints at how many points a fault can hit, `kill:17` sends until
that point in a process of its own, lets another one finish, and prints with what the first one ended.
"""

import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module

import django
from django.db import connection, connections

from tests.faults.dying import Fault

KEEP = "CREATE TABLE kept_mail AS SELECT id, sealed FROM store_mail"
AGAIN = (
    "UPDATE store_mail SET state = 'due', taken_at = NULL, due_at = '2026-01-01 00:00:00+00:00',"
    " sealed = (SELECT k.sealed FROM kept_mail k WHERE k.id = store_mail.id)"
)
# As if the time had passed after which another worker may take what a dead one took.
DUE = "UPDATE store_mail SET taken_at = NULL, due_at = '2026-01-01 00:00:00+00:00' WHERE state = 'due'"


def main() -> None:
    """Answer each line."""
    django.setup()
    # Here, so that not every fork loads it.
    import_module("cryptography.hazmat.primitives.ciphers.aead")
    outbox, worker = (import_module(f"enlist.services.{name}") for name in ("accounts.outbox", "worker"))
    send = partial(outbox.mails_send_all, worker.WRITERS, stop=threading.Event())
    apart(queue)
    for line in sys.stdin:
        kind, _, point = line.strip().partition(":")
        apart(partial(ask, AGAIN))
        ended = apart(partial(hit, send, fault=Fault(kind, point=int(point or 0))))
        if kind == "kill":
            apart(partial(ask, DUE))
            apart(send)
            say(ended)


def apart(action: Callable[[], object]) -> int:
    """Do something in another process; the signal that killed it, negative, or 0. A fork has no connections yet."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
            connections.close_all()
        finally:
            # Not `sys.exit`: what the parent does at its end is none of the fork's business.
            os._exit(sys.exc_info()[0] is not None)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def hit(action: Callable[[], object], *, fault: Fault) -> None:
    """Do something under a fault."""
    sys.setprofile(fault)
    action()
    sys.setprofile(None)
    if fault.kind == "count":
        say(len(fault.met))


def say(number: int) -> None:
    """Answer."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def ask(sql: str) -> None:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


def queue() -> None:
    """A mail of several purposes, besides the invitations of the import, and what they were before they are sent."""
    # Models can be imported only now.
    from enlist.services.access import MACHINE, Scope
    from enlist.services.accounts.address_mail import address_link_add
    from enlist.services.accounts.password_reset import password_request, password_requests_queue
    from enlist.services.people.listing import Chosen
    from enlist.services.people.one_time import people_passwords
    from enlist.store.models import Organization, Person

    here = Organization.objects.get()
    able = Person.objects.filter(organization=here, state="active", site_role="learner", account=None)
    first, second = able.exclude(email="").order_by("pk")[:2]
    people_passwords(Scope(here, MACHINE), chosen=Chosen([first.username, second.username]), mail=True)
    password_request(organization="", name=second.username, address="127.0.0.1")
    password_requests_queue()
    address_link_add(first, email="new@northfield.example")
    ask(KEEP)


if __name__ == "__main__":
    main()
