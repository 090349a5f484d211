"""The outbox: sends the mails that imports and people left there, beside the jobs of the queue.

A mail is sent at least once, always with the same Message-ID: if a worker dies right after the mail server accepted a
mail, the same message is sent again. A mail server that doesn't answer delays nothing but mails.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, connections
from django.db.utils import Error

from enlist.core.errors import DatabaseProblem, MailProblem
from enlist.store.accounts import mails
from enlist.store.models import Mail, Organization
from enlist.store.secrets.keys import keyed_hash

from .mail import mail_problems, mail_send
from .mail_text import Content, design_of, written

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
UNWRITTEN: Final = "mail_unwritten"
PROBLEMS: Final = {
    REFUSED: "The mail server refused the address.",
    GIVEN_UP: "The mail server didn't accept the mail for four days.",
    "mail_deferred": "The mail server will accept the mail later.",
    "mail_refused": "The mail server refused the mail; Enlist tries again.",
    "mail_server_away": "The mail server doesn't answer; Enlist tries again.",
    UNWRITTEN: "Enlist couldn't write the mail; its log says what went wrong. It tries again.",
}


# Says what a mail of one purpose contains; None if it isn't wanted any more.
Writer = Callable[[Mail], Content | None]

_log = logging.getLogger("enlist")


@dataclass(frozen=True)
class Sent:
    """How many mails were taken and sent, and whether the mail server didn't answer."""

    taken: int = 0
    sent: int = 0
    is_away: bool = False


def mails_send(writers: Mapping[str, Writer], *, stop: threading.Event) -> Sent:
    """Send a batch of the due mails of each organisation. writers: by purpose. stop: ends it after the current mail."""
    taken = sent = 0
    for organization in mails.organizations_with_due():
        batch = mails.take(organization, at_most=AT_ONCE, per_second=per_second(organization))
        for mail in batch:
            mail.organization = mail.person.organization = organization
        done = _send(batch, writers=writers, stop=stop) if batch else Sent()
        taken, sent = taken + done.taken, sent + done.sent
        if done.is_away:
            return Sent(taken, sent, is_away=True)
    return Sent(taken, sent)


def mails_send_all(writers: Mapping[str, Writer], *, stop: threading.Event) -> None:
    """Send everything that is due, as fast as the organisations allow, unless the mail server doesn't answer."""
    while not stop.is_set() and mails.organizations_with_due():
        done = mails_send(writers, stop=stop)
        if done.is_away:
            return
        if not done.taken:
            stop.wait(PAUSE / 10)


def problem_text(code: str) -> str:
    """What went wrong with a mail, by its code."""
    return PROBLEMS.get(code, "")


def per_second(organization: Organization) -> int:
    """How many mails an organisation sends a second."""
    return int(organization.settings.get("mails_per_second", PER_SECOND))


@contextmanager
def sending(writers: Mapping[str, Writer]) -> Iterator[None]:
    """A block during which a thread sends what is due."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_sending, args=(writers,), kwargs={"stop": stop}, name="mails", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A thread that waits for a slow mail server ends with the process.
        thread.join(PAUSE * 5)


def _keep_sending(writers: Mapping[str, Writer], *, stop: threading.Event) -> None:
    # The worker looks first: two first connections to a new SQLite file hinder each other.
    seconds = PAUSE
    try:
        while not stop.wait(seconds):
            seconds = _send_once(writers, stop=stop)
    finally:
        connections.close_all()


def _send_once(writers: Mapping[str, Writer], *, stop: threading.Event) -> float:
    """Send a batch; seconds to wait until the next."""
    close_old_connections()
    try:
        done = mails_send(writers, stop=stop)
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


def _send(batch: Sequence[Mail], *, writers: Mapping[str, Writer], stop: threading.Event) -> Sent:
    sent, connection = 0, get_connection()
    until = time.monotonic() + mails.TAKEN_FOR.total_seconds() / 2
    try:
        for place, mail in enumerate(batch):
            if stop.is_set() or time.monotonic() > until:
                mails.put_back(batch[place:], for_=timedelta())
                return Sent(place, sent)
            try:
                sent += _sent(mail, writer=writers[mail.purpose], connection=connection)
            except MailProblem as error:
                _log.warning("Mails could not be sent yet: %s", error.message)
                if error.is_away:
                    mails.put_back(batch[place:], for_=AWAY, problem=error.code)
                    return Sent(place, sent, is_away=True)
                _put_off(mail, problem=error.code)
            except (Error, DatabaseProblem):
                raise
            except Exception as error:
                # Whatever is wrong with one mail delays no other. The error itself may hold personal data.
                _log.warning("A mail (%s) could not be written: %s", mail.purpose, type(error).__name__)
                _put_off(mail, problem=UNWRITTEN)
    finally:
        connection.close()
    return Sent(len(batch), sent)


def _sent(mail: Mail, *, writer: Writer, connection: BaseEmailBackend) -> bool:
    """Send a mail and note the result; whether the server accepted it. Raises MailProblem."""
    was_open = getattr(connection, "connection", None) is not None
    try:
        if not was_open:
            _open(connection)
        content = writer(mail)
        is_accepted = content is not None and _is_accepted(mail, content=content, connection=connection)
    except MailProblem as error:
        connection.close()
        if not (was_open and error.is_away):
            raise
        # Servers close a connection after a number of mails, or of minutes.
        return _sent(mail, writer=writer, connection=connection)
    if content is None:
        mails.drop(mail)
    elif is_accepted:
        mails.sent(mail)
    else:
        mails.refused(mail, problem=REFUSED)
    return is_accepted


def _is_accepted(mail: Mail, *, content: Content, connection: BaseEmailBackend) -> bool:
    to = copy(content.to)
    to.email = mail.email or to.email
    about = keyed_hash("mail", of=mails.identity_of(mail))
    reply_to = design_of(mail.organization).get("reply_to", "")
    return mail_send(to, written=written(content), about=about, reply_to=reply_to, connection=connection)


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
