"""Change one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from enlist.core.errors import PolicyError
from enlist.services.access import scope_of_account
from enlist.store import activity
from enlist.store.accounts import throttling
from enlist.store.models import Account

from .sign_in import ONE_PASSWORD, count_guess


def password_change(account: Account, *, current: str, new: str, session: str) -> None:
    """Change the password of an account. Its other sessions end.

    session: the key of the session. Guesses at the current password are counted by session, so an attacker who took
    one over is stopped, and the owner can sign in again.

    Raises PolicyError if the current password is wrong, or the new one is weak or the same (ASVS 5.0: 6.2.1 to 6.2.5);
    TooOften.
    """
    guesses = throttling.key_of("session", session)
    count_guess(guesses, limit=ONE_PASSWORD)
    if not account.check_password(current):
        raise PolicyError("current_password_wrong", field="current")
    throttling.clear(guesses)
    if new == current:
        raise PolicyError("new_password_same", field="new")
    # The validators compare it with attributes of a person, which an account doesn't have.
    whose: Any = account.person
    try:
        validate_password(new, user=whose)
    except ValidationError as error:
        raise PolicyError("new_password_weak", reasons=" ".join(error.messages), field="new") from None
    account.set_password(new)
    account.must_change = False
    with transaction.atomic():
        account.save(update_fields=["password", "must_change"])
        activity.log(scope_of_account(account), action="password_changed", person=account.person_id)
