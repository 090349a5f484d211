"""Active people, as the organisation's limits count them (`core.plan.active`)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from enlist.core.plan.active import ActiveLimit, TooMany, load, too_many
from enlist.core.plan.plan import Part
from enlist.store.engine import engine
from enlist.store.models import Organization

# Verbs about people who come, with their roles, and about people who are there: the state they leave, and the effect.
_COME = ("create", "restore")
_CHANGE = (("reactivate", "inactive", 1), ("deactivate", "active", -1), ("remove", "active", -1))


def active_limits(organization: int) -> tuple[ActiveLimit, ...]:
    """The organisation's limits of active people (one query)."""
    settings = Organization.objects.values_list("settings", flat=True).get(pk=organization)
    return load(settings.get("active_limits", {}))


def active_people(organization: int, *, limit: ActiveLimit) -> int:
    """How many active people a limit counts (one query)."""
    active = "SELECT count(*) FROM store_person p WHERE p.organization_id = %s AND p.state = 'active'"
    return int(engine().value(f"{active} AND {_has(limit)}", params=[organization, *limit.roles]))


def limits_exceeded(organization: int, *, parts: Iterable[Part]) -> list[TooMany]:
    """The limits that a plan would exceed: counted after all of its changes (a few queries a part and limit)."""
    limits = active_limits(organization)
    more = dict.fromkeys(limits, 0)
    for part in parts if limits else ():
        for limit in limits:
            more[limit] += _more(part, organization=organization, limit=limit)
    found = (
        too_many(limit, active=active_people(organization, limit=limit), more=count)
        for limit, count in more.items()
        if count > 0
    )
    return [each for each in found if each]


def _more(part: Part, *, organization: int, limit: ActiveLimit) -> int:
    """How many more people that a limit counts would be active after a part."""
    counted = (pl.col("state") == "active") & pl.col("site_role").is_in(limit.roles)
    more = sum(part.frames[verb].filter(counted).height for verb in _COME if verb in part.frames)
    for verb, state, effect in _CHANGE:
        if verb in part.frames:
            ids = part.frames[verb].get_column("person")
            more += effect * _among(ids, organization=organization, state=state, limit=limit)
    return more


def _among(ids: pl.Series, *, organization: int, state: str, limit: ActiveLimit) -> int:
    """How many of these people (Int64 ids) are in this state and counted by a limit (two queries)."""
    at = engine()
    with at.reading():
        at.temporary("enlist_keys", frame=pl.DataFrame({"person": ids.unique().sort()}))
        return int(
            at.value(
                "SELECT count(*) FROM enlist_keys k CROSS JOIN store_person p WHERE p.id = k.person"
                f" AND p.organization_id = %s AND p.state = %s AND {_has(limit)}",
                params=[organization, state, *limit.roles],
            )
        )


def _has(limit: ActiveLimit) -> str:
    """That a person has one of a limit's roles; its parameters are the roles."""
    return f"p.site_role IN ({', '.join(['%s'] * len(limit.roles))})"
