"""The organisation's terms, and who accepted them."""

from __future__ import annotations

from enlist.store import activity
from enlist.store.models import Organization, Person, Terms, TermsAcceptance
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction


def current(organization: Organization) -> Terms | None:
    """The terms that count now; None if there are none (one query)."""
    newest = Terms.objects.filter(organization=organization).order_by("-pk").first()
    return newest if newest and newest.text else None


def change(scope: Scope, *, text: str) -> bool:
    """Set the terms, and log that; "" for none. False if they are these already."""
    with short_transaction():
        now = current(scope.organization)
        if (now.text if now else "") == text:
            return False
        new = Terms.objects.create(organization=scope.organization, text=text)
        activity.log(scope, action="terms_changed", note=f"Terms {new.pk}." if text else "No terms any more.")
    return True


def accept(person: Person, *, terms: Terms) -> None:
    """Keep that a person accepted these terms, in the caller's transaction."""
    TermsAcceptance.objects.get_or_create(
        person=person, terms=terms, defaults={"organization_id": person.organization_id}
    )


def accepted(person: Person) -> list[TermsAcceptance]:
    """What a person accepted, with the terms, the latest first (one query)."""
    return list(TermsAcceptance.objects.filter(person=person).select_related("terms").order_by("-pk"))
