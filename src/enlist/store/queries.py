"""Whose data a query is about."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.errors import NotFound

from .models import Organization, Person


@dataclass(frozen=True)
class Scope:
    """The organisation a use case is about, and who asks (None: whoever may type commands on this machine)."""

    organization: Organization
    actor: Person | None = None


def organizations() -> list[Organization]:
    """Every organisation, by its slug."""
    return list(Organization.objects.order_by("slug"))


def organization_of(slug: str | None) -> Organization:
    """The organisation of this slug, or the only one there is. Raises NotFound."""
    known = {found.slug: found for found in organizations()}
    if not known:
        raise NotFound("There is no organisation yet.", hint="Make one with `enlist init`.")
    if slug is None and len(known) > 1:
        raise NotFound("There are several organisations.", hint=f"Say which with --organization: {', '.join(known)}.")
    if slug is not None and slug not in known:
        raise NotFound(f"There is no organisation “{slug}”.", hint=f"There are: {', '.join(known)}.")
    return known[slug] if slug is not None else next(iter(known.values()))


def scope_of_ids(organization: int, *, actor: int | None) -> Scope:
    """The scope of work that was asked for earlier. Raises NotFound where the organisation is gone."""
    found = Organization.objects.filter(pk=organization).first()
    if found is None:
        raise NotFound("The organisation is gone.")
    return Scope(found, actor=Person.objects.filter(pk=actor, organization=found).first() if actor else None)
