"""The outbox: sends the mails that imports and people left there, beside the jobs of the queue.

A mail is sent at least once, always with the same Message-ID: if a worker dies right after the mail server accepted a
mail, the same message is sent again. A mail server that doesn't answer delays nothing but mails.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, connections
from django.db.utils import Error

from enlist.core.errors import DatabaseProblem, MailProblem
from enlist.store.accounts import mails
from enlist.store.models import Mail, Organization

from .mail import mail_problems

# How many mails a worker takes at once.
AT_ONCE: Final = 50
# Mails a second of an organisation, unless it chose another number.
PER_SECOND: Final = 10
# Seconds between two looks into an empty outbox.
PAUSE: Final = 1.0
# While the mail server doesn't answer.
AWAY: Final = timedelta(minutes=1)
# After a mail was put off by the server; it doubles each time.
_FIRST_WAIT: Final = timedelta(minutes=2)
_LONGEST_WAIT: Final = timedelta(hours=6)
# After about four days, a mail is given up.
_ATTEMPTS: Final = 24
# Codes of `Mail.problem`.
REFUSED: Final = "address_refused"
GIVEN_UP: Final = "given_up"


class Sender(Protocol):
    """Sends a mail of one purpose."""

    def __call__(self, mail: Mail, *, connection: BaseEmailBackend) -> bool | None:
        """None if it isn't wanted any more, False if the server rejects the address for good. Raises MailProblem."""


_log = logging.getLogger("enlist")


@dataclass(frozen=True)
class Sent:
    """How many mails were taken and sent, and whether the mail server didn't answer."""

    taken: int = 0
    sent: int = 0
    is_away: bool = False


def mails_send(senders: Mapping[str, Sender], *, stop: threading.Event) -> Sent:
    """Send a batch of the due mails of each organisation. senders: by purpose. stop: ends it after the current mail."""
    taken = sent = 0
    for organization in mails.organizations_with_due():
        batch = mails.take(organization, at_most=AT_ONCE, per_second=per_second(organization))
        for mail in batch:
            mail.organization = mail.person.organization = organization
        done = _send(batch, senders=senders, stop=stop) if batch else Sent()
        taken, sent = taken + done.taken, sent + done.sent
        if done.is_away:
            return Sent(taken, sent, is_away=True)
    return Sent(taken, sent)


def mails_send_all(senders: Mapping[str, Sender], *, stop: threading.Event) -> None:
    """Send everything that is due, as fast as the organisations allow, unless the mail server doesn't answer."""
    while not stop.is_set() and mails.organizations_with_due():
        done = mails_send(senders, stop=stop)
        if done.is_away:
            return
        if not done.taken:
            stop.wait(PAUSE / 10)


def per_second(organization: Organization) -> int:
    """How many mails an organisation sends a second."""
    return int(organization.settings.get("mails_per_second", PER_SECOND))


@contextmanager
def sending(senders: Mapping[str, Sender]) -> Iterator[None]:
    """A block during which a thread sends what is due."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_sending, args=(senders,), kwargs={"stop": stop}, name="mails", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A thread that waits for a slow mail server ends with the process.
        thread.join(PAUSE * 5)


def _keep_sending(senders: Mapping[str, Sender], *, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            stop.wait(_send_once(senders, stop=stop))
    finally:
        connections.close_all()


def _send_once(senders: Mapping[str, Sender], *, stop: threading.Event) -> float:
    """Send a batch; seconds to wait until the next."""
    close_old_connections()
    try:
        done = mails_send(senders, stop=stop)
    except (Error, DatabaseProblem) as error:
        # The worker reports what is wrong with the database.
        _log.debug("Mails wait for the database: %s", type(error).__name__)
        connections.close_all()
        return PAUSE
    except Exception as error:
        _log.warning("A mail could not be sent: %s", type(error).__name__)
        return PAUSE
    if done.is_away:
        return AWAY.total_seconds()
    return 0 if done.taken else PAUSE / 4


def _send(batch: Sequence[Mail], *, senders: Mapping[str, Sender], stop: threading.Event) -> Sent:
    sent, connection = 0, get_connection()
    until = time.monotonic() + mails.TAKEN_FOR.total_seconds() / 2
    try:
        for place, mail in enumerate(batch):
            if stop.is_set() or time.monotonic() > until:
                mails.put_back(batch[place:], for_=timedelta())
                return Sent(place, sent)
            try:
                sent += _sent(mail, sender=senders[mail.purpose], connection=connection)
            except MailProblem as error:
                _log.warning("Mails could not be sent yet: %s", error.message)
                if error.is_away:
                    mails.put_back(batch[place:], for_=AWAY, problem=error.code)
                    return Sent(place, sent, is_away=True)
                _put_off(mail, problem=error.code)
    finally:
        connection.close()
    return Sent(len(batch), sent)


def _sent(mail: Mail, *, sender: Sender, connection: BaseEmailBackend) -> bool:
    """Send a mail and note the result; whether the server accepted it. Raises MailProblem."""
    was_open = getattr(connection, "connection", None) is not None
    try:
        if not was_open:
            _open(connection)
        is_accepted = sender(mail, connection=connection)
    except MailProblem as error:
        connection.close()
        if not (was_open and error.is_away):
            raise
        # Servers close a connection after a number of mails, or of minutes.
        return _sent(mail, sender=sender, connection=connection)
    if is_accepted is None:
        mails.drop(mail)
    elif is_accepted:
        mails.sent(mail)
    else:
        mails.refused(mail, problem=REFUSED)
    return bool(is_accepted)


def _open(connection: BaseEmailBackend) -> None:
    """Open a connection for many mails. Raises MailProblem; a server that rejects Enlist's own login is away too."""
    try:
        with mail_problems():
            connection.open()
    except MailProblem as error:
        raise MailProblem("mail_server_away", **error.fields) from error


def _put_off(mail: Mail, *, problem: str) -> None:
    """Try a mail again later, or give it up."""
    if mail.attempts + 1 >= _ATTEMPTS:
        mails.refused(mail, problem=GIVEN_UP)
    else:
        mails.put_off(mail, for_=min(_FIRST_WAIT * 2 ** min(mail.attempts, 10), _LONGEST_WAIT), problem=problem)
