"""Sign-in cards: activation links to print, for people without e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from enlist.services.access import Right, Scope, needs
from enlist.services.accounts.protection import guarded_roles
from enlist.store import activity
from enlist.store.accounts import accounts, tokens
from enlist.store.imports import expiry
from enlist.store.people import people
from enlist.store.transactions import short_transaction

from .listing import Chosen, people_of

# The person waits for the page, and drawing the codes of so many takes about a second.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Card:
    """A person and the token of their activation link. Only a hash of it is stored, so nobody can see it again."""

    name: str
    username: str
    token: str


@dataclass(frozen=True)
class Cards:
    """The cards of people, by username. until: when their links stop working.

    The usernames of those without a card: able (they can sign in), inactive, and guarded (one may not change their
    account).
    """

    organization: str
    until: datetime
    cards: list[Card]
    able: list[str]
    inactive: list[str]
    guarded: list[str]


@needs(Right.GIVE_LINKS)
def cards_make(scope: Scope, *, chosen: Chosen) -> Cards:
    """Make new activation links for those of the chosen people who can't sign in yet. Their earlier links are void.

    Raises PolicyError for nobody and for too many.
    """
    found, roles = people_of(scope, chosen=chosen, most=MOST, too_many="cards_for_too_many"), guarded_roles(scope)
    with short_transaction():
        present = people.locked(found)
        able, active = accounts.with_password(present), [each for each in present if each.state == "active"]
        free = [each for each in active if each.site_role not in roles]
        ready = [each for each in free if each.pk not in able]
        made = tokens.make_each(ready, purpose=tokens.ACTIVATE)
        activity.log_each(scope, action="link_made", people=made)
    return Cards(
        organization=scope.organization.name,
        until=timezone.now() + timedelta(days=expiry.retention_of(scope.organization).links),
        cards=[
            Card(" ".join(filter(None, [each.firstname, each.lastname])), each.username, made[each.pk])
            for each in ready
        ],
        able=[each.username for each in free if each.pk in able],
        inactive=[each.username for each in present if each.state == "inactive"],
        guarded=[each.username for each in active if each.site_role in roles],
    )
