"""Manual edits: new values for one person, checked as in an import, and planned the same way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import polars as pl

from enlist.core.changes import DEPARTURES_SCHEMA, PERSON_ROLES_SCHEMA, Frames
from enlist.core.clean import fold
from enlist.core.directory.directory import Directory, Reference, people_schema
from enlist.core.errors import PolicyError
from enlist.core.errors.about import about_field
from enlist.core.fields.fields import (
    ADMINISTRATORS,
    COMMON_ROLES,
    LEAVES_ON,
    PERSON_SLUGS,
    PROFILE_PREFIX,
    SITE_ROLES,
)
from enlist.core.plan.plan import Part
from enlist.core.policy import Policy
from enlist.core.policy.kinds import nearest
from enlist.core.rows.cleaners import cleaner, stored

from .edits import noted
from .net import After, net, seen_by

# Nobody would review what cleaning makes of a username that was typed.
_AS_TYPED: Final = Policy(standardise_usernames=False)
_NEVER_BLANK: Final = ("username", "firstname", "lastname")
_KEYED: Final = {"username": "username_key", "email": "email_key"}
_STATES: Final = ("active", "inactive")
# Files find people by their username, and the state has settings of its own.
_NOT_NOTED: Final = ("username", "state")


def edit(directory: Directory, *, person: int, values: Mapping[str, str]) -> Part:
    """The part of a plan that gives a person these values (slug → text, "" removes the value).

    directory: the person, and everybody with the username or address they would get. The part is empty if nothing
    changes. Raises PolicyError for an unknown field or an invalid value.
    """
    before = directory.people.row(by_predicate=pl.col("person") == person, named=True)
    own = {slug: value for slug, value in values.items() if slug != LEAVES_ON.slug}
    after = _after(own, reference=directory.reference)
    changed = {slug: value for slug, value in after.items() if value != before[slug]}
    _refuse_taken(directory, before=before, changed=changed)
    begun, ended = _dates({**before, **after}, values=values, directory=directory)
    if not changed and begun.is_empty() and ended.is_empty():
        return Part()
    row = directory.people.filter(pl.col("person") == person)
    images = (pl.lit(value, pl.String()).alias(slug) for slug, value in changed.items())
    edits = noted(person, slugs=(slug for slug in changed if slug in own and slug not in _NOT_NOTED))
    after_all = After(
        row.with_columns(images), begun={"departure": begun, "manual_edit": edits}, ended={"departure": ended}
    )
    frames = net(directory, after=after_all).frames
    return Part(frames=frames, seen=seen_by(frames, rows=row.get_column("person"), directory=directory))


def _dates(
    person: Mapping[str, Any], *, values: Mapping[str, str], directory: Directory
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The leaving date that begins or changes, and the one that ends. Raises PolicyError for one that can't be set."""
    have = directory.frame("departure").filter(pl.col("person") == person["person"])
    slug, name = LEAVES_ON.slug, person["username"]
    if slug not in values:
        return have.clear(), have.clear()
    with about_field(slug):
        day = as_stored(slug, value=values[slug], reference=directory.reference)
    if not day or day in have.get_column("leaves_on"):
        return have.clear(), have if not day else have.clear()
    if day[:10] <= directory.reference.today[:10]:
        raise PolicyError("leaving_date_past", value=day, field=slug)
    if person["state"] != "active" or person["site_role"] in ADMINISTRATORS:
        raise PolicyError("leaving_date_refused", username=name, field=slug)
    begun = pl.DataFrame([(person["person"], day[:10], "manual")], schema=DEPARTURES_SCHEMA, orient="row")
    return begun, have.clear()


def new_person(directory: Directory, *, values: Mapping[str, str], site_role: str) -> Part:
    """The part of a plan that creates a person with these values.

    directory: everybody with their username or address. Raises PolicyError as `edit`, and if a name or address is
    missing.
    """
    reference = directory.reference
    for slug in (*_NEVER_BLANK, "email"):
        if not values.get(slug, "").strip():
            raise PolicyError("person_field_blank", field=slug)
    after = _after(values, reference=reference)
    nobody = {"person": -1, "site_role": site_role, "state": "active", "source": "manual"}
    _refuse_taken(directory, before={"person": -1}, changed=after)
    schema = people_schema(reference)
    blank = {
        name: None if name.startswith(PROFILE_PREFIX) else "" for name, kind in schema.items() if kind == pl.String
    }
    made = pl.DataFrame([{**blank, **after, **nobody, "version": 0}], schema=schema)
    edits = noted(-1, slugs=(slug for slug in values if after[slug] and slug not in _NOT_NOTED))
    frames = net(directory, after=After(made, begun={"manual_edit": edits})).frames
    return Part(frames=frames, seen=seen_by(frames, rows=pl.Series([], dtype=pl.Int64), directory=directory))


def roles_of(directory: Directory, *, person: int) -> frozenset[str]:
    """The roles on the site of a person of the directory."""
    people, more = directory.people, directory.frame("person_role")
    found = pl.concat([each.filter(pl.col("person") == person).get_column("site_role") for each in (people, more)])
    return frozenset(found)


def main_role(roles: Collection[str], *, now: str) -> str:
    """The one of these roles that a person's own row has: that of the team, else the one it has now, else the highest.

    So it is their rank: everybody who may change people has a role of the team, and these rank above all others.
    """
    return max(roles, key=lambda role: (role not in COMMON_ROLES, role == now, SITE_ROLES.index(role)))


def with_roles(directory: Directory, *, person: int, roles: Collection[str]) -> Part:
    """The part of a plan that gives a person of the directory exactly these roles, of which at most one of the team.

    Their own row has the `main_role`; the others are records.
    """
    row = directory.people.filter(pl.col("person") == person)
    main = main_role(roles, now=row.item(0, "site_role"))
    others = [role for role in roles if role != main]
    held = directory.frame("person_role").filter(pl.col("person") == person)
    wanted = pl.DataFrame([(person, role, "manual") for role in others], schema=PERSON_ROLES_SCHEMA, orient="row")
    after = After(
        row.with_columns(site_role=pl.lit(main)),
        begun={"person_role": wanted},
        ended={"person_role": held.filter(~pl.col("site_role").is_in(others))},
    )
    frames = net(directory, after=after).frames
    return Part(frames=frames, seen=seen_by(frames, rows=row.get_column("person"), directory=directory))


def with_source(directory: Directory, *, source: str) -> Part:
    """The part of a plan that marks the people of the directory as created manually, or by an import."""
    after = After(directory.people.with_columns(source=pl.lit(source)))
    frames = net(directory, after=after).frames
    return Part(frames=frames, seen=seen_by(frames, rows=directory.people.get_column("person"), directory=directory))


def with_records(directory: Directory, *, begun: Frames | None = None, ended: Frames | None = None) -> Part:
    """The part of a plan that adds and ends records of people of the directory, by relation (`net.After`)."""
    after = After(directory.people.clear(), begun=begun or {}, ended=ended or {})
    frames = net(directory, after=after).frames
    return Part(frames=frames, seen=seen_by(frames, rows=pl.Series([], dtype=pl.Int64), directory=directory))


def keys_of(values: Mapping[str, str], *, reference: Reference) -> dict[str, str]:
    """The keys that these values would give; `edit` needs their present owners in its directory.

    Raises PolicyError as `edit`.
    """
    found = {key: fold(values[slug].strip()) for slug, key in _KEYED.items() if values.get(slug, "").strip()}
    for slug in [slug for slug in reference.unique_slugs if slug in values]:
        with about_field(slug):
            value = as_stored(slug, value=values[slug], reference=reference)
        if value:
            found[slug] = value
    return found


def _after(values: Mapping[str, str], *, reference: Reference) -> dict[str, str | None]:
    """The values as stored, with the keys that follow from them."""
    after: dict[str, str | None] = {}
    for slug, value in values.items():
        with about_field(slug):
            after[slug] = as_stored(slug, value=value, reference=reference)
        if slug in _KEYED:
            after[_KEYED[slug]] = fold(after[slug] or "")
    return after


def as_stored(slug: str, *, value: str, reference: Reference) -> str | None:
    """A value of a field as it is stored, None or "" for none. Raises PolicyError as `edit`."""
    known = (*PERSON_SLUGS, "state", LEAVES_ON.slug, *reference.profile_slugs)
    if slug not in known:
        raise PolicyError(
            "person_field_unknown", field=slug, near=nearest(slug, among=known) or "", fields=", ".join(known)
        )
    if slug == "state":
        if value not in _STATES:
            raise PolicyError("person_state_unknown", value=value, states=", ".join(_STATES))
        return value
    by = cleaner(slug, policy=_AS_TYPED, reference=reference)
    made = stored(value.strip(), what=f"The field {slug}", field=slug, by=by)
    if not made and (slug in _NEVER_BLANK or slug in _required(reference)):
        raise PolicyError("person_field_blank", field=slug)
    return made or (None if slug.startswith(PROFILE_PREFIX) else "")


def _required(reference: Reference) -> list[str]:
    return [field.slug for field in reference.profile_fields if field.required]


def _refuse_taken(directory: Directory, *, before: Mapping[str, Any], changed: Mapping[str, str | None]) -> None:
    others = directory.people.filter(pl.col("person") != before["person"])
    unique = {"username"} if directory.reference.shared_email else {"username", "email"}
    for slug in sorted(unique):
        key = changed.get(_KEYED[slug])
        owner = others.filter(pl.col(_KEYED[slug]) == key) if key else others.clear()
        if not owner.is_empty():
            raise PolicyError("person_value_taken", field=slug, value=changed[slug], username=owner.item(0, "username"))
    for slug in directory.reference.unique_slugs:
        owner = others.filter(pl.col(slug) == changed[slug]) if changed.get(slug) else others.clear()
        if not owner.is_empty():
            raise PolicyError("person_value_taken", field=slug, value=changed[slug], username=owner.item(0, "username"))
