"""Erasing: take a person out of everything that is kept."""

from __future__ import annotations

from enlist.core.errors import NotAllowed, PolicyError
from enlist.core.rights import may_change_account, ranks_above
from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.mail import mails_forget
from enlist.store.erasure import erase
from enlist.store.erasure.erase import Erased
from enlist.store.models import Person
from enlist.store.people import people

__all__ = ["Erased", "person_delete", "person_erasable", "person_erase"]


@needs(Right.APPROVE)
def person_erasable(scope: Scope, *, username: str) -> str:
    """Whom `person_erase` would erase, in words. Raises NotFound, PolicyError as it does."""
    person = _wanted(scope, username=username)
    name = " ".join(filter(None, [person.firstname, person.lastname]))
    told = ", ".join(filter(None, [name, person.email, "removed" if person.state == "removed" else ""]))
    return f"{person.username} ({told})" if told else person.username


@needs(Right.APPROVE)
def person_erase(scope: Scope, *, username: str, confirm: str) -> Erased:
    """Erase a person: their row, accounts, enrolments, groups, values changed by hand; from plans and uploaded files.

    confirm: the username once more. It cannot be undone. What stays is a hash under a key outside of the database.
    Raises NotFound; PolicyError where several may be meant, for the last owner, oneself, and without the confirmation;
    LeaseTaken while an import is being applied.
    """
    person = _wanted(scope, username=username)
    if confirm != person.username:
        raise PolicyError("confirmation_wrong", value=confirm, username=person.username)
    # First of all, for afterwards nobody could name them again; and what was written meanwhile.
    mails_forget(person)
    done = erase.erase(scope, person=person)
    mails_forget(person)
    return done


@needs(Right.APPROVE)
def person_delete(scope: Scope, *, username: str, confirm: str) -> Erased:
    """Erase a person who is inactive (`person_erase`). Raises PolicyError as well where they are active."""
    person = _wanted(scope, username=username)
    if person.state == "active":
        raise PolicyError("person_active", username=person.username)
    return person_erase(scope, username=username, confirm=confirm)


def _wanted(scope: Scope, *, username: str) -> Person:
    person = people.present_or_removed(scope.organization, username=username)
    if scope.actor is not None and scope.actor.pk == person.pk:
        raise PolicyError("cannot_erase_yourself")
    if scope.actor is not None and ranks_above(person.site_role, other=scope.actor.site_role):
        raise NotAllowed("person_above", username=person.username)
    if scope.actor is not None and not may_change_account(person.site_role, by=scope.actor.site_role):
        raise NotAllowed("erasure_needs_owner", username=person.username)
    if person.site_role == "owner" and people.owners(scope.organization) == [person.pk]:
        raise PolicyError("last_owner", username=person.username)
    return person
