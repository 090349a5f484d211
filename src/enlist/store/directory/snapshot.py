"""The directory as it is now, limited to what the given rows can change, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import polars as pl
from django.utils import timezone

from enlist.core.changes import (
    COURSES_SCHEMA,
    GROUP_TREE_SCHEMA,
    RELATIONS,
    ROLES_SCHEMA,
    Relation,
    kept_in_reference,
    kept_with_people,
    people_of,
)
from enlist.core.directory.directory import Directory, ProfileField, Reference, people_schema
from enlist.core.plan.preview import logical
from enlist.core.planner.conditions import RULES
from enlist.core.planner.people.close import NAMESAKES_SCHEMA, birthday_of
from enlist.store import models
from enlist.store.engine import Engine, engine

from .stored import STORED

# From this many keys on, it pays to count the people first.
MANY: Final = 10_000
# Conditions exactly as in the partial indexes, and by equality alone: with a range as well (email_key > ''), SQLite
# without statistics scans everybody. Removed people have no username_key.
PRESENT: Final = "NOT (p.state = 'removed')"
KEYS: Final = {
    "username_key": "p.username_key = k.key",
    "email_key": f"p.email_key = k.key AND {PRESENT}",
    "idnumber": f"p.idnumber = k.key AND NOT (p.idnumber = '') AND {PRESENT}",
    # From the stem itself to the last of its numbers: a colon sorts after 9.
    "stem": "p.username_key >= k.key AND p.username_key < k.key || ':'",
    "person": f"p.id = k.key AND {PRESENT}",
}


def reference(organization: models.Organization) -> Reference:
    """The reference data of the organisation, which rows can refer to, as it is now (seven queries, or a few more)."""
    at = engine()
    with at.reading():
        ((version, shared_email, has_rules),) = at.rows(
            "SELECT reference_version, shared_email,"
            " EXISTS (SELECT 1 FROM store_condition c WHERE c.organization_id = o.id)"
            " OR EXISTS (SELECT 1 FROM store_groupcourse g WHERE g.organization_id = o.id)"
            " FROM store_organization o WHERE o.id = %s",
            params=[organization.pk],
        )
        return Reference(
            version=version,
            shared_email=bool(shared_email),
            today=f"{timezone.localdate():%Y-%m-%d} 00:00:00",
            courses=_courses(at, organization=organization),
            roles=_roles(at, organization=organization),
            frames={
                relation.name: _whole(at, relation=relation, organization=organization)
                for relation in kept_in_reference()
                # Most organisations have none.
                if has_rules or relation.name not in RULES
            },
            tree=_tree(at, organization=organization),
            profile_fields=_profile_fields(organization),
        )


def fields(organization: models.Organization) -> Reference:
    """Only the profile fields, which columns can be mapped to (one query)."""
    return Reference(profile_fields=_profile_fields(organization))


def with_lists(reference: Reference, *, organization: models.Organization, names: Collection[str]) -> Reference:
    """The same with the lists that these fields (course, role, cohort) choose from (a query each)."""
    at = engine()
    found: dict[str, Any] = {}
    if "course" in names:
        found["courses"] = _courses(at, organization=organization)
    if "role" in names:
        found["roles"] = _roles(at, organization=organization)
    if "cohort" in names:
        found["frames"] = {"group": _whole(at, relation=RELATIONS["group"], organization=organization)}
    return replace(reference, **found)


def snapshot(organization: models.Organization, *, reference: Reference, keys: pl.DataFrame | None = None) -> Directory:
    """The people that the keys can match, with their enrolments and course groups.

    keys: any of the String columns username_key, email_key, idnumber, those of unique profile fields, and the Int64
    column person; null and blank cells are ignored. The result has everybody who isn't removed and has one of the
    keys; without `keys`, or if there are more keys than people (and at least `MANY`), it has everybody.
    """
    at = engine()
    with at.reading():
        _choose(at, organization=organization, reference=reference, keys=keys)
        between = [relation for relation in kept_with_people() if len(relation.people) > 1]
        frames = {relation.name: _theirs(at, relation=relation) for relation in between}
        if any(not frame.is_empty() for frame in frames.values()):
            _choose_others(at, frames=frames.values())
        people = _people(at, reference=reference)
        frames |= {each.name: _theirs(at, relation=each) for each in kept_with_people() if each.name not in frames}
        return Directory(reference=reference, people=people, frames=frames)


def _courses(at: Engine, *, organization: models.Organization) -> pl.DataFrame:
    return at.read(
        "SELECT id AS course, shortname, default_role_id AS default_role, duration, manual AS open FROM store_course"
        " WHERE organization_id = %s",
        columns=COURSES_SCHEMA,
        params=[organization.pk],
    ).sort("course")


def _roles(at: Engine, *, organization: models.Organization) -> pl.DataFrame:
    return at.read(
        "SELECT id AS role, shortname, name, archetype, assignable, on_site FROM store_role WHERE organization_id = %s",
        columns=ROLES_SCHEMA,
        params=[organization.pk],
    ).sort("role")


def _tree(at: Engine, *, organization: models.Organization) -> pl.DataFrame:
    return at.read(
        "SELECT id AS people_group, parent_id AS parent, kind = 'import' AS made FROM store_group"
        " WHERE organization_id = %s",
        columns=GROUP_TREE_SCHEMA,
        params=[organization.pk],
    ).sort("people_group")


def _whole(at: Engine, *, relation: Relation, organization: models.Organization) -> pl.DataFrame:
    """All records of a relation in the organisation (one query)."""
    where = STORED[relation.name]
    sql = where.select(relation, at=at, source=f"{where.table} t WHERE t.organization_id = %s")
    return at.read(sql, columns=relation.schema, params=[organization.pk]).sort(relation.key)


def _theirs(at: Engine, *, relation: Relation) -> pl.DataFrame:
    """The records of a relation that are about the chosen people (one query)."""
    where = STORED[relation.name]
    found = []
    live = f" AND {where.live}" if where.live else ""
    for name in relation.people:
        whose = f"t.{where.column(name, relation=relation)} = c.person{live}"
        source = f"enlist_chosen c CROSS JOIN {where.table} t WHERE {whose}"
        found.append(where.select(relation, at=at, source=source))
    return at.read(" UNION ".join(found), columns=relation.schema).sort(relation.key)


def _choose_others(at: Engine, *, frames: Iterable[pl.DataFrame]) -> None:
    """Also choose the people that a record connects with the chosen ones, since it belongs to both."""
    others = pl.concat([people_of(frame) for frame in frames]).unique().sort()
    at.temporary("enlist_others", frame=others.to_frame("person"))
    at.execute(
        "INSERT INTO enlist_chosen SELECT o.person FROM enlist_others o CROSS JOIN store_person p"
        f" WHERE p.id = o.person AND {PRESENT} AND NOT EXISTS (SELECT 1 FROM enlist_chosen c WHERE c.person = o.person)"
    )
    at.analyze("enlist_chosen")


def namesakes(organization: models.Organization, *, names: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Everybody with one of these names (`first` and `last`, as `clean.plain` writes them): of `NAMESAKES_SCHEMA`."""
    at = engine()
    with at.reading():
        at.temporary("enlist_names", frame=names.select("first", "last").unique().sort("last", "first"))
        plain = {name: kind for name, kind in NAMESAKES_SCHEMA.items() if name != "birthday"}
        columns = ", ".join(f"p.{name}" for name in plain)
        found = at.read(
            f"SELECT {columns}, CAST(p.profile AS text) AS profile"
            " FROM enlist_names k CROSS JOIN store_person p WHERE p.organization_id = %s"
            " AND p.lastname_key = k.last AND p.firstname_key = k.first AND p.username_key IS NOT NULL",
            columns={**plain, "profile": pl.String()},
            params=[organization.pk],
        )
    field = birthday_of(reference)
    key = str(field.id) if field else "-"
    profile = pl.col("profile").str.json_decode(pl.Struct({key: pl.String()}))
    return found.select(*plain, birthday=profile.struct.field(key))


def dump(organization: models.Organization) -> dict[str, Any]:
    """The organisation's whole directory by names, as core's `logical` describes it (all in memory)."""
    return logical(snapshot(organization, reference=reference(organization)))


def _profile_fields(organization: models.Organization) -> tuple[ProfileField, ...]:
    found = models.ProfileField.objects.filter(organization=organization).order_by("position", "id")
    return tuple(
        ProfileField(
            id=f.pk,
            shortname=f.shortname,
            name=f.name,
            kind=f.kind,
            options=tuple(f.options),
            required=f.required,
            unique=f.unique,
            locked=f.locked,
            default="" if f.unique else f.default,
        )
        for f in found
    )


def _choose(at: Engine, *, organization: models.Organization, reference: Reference, keys: pl.DataFrame | None) -> None:
    """Fill the temporary table enlist_chosen with the ids of the people that the keys can match."""
    at.create_temporary("enlist_chosen", columns={"person": pl.Int64()})
    here = "p.organization_id = %s"
    if keys is None or _are_fewer(at, organization=organization, than=keys.height):
        queries = [f"SELECT p.id FROM store_person p WHERE {here} AND {PRESENT}"]
    else:
        names = [name for name in KEYS if name in keys.columns]
        for name in names:
            at.temporary(f"enlist_{name}", frame=_distinct(keys.get_column(name)))
        at.prefer_indexes("store_person", keys=keys.height)
        queries = [
            f"SELECT p.id FROM enlist_{name} k CROSS JOIN store_person p WHERE {here} AND {KEYS[name]}"
            for name in names
        ]
        queries += list(_by_unique_value(at, reference=reference, keys=keys))
    if queries:
        at.execute(f"INSERT INTO enlist_chosen {' UNION '.join(queries)}", params=[organization.pk] * len(queries))
    at.analyze("enlist_chosen")


def _by_unique_value(at: Engine, *, reference: Reference, keys: pl.DataFrame) -> Iterator[str]:
    """Queries for the people who have one of these values of a unique profile field."""
    for field in reference.profile_fields:
        if field.unique and field.slug in keys.columns:
            at.temporary(f"enlist_unique_{field.id}", frame=_distinct(keys.get_column(field.slug)))
            yield (
                f"SELECT u.person_id FROM enlist_unique_{field.id} k CROSS JOIN store_profileuniquevalue u"
                f" WHERE u.organization_id = %s AND u.profile_field_id = {field.id} AND u.value = k.key"
            )


def _are_fewer(at: Engine, *, organization: models.Organization, than: int) -> bool:
    """Whether there are many keys, and fewer people than that: reading everybody then costs less."""
    if than < MANY:
        return False
    some = "SELECT 1 FROM store_person WHERE organization_id = %s LIMIT %s"
    return int(at.value(f"SELECT count(*) FROM ({some}) AS counted", params=[organization.pk, than])) < than


def _distinct(keys: pl.Series) -> pl.DataFrame:
    """Each key once, sorted like the index, without blanks."""
    distinct = keys.drop_nulls().unique().sort()
    return pl.DataFrame({"key": distinct if distinct.dtype == pl.Int64 else distinct.filter(distinct != "")})


def _people(at: Engine, *, reference: Reference) -> pl.DataFrame:
    """The chosen people's rows, with a column for each profile field."""
    schema = people_schema(reference)
    plain = {name: kind for name, kind in schema.items() if name not in reference.profile_slugs}
    selected = ", ".join("p.id AS person" if name == "person" else f"p.{name}" for name in plain)
    profile = ", CAST(p.profile AS text) AS profile" if reference.profile_slugs else ""
    found = at.read(
        f"SELECT {selected}{profile} FROM enlist_chosen c CROSS JOIN store_person p WHERE p.id = c.person",
        columns={**plain, "profile": pl.String()} if profile else plain,
    )
    if profile:
        found = found.with_columns(_profile_columns(reference)).drop("profile")
    return found.sort("person").select(list(schema))


def _profile_columns(reference: Reference) -> Any:
    """The values of the profile's JSON as columns named by slug; null if the person has none."""
    keys = {slug: reference.profile_keys[slug] for slug in reference.profile_slugs}
    decoded = pl.col("profile").str.json_decode(pl.Struct(dict.fromkeys(keys.values(), pl.String())))
    return [decoded.struct.field(key).alias(slug) for slug, key in keys.items()]
