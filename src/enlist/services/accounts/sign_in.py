"""Signing in: guesses are slowed down, and no answer says whether two names are one account.

Failed attempts are counted by what was typed, by the account, and by the network they come from. Only the first and the
last lead to "too many attempts": whoever asks knows both. An account over its limit answers as to a wrong password.

A browser in which somebody signed in keeps a token, and what is typed there is counted with the token in place of the
network: guesses by others behind the same address lock nobody out (OWASP: "Slow Down Online Guessing Attacks with
Device Cookies").
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from django.contrib.auth import authenticate
from django.core import signing
from django.utils import timezone

from enlist.core.clean import fold
from enlist.core.errors import NotFound, TooOften
from enlist.core.rights import TEAM
from enlist.store import scope
from enlist.store.accounts import throttling
from enlist.store.accounts.throttling import Limit, key_of
from enlist.store.models import Account
from enlist.store.people import people

# Guesses at one name or account from one place (ASVS 5.0, 6.1.1), and all those from one network, where hundreds of
# people may be behind one address.
ONE_PASSWORD: Final = Limit(a_minute=10, in_a_row=100)
ONE_NETWORK: Final = Limit(a_minute=30, in_a_row=1_000)
TOKEN_LASTS: Final = timedelta(days=180)
_TOKEN: Final = "signed in before"  # noqa: S105 it says what a signature is for


@dataclass(frozen=True)
class Attempt:
    """What somebody typed to sign in, their address, and the token of their browser.

    organization: its slug; may be blank where there is only one. name: a username, or an e-mail address that nobody
    shares.
    """

    organization: str
    name: str
    password: str = field(repr=False)
    address: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the token that their browser keeps."""

    account: Account
    token: str


def account_sign_in(attempt: Attempt) -> SignedIn | None:
    """Check a name and password; None whatever was wrong, after as much work for names that don't exist.

    Raises TooOften, for those as well.
    """
    # No database holds a NUL, and PostgreSQL refuses to look for one.
    organization, name = (typed.replace("\0", "\ufffd") for typed in (attempt.organization, attempt.name))
    typed = key_of("typed", fold(organization), fold(name))
    is_known = _is_known(attempt.token, typed=typed)
    place = attempt.token if is_known else network_of(attempt.address)
    typed_here, network = key_of("typed", typed, place), key_of("network", place)
    if not is_known:
        count_guess(network, limit=ONE_NETWORK)
    # Only now: the minute it was counted in may have been begun by somebody else a moment ago.
    counted_at = timezone.now()
    try:
        count_guess(typed_here, limit=ONE_PASSWORD)
    except TooOften:
        throttling.refund(network, reserved_at=counted_at)
        raise
    account = _account_of(_login_key(organization, name=name), password=attempt.password, place=place)
    if account is None:
        return None
    throttling.clear(typed_here)
    # The network's count goes on: who guesses may have an account to sign in with in between.
    throttling.refund(network, reserved_at=counted_at)
    return SignedIn(account, token=signing.dumps(typed, salt=_TOKEN))


def count_guess(key: str, *, limit: Limit) -> None:
    """Count a guess as failed before it is checked. Raises TooOften where the limit is reached."""
    if wait := throttling.reserve(key, limit=limit):
        seconds = math.ceil(wait.total_seconds())
        raise TooOften("too_many_attempts", wait=_in_words(seconds), seconds=seconds)


def _account_of(login_key: str, *, password: str, place: str) -> Account | None:
    """The account, where it may sign in with this password and is not over its limit; it takes as long where it is."""
    here = key_of("account", login_key, place)
    wait = throttling.reserve(here, limit=ONE_PASSWORD)
    account = authenticate(login_key=login_key, password=password)
    if wait or account is None or account.person is None or account.person.site_role not in TEAM:
        return None
    throttling.clear(here)
    return account


def network_of(address: str) -> str:
    """The network that an address is counted with: an IPv4 address itself, the /64 of an IPv6 address.

    Some proxies give the port as well, and it would make every connection a network of its own.
    """
    without_port = address.rpartition(":")[0].strip("[]")
    for text in (address.strip("[]"), without_port):
        with suppress(ValueError):
            found = ip_address(text.partition("%")[0])
            if isinstance(found, IPv6Address):
                return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
            return str(found)
    return address


def _login_key(organization: str, *, name: str) -> str:
    """The login_key that was meant; one that no account has where there is no such organisation."""
    try:
        here = scope.organization_of(organization or None)
    except NotFound:
        return f":{fold(name)}"
    return f"{here.pk}:{people.key_of_login(here, name=name)}"


def _is_known(token: str, *, typed: str) -> bool:
    """Whether somebody signed in with this token's browser by what was typed now."""
    try:
        return bool(signing.loads(token, salt=_TOKEN, max_age=TOKEN_LASTS) == typed)
    except signing.BadSignature:
        return False


def _in_words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds <= 90 else f"{math.ceil(seconds / 60)} minutes"
