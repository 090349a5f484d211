"""Whether people of an organisation may share an e-mail address."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import transaction
from django.db.models import Count, F

from enlist.core.errors import PolicyError
from enlist.store import activity
from enlist.store.models import Organization, Person
from enlist.store.scope import Scope

# How many addresses the error lists.
NAMED: Final = 3


def are_shared(organization: Organization) -> bool:
    """Whether people may share an address (one query)."""
    return Organization.objects.values_list("shared_email", flat=True).get(pk=organization.pk)


def share(scope: Scope, *, shared: bool) -> bool:
    """Let people share addresses, or forbid it, and log that; False if nothing changes.

    Earlier plans become stale. Raises PolicyError when forbidding it while people share addresses.
    """
    with transaction.atomic():
        row = Organization.objects.select_for_update().get(pk=scope.organization.pk)
        if row.shared_email == shared:
            return False
        people = Person.objects.filter(organization=row).exclude(state="removed").exclude(email_key="")
        if not shared:
            several = people.values("email_key").annotate(n=Count("id")).filter(n__gt=1)
            _check_apart(sorted(several.values_list("email_key", flat=True)))
        people.update(email_claim=None if shared else F("email_key"))
        row.shared_email = shared
        row.reference_version = secrets.randbits(62) | 1
        row.save(update_fields=["shared_email", "reference_version"])
        activity.log(scope, action="addresses_shared", note="Allowed." if shared else "Not allowed any more.")
    return True


def _check_apart(found: list[str]) -> None:
    if found:
        named = ", ".join(found[:NAMED]) + (", …" if len(found) > NAMED else "")
        raise PolicyError("addresses_shared", count=len(found), addresses=named)
