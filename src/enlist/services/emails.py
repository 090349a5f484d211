"""E-mails: what people are written, each under a Message-ID that is the same however often it is sent."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from enlist.core.errors import MailProblem
from enlist.services.access import Scope
from enlist.store.keys import keyed_hash
from enlist.store.models import Person

_TEXT: Final = """\
Hello {name},

you have an account at {place}.

Username: {username}
Password: {password}

The password can be used once: you will be asked for one of your own when you sign in.
"""


def password_mail(scope: Scope, *, number: int, to: Person, password: str) -> bool:
    """Mail somebody the password that was made for them by an import; whether the server takes mails to them.

    Raises MailProblem where it takes none at all.
    """
    name = " ".join(filter(None, [to.firstname, to.lastname])) or to.username
    place = scope.organization.name
    text = _TEXT.format(name=name, place=place, username=to.username, password=password)
    about = keyed_hash("mail", of=("password", scope.organization.pk, number, to.pk))
    _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rsplit("@", 1)
    message = EmailMessage(
        subject=" ".join(f"Your account at {place}".split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to.email],
        headers={"Message-ID": f"<{about}@{domain}>"},
    )
    try:
        message.send()
    except SMTPRecipientsRefused:
        return False
    except (OSError, SMTPException) as error:
        raise MailProblem(
            f"Mails cannot be sent: {type(error).__name__}.",
            hint=f"Check ENLIST_MAIL and the server; `enlist passwords {number}` goes on where it was.",
        ) from error
    return True


def mails_forget(address: str) -> int:
    """Remove the mails to an address that were written to files instead of being sent; how many."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "")
    if not address or not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") or not folder.is_dir():
        return 0
    found = [path for path in folder.iterdir() if address.lower().encode() in path.read_bytes().lower()]
    for path in found:
        path.unlink()
    return len(found)
