"""Accounts: what people of the directory sign in with."""

from __future__ import annotations

from django.core.management import call_command

from enlist.store.models import Account, Person
from enlist.store.transactions import short_transaction


def set_password(person: Person, *, password: str, must_change: bool) -> None:
    """Set the only password a person can sign in with; their sessions end."""
    with short_transaction():
        account = Account.objects.filter(person=person).first() or Account(person=person)
        account.organization_id = person.organization_id
        account.login_key = f"{person.organization_id}:{person.username_key}"
        account.must_change = must_change
        account.set_password(password)
        account.save()


def forget_sessions() -> None:
    """Delete expired sessions."""
    call_command("clearsessions")
