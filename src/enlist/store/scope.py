"""Whose data a query is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from enlist.core.errors import NotAllowed, NotFound

from .models import Organization, Person


class Machine(Enum):
    """Who acts where no person does: whoever may type commands on this machine, and Enlist itself."""

    OWNER = "the machine's owner"


MACHINE: Final = Machine.OWNER


@dataclass(frozen=True)
class Scope:
    """The organisation a use case is about, and who asks: a person, or MACHINE, who may do everything.

    Nobody may do everything by default, or because a look-up found nobody: MACHINE is always written out.
    """

    organization: Organization
    asks: Person | Machine

    def __post_init__(self) -> None:
        """Raise TypeError for None."""
        if not isinstance(self.asks, (Person, Machine)):
            raise TypeError("A scope is somebody's: a person's, or MACHINE.")

    @property
    def actor(self) -> Person | None:
        """The person who asks; None only for MACHINE."""
        return self.asks if isinstance(self.asks, Person) else None

    @property
    def role(self) -> str:
        """The role on the site of who asks."""
        return self.asks.site_role if isinstance(self.asks, Person) else "owner"


def organizations() -> list[Organization]:
    """Every organisation, by its slug."""
    return list(Organization.objects.order_by("slug"))


def organization_of(slug: str | None) -> Organization:
    """The organisation of this slug, or the only one there is. Raises NotFound."""
    known = {found.slug: found for found in organizations()}
    if not known:
        raise NotFound("no_organization")
    if slug is None and len(known) > 1:
        raise NotFound("several_organizations", organizations=", ".join(known))
    if slug is not None and slug not in known:
        raise NotFound("organization_unknown", organization=slug, organizations=", ".join(known))
    return known[slug] if slug is not None else next(iter(known.values()))


def organization_by_id(pk: int) -> Organization:
    """The organisation with this id. Raises NotFound."""
    found = Organization.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("organization_gone")
    return found


def scope_by_ids(organization: int, *, person: int | None) -> Scope:
    """The scope of work that was asked for earlier; person: as a job keeps it, None for the machine's owner.

    Raises NotFound where the organisation is gone, NotAllowed where the person is, or is not active any more.
    """
    here = organization_by_id(organization)
    return Scope(here, MACHINE if person is None else _active(here, person=person))


def scope_by_now(scope: Scope) -> Scope:
    """The same, with the person as they are now (one query). Raises NotAllowed as `scope_by_ids`."""
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
