"""The laws of a plan, for every tier that can make one (design: "Laws")."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

from enlist.core.applied import Applied
from enlist.core.clean import fold
from enlist.core.directory import Directory
from enlist.core.plan import Part
from enlist.core.preview import logical
from enlist.core.rows import Rows

APPLIED = Applied(stamp=7_000, first_person=5_000, first_course_group=6_000)
UNDONE = Applied(stamp=8_000, first_person=9_000, first_course_group=9_500)


def whole(directory: Directory) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a directory, ids and versions included, sorted."""
    frames = {
        "people": directory.people,
        "enrolments": directory.enrolments,
        "members": directory.members,
        "course_groups": directory.reference.course_groups,
    }
    return {name: frame.sort(frame.columns[:3]).rows() for name, frame in frames.items()}


def told(part: Part) -> dict[str, Any]:
    """Everything in a part, in an order that does not depend on how it was made."""
    return {
        "frames": {verb: (frame.columns, frame.rows()) for verb, frame in part.frames.items()},
        "fates": part.fates.sort("row").rows(),
        "flags": sorted(part.flags.rows(), key=repr),
        "seen": part.seen.rows(),
    }


def difference(before: Directory, after: Directory) -> dict[str, int]:
    """How many things differ between two directories, by the verb that makes them differ."""
    was, now = logical(before), logical(after)
    known = {name for name in now["people"] if name in was["people"]}
    turned = Counter((was["people"][name]["state"], now["people"][name]["state"]) for name in known)
    counts = {
        "create": len(now["people"]) - len(known),
        "update": sum(_stateless(was["people"][name]) != _stateless(now["people"][name]) for name in known),
        "deactivate": turned["active", "inactive"],
        "reactivate": turned["inactive", "active"],
        "enrol": len(now["enrolments"]) - len(was["enrolments"]),
        "join": len(now["members"]) - len(was["members"]),
        "create_course_group": len(now["course_groups"]) - len(was["course_groups"]),
    }
    return {verb: count for verb, count in counts.items() if count}


def _stateless(person: dict[str, Any]) -> dict[str, Any]:
    return {slug: cell for slug, cell in person.items() if slug != "state"}


def faults(directory: Directory) -> list[str]:
    """What a database would refuse about a directory."""
    people = directory.people
    unique = {
        "username": people.select("username_key"),
        "enrolment": directory.enrolments.select("person", "course", "role"),
        "membership": directory.members,
        "course group": directory.reference.course_groups.select("course", "name"),
    }
    if not directory.reference.shared_email:
        unique["e-mail"] = people.filter(pl.col("email_key") != "").select("email_key")
    twice = [name for name, frame in unique.items() if frame.is_duplicated().any()]
    keys = people.select("username", "username_key", "email", "email_key").iter_rows()
    return twice + [
        f"key of {name}" for name, key, email, address in keys if (fold(name), fold(email)) != (key, address)
    ]


def meet(rows: Rows, *, part: Part, before: Directory, after: Directory) -> bool:
    """Whether two of the rows touch the same key or person: their own keys, and those of whom they found or made."""
    keys = ("username_key", "email_key", "idnumber")
    columns = [name for name in keys if name in rows.frame.columns]
    people = pl.concat([world.people.select("person", *keys) for world in (before, after)])
    theirs = part.fates.drop_nulls("person").join(people, on="person").select("row", *keys)
    touched = pl.concat([rows.frame.select("row", *columns), theirs], how="diagonal").unpivot(index="row")
    once = touched.filter(pl.col("value") != "").unique()
    return bool(once.select("variable", "value").is_duplicated().any())
