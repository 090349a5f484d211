"""Erase a person from everything that Enlist keeps."""

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
    """The person that `person_erase` would erase, in words. Raises as `person_erase`."""
    person = _wanted(scope, username=username)
    name = " ".join(filter(None, [person.firstname, person.lastname]))
    details = ", ".join(filter(None, [name, person.email, "removed" if person.state == "removed" else ""]))
    return f"{person.username} ({details})" if details else person.username


@needs(Right.APPROVE)
def person_erase(scope: Scope, *, username: str, confirm: str) -> Erased:
    """Erase a person: their record, accounts, enrolments, groups and history, also in plans and uploaded files.

    It can't be undone. A hash under a key outside the database stays. confirm: the username again. Raises NotFound;
    PolicyError if several people match, for the last owner, for oneself, and if confirm is wrong; LeaseTaken while an
    import is being applied.
    """
    person = _wanted(scope, username=username)
    if confirm != person.username:
        raise PolicyError("confirmation_wrong", value=confirm, username=person.username)
    # Before, because later nobody could find them again, and after, for mails written meanwhile.
    mails_forget(person)
    done = erase.erase(scope, person=person)
    mails_forget(person)
    return done


@needs(Right.APPROVE)
def person_delete(scope: Scope, *, username: str, confirm: str) -> Erased:
    """`person_erase` for an inactive person. Raises PolicyError also if they are active."""
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
