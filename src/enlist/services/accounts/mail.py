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
from enlist.store.models import Person
from enlist.store.secrets.keys import keyed_hash

# A header that identifies the recipient, to find mails in files when a person is erased.
_RECIPIENT: Final = "Enlist-Person"
# What Django writes after each mail.
_END: Final = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Written:
    """A mail's subject, its plain text, and its HTML."""

    subject: str
    text: str
    html: str


def mail_is_set_up() -> bool:
    """Whether mails reach people, and aren't only written to files."""
    return settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend", "console.EmailBackend"))


def mail_send(
    to: Person, *, written: Written, about: str, reply_to: str = "", connection: BaseEmailBackend | None = None
) -> bool:
    """Send a mail through a connection; False if there is no address, or the server rejects it for good.

    about: what its Message-ID is made of. Raises MailProblem if another attempt may succeed.
    """
    if not to.email:
        return False
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
    message.attach_alternative(written.html, "text/html")
    try:
        with mail_problems():
            message.send()
    except (ValueError, SMTPNotSupportedError):
        # An address that can't be written in a mail, or not for this server.
        return False
    except SMTPRecipientsRefused as error:
        if any(code < 500 for code, _ in error.recipients.values()):
            raise MailProblem("mail_deferred") from error
        return False
    return True


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
