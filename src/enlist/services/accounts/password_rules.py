"""Rules of passwords that people choose: length by role, no common ones, nothing like one's own names.

No rules about kinds of characters. Source: ASVS 5.0, 6.2.1 to 6.2.5.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from enlist.core.errors import PolicyError
from enlist.core.rights import TEAM
from enlist.store.models import Person

LEAST: Final = 8
LEAST_OF_TEAM: Final = 12


def least_length(role: str) -> int:
    """How many characters a password needs at least, by the person's role on the site."""
    return LEAST_OF_TEAM if role in TEAM else LEAST


class LengthByRole:
    """Django's validator of the length."""

    def validate(self, password: str, *people: Any) -> None:
        """Raise ValidationError if the password is too short for this person (the only one that Django passes)."""
        least = max(least_length(person.site_role) for person in people)
        if len(password) < least:
            raise ValidationError(f"This password is too short. Use at least {least} characters.")

    def get_help_text(self) -> str:
        """The rule, in a sentence."""
        return f"At least {LEAST} characters, {LEAST_OF_TEAM} in the team."


def password_check(password: str, *, person: Person, field: str) -> None:
    """Raise PolicyError, about this field of the form, if a person can't have this password."""
    # The validators need attributes of a person, and are typed for accounts.
    whose: Any = person
    try:
        validate_password(password, user=whose)
    except ValidationError as error:
        raise PolicyError("new_password_weak", reasons=" ".join(error.messages), field=field) from None
