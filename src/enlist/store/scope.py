"""The organisation that a query is about, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from enlist.core.errors import NotAllowed, NotFound

from .models import Organization, Person


class Machine(Enum):
    """The actor if no person acts: anyone who can run commands on this machine, and Enlist itself."""

    OWNER = "the machine's owner"


MACHINE: Final = Machine.OWNER


@dataclass(frozen=True)
class Scope:
    """The organisation a use case is about, and who asks: a person, or MACHINE, which may do everything.

    MACHINE is always given explicitly: it is never the default, nor what a look-up returns that finds nobody.
    """

    organization: Organization
    asks: Person | Machine

    def __post_init__(self) -> None:
        """Raise TypeError for None."""
        if not isinstance(self.asks, (Person, Machine)):
            raise TypeError("A scope needs a person or MACHINE.")

    @property
    def actor(self) -> Person | None:
        """The person who asks; None only for MACHINE."""
        return self.asks if isinstance(self.asks, Person) else None

    @property
    def role(self) -> str:
        """The site role of who asks."""
        return self.asks.site_role if isinstance(self.asks, Person) else "owner"


def organizations() -> list[Organization]:
    """Every organisation, by its slug."""
    return list(Organization.objects.order_by("slug"))


def organization_of(slug: str | None) -> Organization:
    """The organisation with this slug; without a slug, the only one. Raises NotFound."""
    by_slug = {found.slug: found for found in organizations()}
    if not by_slug:
        raise NotFound("no_organization")
    if slug is None and len(by_slug) > 1:
        raise NotFound("several_organizations", organizations=", ".join(by_slug))
    if slug is not None and slug not in by_slug:
        raise NotFound("organization_unknown", organization=slug, organizations=", ".join(by_slug))
    return by_slug[slug] if slug is not None else next(iter(by_slug.values()))


def organization_by_id(pk: int) -> Organization:
    """The organisation with this id. Raises NotFound."""
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("organization_gone")
    return found


def scope_by_ids(organization: int, *, person: int | None) -> Scope:
    """The scope of a job; person: as the job stores it, None for MACHINE.

    Raises NotFound if the organisation is gone, NotAllowed if the person is gone or no longer active.
    """
    here = organization_by_id(organization)
    return Scope(here, MACHINE if person is None else _active(here, person=person))


def scope_by_now(scope: Scope) -> Scope:
    """The scope with the person as they are now (one query). Raises NotAllowed as `scope_by_ids` does."""
    if scope.actor is None:
        return scope
    return Scope(scope.organization, _active(scope.organization, person=scope.actor.pk))


def _active(organization: Organization, *, person: int) -> Person:
    found = Person.objects.filter(pk=person, organization=organization).first()
    if found is None:
        raise NotAllowed("requester_erased")
    if found.state != "active":
        raise NotAllowed("requester_inactive")
    return found
