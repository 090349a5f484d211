"""E-mails: what people are written, each under a Message-ID that is the same however often it is sent."""

from __future__ import annotations

import secrets
from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

from enlist.core.errors import MailProblem
from enlist.formats.files.new_file import new_file
from enlist.services.access import Scope
from enlist.store.models import Person
from enlist.store.secrets.keys import keyed_hash

# By this header a mail in a file is found again when its person is erased.
_WHOM: Final = "Enlist-Person"
# What Django writes after each mail.
_END: Final = b"\n" + b"-" * 79 + b"\n"

_TEXT: Final = """\
Hello {name},

you have an account at {place}.

Username: {username}
Password: {password}

The password can be used once: you will be asked for one of your own when you sign in.
"""

_NOTICE: Final = """\
Hello {name},

{notice}

Sign in at {place} to look at it. You get this mail because you left before it was done.
"""


def password_mail(scope: Scope, *, number: int, to: Person, password: str) -> bool:
    """Mail somebody the password that was made for them by an import; whether the server takes mails to them.

    Raises MailProblem where it takes none at all.
    """
    place = scope.organization.name
    text = _TEXT.format(name=_called(to), place=place, username=to.username, password=password)
    about = keyed_hash("mail", of=("password", scope.organization.pk, number, to.pk))
    try:
        _send(to, subject=f"Your account at {place}", text=text, about=about)
    except SMTPRecipientsRefused:
        return False
    return True


def notice_mail(scope: Scope, *, job: int, to: Person, notice: str) -> bool:
    """Mail somebody what became of an import they asked for; False where the server takes no mails to them.

    Raises MailProblem where another attempt may succeed.
    """
    place = scope.organization.name
    text = _NOTICE.format(name=_called(to), place=place, notice=notice)
    about = keyed_hash("mail", of=("notice", scope.organization.pk, job, to.pk))
    try:
        _send(to, subject=f"{place}: {notice}", text=text, about=about)
    except SMTPRecipientsRefused as error:
        if any(code < 500 for code, _ in error.recipients.values()):
            raise MailProblem("mail_deferred") from error
        return False
    return True


def _called(to: Person) -> str:
    return " ".join(filter(None, [to.firstname, to.lastname])) or to.username


def _send(to: Person, *, subject: str, text: str, about: str) -> None:
    """Send a mail. Raises SMTPRecipientsRefused; MailProblem where something else went wrong."""
    _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rsplit("@", 1)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.email],
        headers={"Message-ID": f"<{about}@{domain}>", _WHOM: _whom(to)},
    )
    try:
        message.send()
    except SMTPRecipientsRefused:
        raise
    except (OSError, SMTPException) as error:
        code = "mail_refused" if isinstance(error, SMTPResponseException) else "mail_server_away"
        raise MailProblem(code, reason=type(error).__name__) from error


def mails_forget(person: Person) -> int:
    """Remove the mails to a person that were written to files instead of being sent; how many.

    Others may have been written to the same file, and to the same address: those stay.
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
            # Under another name, so that no mail is lost whatever happens in between.
            with new_file(path.with_name(f"{path.stem}-{secrets.token_hex(4)}.log")) as file:
                file.write(_END.join(kept))
        path.unlink()
    return len(written) - len(kept)


def _is_to(person: Person, *, mail: bytes) -> bool:
    """Whether a mail is to a person, whatever their address is by now; older ones are known by that alone."""
    message = message_from_bytes(mail.lstrip())
    if whom := message.get(_WHOM):
        # A long header begins on a line of its own.
        return str(whom).strip() == _whom(person)
    mine = sanitize_address(person.email, "utf-8") if person.email else ""
    addresses = (address for _, address in getaddresses([str(message.get("To", ""))]))
    return bool(mine) and parseaddr(mine)[1].casefold() in map(str.casefold, addresses)


def _whom(person: Person) -> str:
    """Who somebody is to whom mails are: it says nothing without the key."""
    return keyed_hash("mail", of=("person", person.organization_id, person.pk))
