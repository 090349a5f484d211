"""The laws of a plan, for every tier that can make one (design: "Laws")."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from enlist.core.changes import Relation, kept_relations
from enlist.core.clean import fold
from enlist.core.directory.directory import Directory
from enlist.core.plan.applied import Applied
from enlist.core.plan.plan import Part
from enlist.core.rows.rows import Rows

APPLIED = Applied(stamp=7_000, first={"person": 5_000, "course_group": 6_000, "group": 6_500})
UNDONE = Applied(stamp=8_000, first={"person": 9_000, "course_group": 9_500, "group": 9_700})


def whole(directory: Directory) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a directory, ids and versions included, sorted."""
    frames = {"people": directory.people, **{each.name: directory.frame(each.name) for each in kept_relations()}}
    return {name: frame.sort(frame.columns[:3]).rows() for name, frame in frames.items()}


def told(part: Part) -> dict[str, Any]:
    """Everything in a part, in an order that does not depend on how it was made."""
    return {
        "frames": {verb: (frame.columns, frame.rows()) for verb, frame in part.frames.items()},
        "statuses": part.statuses.sort("row").rows(),
        "flags": sorted(part.flags.rows(), key=repr),
        "seen": part.seen.rows(),
    }


def difference(before: Directory, after: Directory) -> dict[str, int]:
    """How many things differ between two directories, by the verb that makes them differ."""
    was, now = _people(before), _people(after)
    both = was.keys() & now.keys()
    turned = Counter((was[person]["state"], now[person]["state"]) for person in both)
    counts = {
        "create": len(now.keys() - was.keys()),
        "remove": len(was.keys() - now.keys()),
        "update": sum(_stateless(was[person]) != _stateless(now[person]) for person in both),
        "deactivate": turned["active", "inactive"],
        "reactivate": turned["inactive", "active"],
    }
    for relation in kept_relations():
        counts |= _ends(relation, was=before.frame(relation.name), now=after.frame(relation.name))
    return {verb: count for verb, count in counts.items() if count}


def _people(directory: Directory) -> dict[int, dict[str, Any]]:
    return {line["person"]: line for line in directory.people.drop("version").iter_rows(named=True)}


def _stateless(person: dict[str, Any]) -> dict[str, Any]:
    return {slug: cell for slug, cell in person.items() if slug != "state"}


def _ends(relation: Relation, *, was: pl.DataFrame, now: pl.DataFrame) -> dict[str, int]:
    begun = {relation.begins.name: now.join(was, on=relation.key, how="anti").height}
    ended = {relation.ends.name: was.join(now, on=relation.key, how="anti").height} if relation.ends else {}
    return begun | ended


def faults(directory: Directory) -> list[str]:
    """What a database would refuse about a directory."""
    people = directory.people
    unique = {
        "username": people.select("username_key"),
        **{each.name: directory.frame(each.name).select(each.key) for each in kept_relations()},
        "ID number of a group": directory.reference.groups.filter(pl.col("idnumber") != "").select("idnumber"),
        "name of a course group": directory.reference.course_groups.select("course", "name"),
    }
    if not directory.reference.shared_email:
        unique["e-mail"] = people.filter(pl.col("email_key") != "").select("email_key")
    unique |= {slug: people.select(slug).drop_nulls() for slug in directory.reference.unique_slugs}
    twice = [name for name, frame in unique.items() if frame.is_duplicated().any()]
    keys = people.select("username", "username_key", "email", "email_key").iter_rows()
    return twice + [
        f"key of {name}" for name, key, email, address in keys if (fold(name), fold(email)) != (key, address)
    ]


def meet(rows: Rows, *, part: Part, before: Directory, after: Directory) -> bool:
    """Whether two of the rows touch the same key or person: their own keys, and those of whom they found or made."""
    keys = ("username_key", "email_key", "idnumber", *before.reference.unique_slugs)
    columns = [name for name in keys if name in rows.frame.columns]
    people = pl.concat([world.people.select("person", *keys) for world in (before, after)])
    theirs = part.statuses.drop_nulls("person").join(people, on="person").select("row", *keys)
    named = [rows.frame.select("row", *columns), theirs]
    if "oldusername_key" in rows.frame.columns:
        named.append(rows.frame.select("row", username_key="oldusername_key"))
    touched = pl.concat(named, how="diagonal").unpivot(index="row")
    once = touched.filter(pl.col("value") != "").unique()
    return bool(once.select("variable", "value").is_duplicated().any())
