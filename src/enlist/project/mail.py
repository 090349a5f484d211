"""Mail settings: send to a server, to the terminal, or into files."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from enlist.core.errors import PolicyError

_BACKENDS: Final = "django.core.mail.backends."
_PORTS: Final = {"smtp": 587, "smtps": 465}


def mail(address: str, *, outbox: Path) -> dict[str, Any]:
    """Django's settings for an address such as `smtp://user:password@host:587`, or `console`; "" writes to `outbox`.

    smtp uses STARTTLS if it signs in, smtps uses TLS from the start. Raises PolicyError.
    """
    if not address:
        return {"EMAIL_BACKEND": _BACKENDS + "filebased.EmailBackend", "EMAIL_FILE_PATH": str(outbox)}
    if address == "console":
        return {"EMAIL_BACKEND": _BACKENDS + "console.EmailBackend"}
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise PolicyError("mail_address_refused")
    return {
        "EMAIL_BACKEND": _BACKENDS + "smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 30,
    }
