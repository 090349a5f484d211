"""Parents choose the passwords of linked children who have no e-mail address (TM-10)."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from enlist.core.clean import fold
from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.services.access import Scope, person_asking
from enlist.services.accounts.invitations import Link
from enlist.services.accounts.password_rules import least_length, password_check
from enlist.store import activity
from enlist.store.accounts import accounts, tokens
from enlist.store.models import Person
from enlist.store.people import links
from enlist.store.setup import terms as store_terms
from enlist.store.transactions import short_transaction


def own_child_account(scope: Scope, *, username: str) -> Link:
    """What a parent has to know before choosing a child's password.

    Raises NotFound, and says the same about people who exist and aren't linked; NotAllowed if the child has an e-mail
    address or is inactive.
    """
    child = _child(scope, username=username)
    is_reset = accounts.has_password(child)
    text = None if is_reset else store_terms.current(scope.organization)
    return Link(
        username=child.username,
        name=" ".join(filter(None, [child.firstname, child.lastname])),
        organization=scope.organization.name,
        is_reset=is_reset,
        least=least_length(child.site_role),
        terms=(text.pk, text.text) if text else None,
    )


def own_child_password_set(scope: Scope, *, username: str, password: str, terms: int | None = None) -> None:
    """Let a child sign in with this password, from now on only with it. The child's links become void.

    terms: the id of those that the parent accepted for the child. Raises as `own_child_account`; PolicyError if the
    password is refused, or other terms count now.
    """
    child = _child(scope, username=username)
    password_check(password, person=child, field="new")
    # Before the transaction: hashing takes a while, and on SQLite nobody else could write.
    hash_ = make_password(password)
    with short_transaction():
        # The link may have ended, or the child got an address since.
        if tokens.active(child.pk) is None:
            raise NotAllowed("child_inactive", username=child.username)
        child = _child(scope, username=username)
        is_reset = accounts.has_password(child)
        text = None if is_reset else store_terms.current(scope.organization)
        if text and text.pk != terms:
            raise PolicyError("terms_not_accepted", field="terms")
        if text:
            store_terms.accept(child, terms=text)
        accounts.give([(child, hash_, False)])
        activity.log(scope, action="password_reset" if is_reset else "account_activated", person=child.pk)


def _child(scope: Scope, *, username: str) -> Person:
    child = links.learner(person_asking(scope), kind="parent", key=fold(username))
    if child is None:
        raise NotFound("person_unknown", username=username)
    if child.email:
        raise NotAllowed("child_has_address", username=child.username)
    if child.state != "active":
        raise NotAllowed("child_inactive", username=child.username)
    return child
