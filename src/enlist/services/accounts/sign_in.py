"""Signing in, with throttling that doesn't reveal which names are accounts.

Failed attempts are counted by typed name, by account and by network. Only the typed name and the network lead to "too
many attempts", because the person knows both. An account over its limit answers as if the password were wrong.

A browser in which a person signed in keeps a token. Attempts there are counted by token instead of by network, so that
guesses from the same network lock nobody out (OWASP: "Slow Down Online Guessing Attacks with Device Cookies").
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
from enlist.store import scope
from enlist.store.accounts import accounts, throttling
from enlist.store.accounts.throttling import Limit, key_of
from enlist.store.models import Account
from enlist.store.people import people

from .password_rules import least_length

# Attempts at one name or account from one place (ASVS 5.0, 6.1.1), and all attempts from one network, which hundreds of
# people may share.
ONE_PASSWORD: Final = Limit(a_minute=10, in_a_row=100)
ONE_NETWORK: Final = Limit(a_minute=30, in_a_row=1_000)
TOKEN_LASTS: Final = timedelta(days=180)
_TOKEN: Final = "signed in before"  # noqa: S105 it says what a signature is for


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in, with the network address and token of the browser.

    organization: a slug, or "" if there is only one. name: a username, or an e-mail address that nobody shares.
    """

    organization: str
    name: str
    password: str = field(repr=False)
    address: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignedIn:
    """An account that signed in, and the token that its browser keeps."""

    account: Account
    token: str


def account_sign_in(attempt: Attempt) -> SignedIn | None:
    """Check a name and password; None if anything is wrong. Unknown names take as long.

    People who joined the team with a password that is too short for it must choose another one. Raises TooOften, also
    for unknown names.
    """
    # PostgreSQL refuses to search for a NUL.
    organization, name = (typed.replace("\0", "\ufffd") for typed in (attempt.organization, attempt.name))
    typed = key_of("typed", fold(organization), fold(name))
    is_known = _is_known(attempt.token, typed=typed)
    place = attempt.token if is_known else network_of(attempt.address)
    typed_here, network = key_of("typed", typed, place), key_of("network", place)
    if not is_known:
        count_guess(network, limit=ONE_NETWORK)
    # After counting: another attempt may have started that minute just before.
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
    # The network's count continues: an attacker may sign in with an account of their own in between.
    throttling.refund(network, reserved_at=counted_at)
    return SignedIn(account, token=signing.dumps(typed, salt=_TOKEN))


def count_guess(key: str, *, limit: Limit) -> None:
    """Count an attempt as failed before it is checked. Raises TooOften if the limit is reached."""
    if wait := throttling.reserve(key, limit=limit):
        seconds = math.ceil(wait.total_seconds())
        raise TooOften("too_many_attempts", wait=_in_words(seconds), seconds=seconds)


def _account_of(login_key: str, *, password: str, place: str) -> Account | None:
    """The account, if it may sign in with this password and isn't over its limit. Either way takes as long."""
    here = key_of("account", login_key, place)
    wait = throttling.reserve(here, limit=ONE_PASSWORD)
    account = authenticate(login_key=login_key, password=password)
    if wait or account is None or account.person is None:
        return None
    throttling.clear(here)
    if len(password) < least_length(account.person.site_role) and not account.must_change:
        accounts.require_change(account)
    return account


def network_of(address: str) -> str:
    """The network of an address: an IPv4 address itself, the /64 of an IPv6 address.

    Ports, which some proxies add, are ignored: each connection would count as another network.
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
    """The login_key of a name; one that no account has if there is no such organisation."""
    try:
        here = scope.organization_of(organization or None)
    except NotFound:
        return f":{fold(name)}"
    return f"{here.pk}:{people.key_of_login(here, name=name)}"


def _is_known(token: str, *, typed: str) -> bool:
    """Whether the token proves an earlier sign-in with the same typed name."""
    try:
        return bool(signing.loads(token, salt=_TOKEN, max_age=TOKEN_LASTS) == typed)
    except signing.BadSignature:
        return False


def _in_words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds <= 90 else f"{math.ceil(seconds / 60)} minutes"
