"""Mail settings."""

from pathlib import Path

import pytest

from enlist.core.errors import PolicyError
from enlist.project.mail import mail

OUTBOX = Path("/srv/outbox")


def test_without_an_address_they_are_files() -> None:
    assert mail("", outbox=OUTBOX) == {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": "/srv/outbox",
    }


def test_a_server_is_taken_apart() -> None:
    told = mail("smtp://ann%40x:p%2Fw@mail.example.org", outbox=OUTBOX)
    whole = mail("smtps://mail.example.org:4650", outbox=OUTBOX)

    assert (told["EMAIL_HOST"], told["EMAIL_PORT"], told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == (
        "mail.example.org",
        587,
        "ann@x",
        "p/w",
    )
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (True, False)
    assert (whole["EMAIL_PORT"], whole["EMAIL_USE_TLS"], whole["EMAIL_USE_SSL"]) == (4650, False, True)


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail", "smtp://", "smtp://mail:port", "consol"])
def test_it_refuses_what_is_no_server(address: str) -> None:
    with pytest.raises(PolicyError, match="ENLIST_MAIL isn't the address of a mail server"):
        mail(address, outbox=OUTBOX)
