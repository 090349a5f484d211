"""Change one's own password."""

from __future__ import annotations

from django.db import transaction

from enlist.core.errors import PolicyError
from enlist.services.access import person_asking, scope_of_account
from enlist.store import activity
from enlist.store.accounts import throttling, tokens
from enlist.store.models import Account

from .password_rules import password_check
from .sign_in import ONE_PASSWORD, count_guess


def password_change(account: Account, *, current: str, new: str, session: str) -> None:
    """Change the password of an account. Its other sessions end.

    session: the key of the session. Raises PolicyError if the current password is wrong, or the new one is weak or the
    same (ASVS 5.0: 6.2.1 to 6.2.5); TooOften.
    """
    current_password_check(account, current=current, session=session)
    if new == current:
        raise PolicyError("new_password_same", field="new")
    scope = scope_of_account(account)
    person = person_asking(scope)
    password_check(new, person=person, field="new")
    account.set_password(new)
    account.must_change = False
    with transaction.atomic():
        account.save(update_fields=["password", "must_change"])
        tokens.void([person.pk])
        activity.log(scope, action="password_changed", person=person.pk)


def current_password_check(account: Account, *, current: str, session: str) -> None:
    """Raise PolicyError if this isn't the password of an account; TooOften.

    session: the key of the session. Guesses are counted by session, so an attacker who took one over is stopped, and
    the owner can sign in again.
    """
    guesses = throttling.key_of("session", session)
    count_guess(guesses, limit=ONE_PASSWORD)
    if not account.check_password(current):
        raise PolicyError("current_password_wrong", field="current")
    throttling.clear(guesses)
