"""Active people, as the organisation's limits count them (`core.plan.active`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, Frames
from enlist.core.plan.active import ActiveLimit, TooMany, load, too_many
from enlist.core.plan.plan import Part
from enlist.store.engine import engine
from enlist.store.models import Organization

# The state after a verb about people who are there.
_STATES: Final = {"reactivate": "active", "deactivate": "inactive", "remove": "removed"}
# Verbs about people who come, with their state and role.
_COME: Final = ("create", "restore")
_PEOPLE: Final = {"person": pl.Int64(), "state": pl.String(), "site_role": pl.String()}
_ROLES: Final = {"person": pl.Int64(), "site_role": pl.String()}


def active_limits(organization: int) -> tuple[ActiveLimit, ...]:
    """The organisation's limits of active people (one query)."""
    settings = Organization.objects.values_list("settings", flat=True).get(pk=organization)
    return load(settings.get("active_limits", {}))


def active_people(organization: int, *, limit: ActiveLimit) -> int:
    """How many active people a limit counts: each once, whichever of its roles they have (one query)."""
    roles = f"({', '.join(['%s'] * len(limit.roles))})"
    further = f"SELECT 1 FROM store_personrole r WHERE r.person_id = p.id AND r.site_role IN {roles}"
    active = "SELECT count(*) FROM store_person p WHERE p.organization_id = %s AND p.state = 'active'"
    sql = f"{active} AND (p.site_role IN {roles} OR EXISTS ({further}))"
    return int(engine().value(sql, params=[organization, *limit.roles, *limit.roles]))


def limits_exceeded(organization: int, *, parts: Iterable[Part]) -> list[TooMany]:
    """The limits that a plan would exceed: counted after all of its changes (three queries a part)."""
    limits = active_limits(organization)
    more = dict.fromkeys(limits, 0)
    for part in parts if limits else ():
        before, after = _before_and_after(part.frames, organization=organization)
        for limit in limits:
            more[limit] += _count(after, limit=limit) - _count(before, limit=limit)
    found = (
        too_many(limit, active=active_people(organization, limit=limit), more=count)
        for limit, count in more.items()
        if count > 0
    )
    return [each for each in found if each]


def _count(roles: pl.DataFrame, *, limit: ActiveLimit) -> int:
    return roles.filter(pl.col("site_role").is_in(limit.roles)).get_column("person").n_unique()


def _before_and_after(frames: Frames, *, organization: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The roles (_ROLES) of those who are active, among the people that a part touches: before, and after it."""
    none = pl.DataFrame(schema=_PEOPLE)
    given, taken = (frames.get(verb, none).select(*_ROLES) for verb in ("give_role", "take_role"))
    come = pl.concat([none, *(frames[verb].select(*_PEOPLE) for verb in _COME if verb in frames)])
    states = pl.concat(
        [
            none.select("person", "state"),
            *(frames[verb].select("person", state=pl.lit(to)) for verb, to in _STATES.items() if verb in frames),
        ]
    )
    ranks = frames.get("update", none)
    ranks = ranks.select("person", site_role=AFTER + "site_role") if AFTER + "site_role" in ranks.columns else none
    touched = pl.concat([each.select("person") for each in (given, taken, come, states, ranks)])
    people, further = _stored(touched.filter(pl.col("person") > 0).unique().sort("person"), organization=organization)
    then = people.update(states, on="person").update(ranks.select(*_ROLES), on="person")
    then = pl.concat([come, then]).unique("person", keep="first")
    held = pl.concat([further, given]).join(taken, on=[*_ROLES], how="anti")
    return _of_active(people, further=further), _of_active(then, further=held)


def _of_active(people: pl.DataFrame, *, further: pl.DataFrame) -> pl.DataFrame:
    active = people.filter(pl.col("state") == "active")
    return pl.concat([active.select(*_ROLES), further.join(active, on="person", how="semi")])


def _stored(ids: pl.DataFrame, *, organization: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """These people (_PEOPLE), and their further roles (_ROLES)."""
    at, of = engine(), "FROM enlist_keys k CROSS JOIN store_person p WHERE p.id = k.person AND p.organization_id = %s"
    with at.reading():
        at.temporary("enlist_keys", frame=ids)
        people = at.read(f"SELECT p.id AS person, p.state, p.site_role {of}", columns=_PEOPLE, params=[organization])
        roles = at.read(
            "SELECT r.person_id AS person, r.site_role FROM enlist_keys k CROSS JOIN store_personrole r"
            " WHERE r.person_id = k.person AND r.organization_id = %s",
            columns=_ROLES,
            params=[organization],
        )
    return people, roles
