"""A first walk over a plan: the people it has seen and the people it changes, and whether they are still the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from enlist.core.changes import (
    AFTER,
    BEFORE,
    SEEN_SCHEMA,
    VERBS,
    VERSION_AFTER,
    Does,
    KeptIn,
    kept_in_reference,
    making_ids,
    people_of,
    relation_of,
    targets,
)
from enlist.core.directory.directory import Reference
from enlist.core.errors import PlanError, StalePlan
from enlist.core.plan.plan import Head, Part, Plan
from enlist.store.directory.snapshot import MANY
from enlist.store.directory.stored import stored
from enlist.store.engine import Engine

from .claims import check_claims, claimed, claims
from .context import STAMPS_SCHEMA
from .shapes import check_shapes

NAMED = 3


@dataclass(frozen=True)
class Survey:
    """What a plan is about, over all its parts.

    seen: person, version. restored_stamps: person, stamp. Int64 ids of existing people: touched (something of theirs
    changes), linked (only their enrolments or course groups do), renamed and readdressed (an update changes the
    username_key or email_key), signing_in (the username_key changes in any way). counts: per verb. claims: by column,
    the keys that nobody else may have. referred: by relation kept with people, the Int64 ids of records that other
    records refer to.
    """

    seen: pl.DataFrame
    restored_stamps: pl.DataFrame
    touched: pl.Series
    linked: pl.Series
    renamed: pl.Series
    readdressed: pl.Series
    signing_in: pl.Series
    counts: Mapping[str, int]
    claims: Mapping[str, pl.Series]
    referred: Mapping[str, pl.Series]


def survey(plan: Plan, *, reference: Reference) -> Survey:
    """Walk over the plan once. Raises PlanError if it names foreign records, or differs from its head."""
    columns: dict[str, list[pl.Series]] = {
        name: [_ids()] for name in ("touched", "rows", "renamed", "readdressed", "keys")
    }
    seen, stamps = [pl.DataFrame(schema=SEEN_SCHEMA)], [pl.DataFrame(schema=STAMPS_SCHEMA)]
    counts: Counter[str] = Counter()
    referred: dict[str, list[pl.Series]] = defaultdict(list)
    keys = {column: [pl.Series(column, dtype=pl.String)] for column in claimed(plan.head, reference=reference)}
    ids = _ids_of(plan, reference=reference)
    for part in plan.parts:
        check_shapes(part, reference=reference)
        _check(part, ids=ids)
        counts.update({verb: frame.height for verb, frame in part.frames.items()})
        for frame in _with_versions(part):
            seen.append(frame.select("person", "version"))
            if VERSION_AFTER in frame.columns:
                stamps.append(frame.select("person", pl.col(VERSION_AFTER).alias("stamp")).drop_nulls())
        for name, changed in _about(part):
            columns[name].append(changed)
        for relation, found in _referred(part):
            referred[relation].append(found)
        for column, claim in claims(part, columns=tuple(keys)):
            keys[column].append(claim.alias(column))
    people = {name: pl.concat(lists).unique().sort() for name, lists in columns.items()}
    whole = pl.concat(seen).unique().sort("person")
    _compare_with_head(plan.head, counts=counts)
    if not people["touched"].is_in(whole.get_column("person").implode()).all():
        raise PlanError("plan_people_unseen")
    return Survey(
        seen=whole,
        restored_stamps=pl.concat(stamps).unique("person"),
        touched=people["touched"],
        linked=people["touched"].filter(~people["touched"].is_in(people["rows"].implode())),
        renamed=people["renamed"],
        readdressed=people["readdressed"],
        signing_in=people["keys"],
        counts={verb: counts[verb] for verb in VERBS if counts[verb]},
        claims={column: pl.concat(found) for column, found in keys.items()},
        referred={name: pl.concat(found).unique().sort() for name, found in referred.items()},
    )


def compare(survey: Survey, *, at: Engine, organization: int) -> None:
    """Lock the people the plan changes. Raises StalePlan if anybody it has seen has changed since.

    People it has only seen need no lock: if they change after this check, they change after the import. Also raises
    StalePlan if a person it has not seen has a key that it claims.
    """
    _check_referred(survey.referred, at=at, organization=organization)
    if survey.seen.is_empty() and not survey.claims:
        return
    at.prefer_indexes("store_person", keys=survey.seen.height)
    at.temporary("enlist_touched", frame=pl.DataFrame({"person": survey.touched}))
    at.lock("store_person", ids="SELECT person FROM enlist_touched")
    if not survey.claims and _are_as_seen(survey.seen, at=at, organization=organization):
        return
    at.temporary("enlist_seen", frame=survey.seen)
    changed = at.value(
        "SELECT count(*) FROM enlist_seen s WHERE NOT EXISTS (SELECT 1 FROM store_person p"
        " WHERE p.id = s.person AND p.organization_id = %s AND p.version = s.version)",
        params=[organization],
    )
    if changed:
        raise _stale(at, organization=organization, changed=changed)
    check_claims(survey.claims, at=at, organization=organization)


def _referred(part: Part) -> Iterator[tuple[str, pl.Series]]:
    """The records kept with people, with ids of their own, that other records refer to."""
    of_people = {each.name for each in making_ids() if each.kept_in is KeptIn.PEOPLE and each.name != "person"}
    for verb, frame in part.frames.items():
        for column, target in relation_of(verb).refs.items():
            if target in of_people:
                ids = frame.get_column(column)
                yield target, ids.filter(ids > 0).alias("id")


def _check_referred(referred: Mapping[str, pl.Series], *, at: Engine, organization: int) -> None:
    """Raise PlanError if one of them isn't the organisation's."""
    for name, ids in referred.items():
        relation, where = stored(name)
        at.temporary("enlist_referred", frame=ids.to_frame())
        sql = f"SELECT count(*) FROM enlist_referred r CROSS JOIN {where.table} t WHERE t.id = r.id"
        if at.value(f"{sql} AND t.organization_id = %s", params=[organization]) < len(ids):
            raise PlanError("plan_refers_elsewhere", noun=relation.noun)


def _are_as_seen(seen: pl.DataFrame, *, at: Engine, organization: int) -> bool:
    """Whether nobody has changed; checked only if that is quick: for many people whose ids are close together."""
    first, last = seen.select(pl.min("person"), last=pl.max("person")).row(0)
    if seen.height < MANY or last - first >= 2 * seen.height:
        return False
    now = at.read(
        "SELECT id AS person, version FROM store_person WHERE organization_id = %s AND id BETWEEN %s AND %s",
        columns=SEEN_SCHEMA,
        params=[organization, first, last],
    )
    return seen.join(now, on=seen.columns, how="anti").is_empty()


def _stale(at: Engine, *, organization: int, changed: int) -> StalePlan:
    found = at.rows(
        "SELECT p.username FROM enlist_seen s CROSS JOIN store_person p WHERE p.id = s.person"
        f" AND p.organization_id = %s AND p.version <> s.version ORDER BY p.username LIMIT {NAMED}",
        params=[organization],
    )
    names = ", ".join(username for (username,) in found)
    who = f" ({names}{', …' if changed > len(found) else ''})" if names else ""
    return StalePlan("people_changed", count=changed, names=who)


def _with_versions(part: Part) -> Iterator[pl.DataFrame]:
    yield part.seen
    yield from (frame for verb, frame in part.frames.items() if VERBS[verb].writes_person)


def _about(part: Part) -> Iterator[tuple[str, pl.Series]]:
    """Which existing people each kind of change is about."""
    for verb, changed in part.frames.items():
        people = people_of(changed)
        yield "touched", people.filter(people > 0)
        if VERBS[verb].writes_person:
            yield "rows", people
        if verb in {"remove", "restore"}:
            yield "keys", people
    frame = part.frames.get("update")
    if frame is not None:
        for name, field in (("renamed", "username_key"), ("keys", "username_key"), ("readdressed", "email_key")):
            if AFTER + field in frame.columns:
                yield name, frame.filter(pl.col(BEFORE + field).ne_missing(pl.col(AFTER + field))).get_column("person")


@dataclass(frozen=True)
class _Ids:
    """The ids a plan may name, by relation: those of the organisation, how many are new, and those an undo restores.

    returning: Int64, the old ids of records that an undo restores.
    """

    existing: Mapping[str, pl.Series]
    new: Mapping[str, int]
    returning: Mapping[str, pl.Series]

    def are_valid(self, ids: pl.Series, *, verb: str, column: str) -> bool:
        """Whether this verb may name these ids in this column; `compare` checks existing people."""
        target = targets()[column]
        is_new = ids.is_between(-self.new.get(target, 0), -1)
        if makes(verb) == column:
            is_valid = is_new | ids.is_in(self.returning.get(target, _ids()).implode())
        else:
            is_existing = ids.is_in(self.existing[target].implode()) if target in self.existing else ids > 0
            is_valid = is_existing | (is_new & (VERBS[verb].does is Does.BEGIN))
        return is_valid.fill_null(False).all()


def makes(verb: str) -> str:
    """The column of the ids that a verb creates; "" if it creates none."""
    return relation_of(verb).id if VERBS[verb].does is Does.BEGIN and not VERBS[verb].writes_person else ""


def _ids_of(plan: Plan, *, reference: Reference) -> _Ids:
    here = {each.name: reference.frame(each.name).get_column(each.id) for each in kept_in_reference() if each.id}
    returning = {each.name: _ids(each.id) for each in making_ids()}
    for relation in making_ids():
        verb = relation.begins.name
        if plan.head.kind == "undo" and relation.name != "person" and plan.head.verbs.get(verb):
            restored = [_made_by(part, verb=verb, reference=reference) for part in plan.parts]
            returning[relation.name] = pl.concat([returning[relation.name], *restored])
    return _Ids(
        existing={
            "course": reference.courses.get_column("course"),
            "role": reference.roles.get_column("role"),
            "profile_field": pl.Series([field.id for field in reference.profile_fields], dtype=pl.Int64),
            **{name: pl.concat([ids, returning[name]]) for name, ids in here.items()},
        },
        new=plan.head.new,
        returning=returning,
    )


def _made_by(part: Part, *, verb: str, reference: Reference) -> pl.Series:
    check_shapes(part, reference=reference)
    frame = part.frames.get(verb)
    return _ids(makes(verb)) if frame is None else frame.get_column(makes(verb))


def _check(part: Part, *, ids: _Ids) -> None:
    """Raise PlanError if an id is neither the organisation's nor one that the plan may create."""
    columns = targets()
    for verb, frame in part.frames.items():
        for column in columns.keys() & set(frame.columns):
            if not ids.are_valid(frame.get_column(column), verb=verb, column=column):
                raise PlanError("plan_refers_elsewhere", noun=column.replace("_", " "))


def _compare_with_head(head: Head, *, counts: Counter[str]) -> None:
    if {verb: count for verb, count in head.verbs.items() if count} != {v: c for v, c in counts.items() if c}:
        raise PlanError("plan_parts_differ")


def _ids(name: str = "person") -> pl.Series:
    return pl.Series(name, dtype=pl.Int64)
