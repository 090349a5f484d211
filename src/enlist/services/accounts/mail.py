"""E-mails to people. A mail that is sent again has the same Message-ID."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from pathlib import Path
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from enlist.core.errors import MailProblem
from enlist.formats.files.new_file import new_file
from enlist.services.access import Scope
from enlist.store.models import Person
from enlist.store.secrets.keys import keyed_hash

# A header that identifies the recipient, to find mails in files when a person is erased.
_RECIPIENT: Final = "Enlist-Person"
# What Django writes after each mail.
_END: Final = b"\n" + b"-" * 79 + b"\n"

_TEXT: Final = """\
Hello {name},

you have an account at {place}.

Username: {username}
Password: {password}

The password works once: when you sign in, Enlist asks you to choose your own.
"""

_NOTICE: Final = """\
Hello {name},

{notice}

Sign in at {place} to see it. You get this mail because you left before it was done.
"""


_RESET: Final = """\
Hello {name},

somebody, probably you, asked for a new password at {place}.

Your username: {username}
Choose a new password within 72 hours:
{address}

If it wasn't you, do nothing: your password stays as it is.
"""

_ACTIVATE: Final = """\
Hello {name},

you have an account at {place}. Activate it by choosing a password:
{address}

Your username: {username}
The link works once. If you don't know {place}, do nothing.
"""


@dataclass(frozen=True)
class Written:
    """A mail's subject, its plain text, and its HTML, "" for none."""

    subject: str
    text: str
    html: str = ""


def password_mail(scope: Scope, *, number: int, to: Person, password: str) -> bool:
    """Mail a person the password that an import generated; False if the server rejects their address.

    Raises MailProblem for other problems.
    """
    place = scope.organization.name
    text = _TEXT.format(name=called(to), place=place, username=to.username, password=password)
    about = keyed_hash("mail", of=("password", scope.organization.pk, number, to.pk))
    try:
        _send(to, written=Written(f"Your account at {place}", text), about=about)
    except SMTPRecipientsRefused:
        return False
    return True


def notice_mail(scope: Scope, *, job: int, to: Person, notice: str) -> bool:
    """Mail a person the result of an import they requested; False if the server rejects their address.

    Raises MailProblem if another attempt may succeed.
    """
    place = scope.organization.name
    text = _NOTICE.format(name=called(to), place=place, notice=notice)
    about = keyed_hash("mail", of=("notice", scope.organization.pk, job, to.pk))
    return _is_accepted(to, subject=f"{place}: {notice}", text=text, about=about)


def link_mail(*, to: Person, address: str, is_reset: bool, about: tuple[object, ...]) -> bool:
    """Mail a person a link to choose a password; False if the server rejects their address.

    about: identifies the request. Raises MailProblem if another attempt may succeed.
    """
    place = to.organization.name
    template, subject = (_RESET, f"New password at {place}") if is_reset else (_ACTIVATE, f"Your account at {place}")
    text = template.format(name=called(to), place=place, username=to.username, address=address)
    key = keyed_hash("mail", of=("link", to.organization_id, to.pk, *about))
    return _is_accepted(to, subject=subject, text=text, about=key)


def called(to: Person) -> str:
    """How a mail names a person."""
    return " ".join(filter(None, [to.firstname, to.lastname])) or to.username


def mail_is_set_up() -> bool:
    """Whether mails reach people, and aren't only written to files."""
    return settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "console.EmailBackend"))


def mail_send(
    to: Person, *, written: Written, about: str, reply_to: str = "", connection: BaseEmailBackend | None = None
) -> bool:
    """Send a mail through a connection; False if the server rejects the address for good. Raises MailProblem."""
    try:
        _send(to, written=written, about=about, reply_to=reply_to, connection=connection)
    except SMTPRecipientsRefused as error:
        if any(code < 500 for code, _ in error.recipients.values()):
            raise MailProblem("mail_deferred") from error
        return False
    return True


def _is_accepted(to: Person, *, subject: str, text: str, about: str) -> bool:
    return mail_send(to, written=Written(subject, text), about=about)


def _send(
    to: Person, *, written: Written, about: str, reply_to: str = "", connection: BaseEmailBackend | None = None
) -> None:
    """Send a mail. Raises SMTPRecipientsRefused; MailProblem for other problems."""
    _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rsplit("@", 1)
    message = EmailMultiAlternatives(
        subject=" ".join(written.subject.split()),
        body=written.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.email],
        reply_to=[reply_to] if reply_to else None,
        headers={"Message-ID": f"<{about}@{domain}>", _RECIPIENT: _recipient(to)},
        connection=connection,
    )
    if written.html:
        message.attach_alternative(written.html, "text/html")
    try:
        with mail_problems():
            message.send()
    except (ValueError, SMTPNotSupportedError) as error:
        # An address that can't be written in a mail, or not for this server.
        raise SMTPRecipientsRefused({to.email: (553, type(error).__name__.encode())}) from error


@contextmanager
def mail_problems() -> Iterator[None]:
    """Inside, problems with the mail server are raised as MailProblem, but not a recipient that it refuses."""
    try:
        yield
    except (SMTPRecipientsRefused, SMTPNotSupportedError):
        raise
    except (OSError, SMTPException) as error:
        code = "mail_refused" if isinstance(error, SMTPResponseException) else "mail_server_away"
        raise MailProblem(code, reason=type(error).__name__) from error


def mails_forget(person: Person) -> int:
    """Remove the mails to a person that were written to files instead of being sent; how many.

    Mails to other people stay, even in the same file or to the same address.
    """
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "")
    if not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") or not folder.is_dir():
        return 0
    return sum(_forget(path, person=person) for path in folder.iterdir() if path.is_file())


def _forget(path: Path, *, person: Person) -> int:
    written = path.read_bytes().split(_END)
    kept = [each for each in written if not _is_to(person, mail=each)]
    if len(kept) < len(written):
        if any(each.strip() for each in kept):
            # Under another name, so that no mail is lost if this process dies.
            with new_file(path.with_name(f"{path.stem}-{secrets.token_hex(4)}.log")) as file:
                file.write(_END.join(kept))
        path.unlink()
    return len(written) - len(kept)


def _is_to(person: Person, *, mail: bytes) -> bool:
    """Whether a mail is to a person, also at an earlier address. Mails without the header match by address."""
    message = message_from_bytes(mail.lstrip())
    if recipient := message.get(_RECIPIENT):
        # A long header begins on its own line.
        return str(recipient).strip() == _recipient(person)
    mine = sanitize_address(person.email, "utf-8") if person.email else ""
    addresses = (address for _, address in getaddresses([str(message.get("To", ""))]))
    return bool(mine) and parseaddr(mine)[1].casefold() in map(str.casefold, addresses)


def _recipient(person: Person) -> str:
    """The identifier of a recipient; it reveals nothing without the key."""
    return keyed_hash("mail", of=("person", person.organization_id, person.pk))
