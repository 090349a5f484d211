"""The directory as a plan would leave it: the screen's preview, and the oracle of apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl

from .applied import Applied
from .changes import AFTER, ENROLMENTS_SCHEMA, VERBS
from .directory import Directory
from .errors import StalePlan
from .plan import Part, Plan


def preview(directory: Directory, plan: Plan, *, applied: Applied | None = None) -> Directory:
    """The directory after the plan.

    Without `applied`, people and course groups the plan makes keep their numbers below zero and versions stay; with it,
    ids and versions are those that the apply gave. Raises StalePlan where the plan was made for another directory.
    """
    if plan.head.reference_version != directory.reference.version:
        raise StalePlan
    for part in plan.parts:
        directory = preview_part(directory, part=part, applied=applied)
    return directory


def preview_part(directory: Directory, *, part: Part, applied: Applied | None = None) -> Directory:
    """The directory after one part of a plan; arguments and errors as in `preview`."""
    expected = part.seen.select("person", "version")
    if expected.join(directory.people, on=["person", "version"]).height < expected.height:
        raise StalePlan
    frames = applied.frames(part) if applied else part.frames
    for verb in VERBS:
        if verb in frames:
            directory = _DO[verb](directory, frame=frames[verb])
    if applied is None:
        return directory
    versions = applied.versions(part).rename({"version": "new"})
    people = directory.people.join(versions, on="person", how="left", maintain_order="left")
    return replace(directory, people=people.with_columns(version=pl.coalesce("new", "version")).drop("new"))


def logical(directory: Directory) -> dict[str, Any]:
    """The directory in names, without ids and versions, so that directories can be compared.

    people: username → slug → text or null, keys left out. enrolments: (username, course, role, status, start, end),
    members: (username, course, group), course_groups: (course, group), memberships: (username, ID number, group),
    groups: (ID number, group), all sorted.
    """
    reference = directory.reference
    groups = reference.course_groups.join(reference.courses, on="course").select("course_group", "shortname", "name")
    names = directory.people.select("person", "username")
    enrolments = (
        directory.enrolments.join(names, on="person")
        .join(reference.courses, on="course")
        .join(reference.roles, on="role")
        .select("username", "shortname", "shortname_right", "status", "start", "end")
    )
    members = directory.members.join(names, on="person").join(groups, on="course_group")
    people = directory.people.drop("person", "version", "username_key", "email_key")
    return {
        "people": {line["username"]: line for line in people.iter_rows(named=True)},
        "enrolments": sorted(enrolments.iter_rows(), key=repr),
        "members": sorted(members.select("username", "shortname", "name").iter_rows()),
        "course_groups": sorted(groups.select("shortname", "name").iter_rows()),
        "memberships": sorted(
            directory.memberships.join(names, on="person")
            .join(reference.groups, on="people_group")
            .select("username", "idnumber", "name")
            .iter_rows()
        ),
        "groups": sorted(reference.groups.select("idnumber", "name").iter_rows()),
    }


def _create(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    people = directory.people
    version = pl.lit(0, pl.Int64()).alias("version")
    new = frame if "version" in frame.columns else frame.with_columns(version)
    # A plan knows of no more hidden fields than its file had.
    return replace(directory, people=pl.concat([people, new], how="diagonal").select(people.columns))


def _update(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    fields = [name.removeprefix(AFTER) for name in frame.columns if name.startswith(AFTER)]
    after = frame.select("person", *(AFTER + name for name in fields)).rename({AFTER + name: name for name in fields})
    others = directory.people.join(frame, on="person", how="anti")
    changed = directory.people.drop(fields).join(after, on="person").select(directory.people.columns)
    return replace(directory, people=pl.concat([others, changed]))


def _deactivate(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return _turn(directory, frame=frame, state="inactive")


def _reactivate(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return _turn(directory, frame=frame, state="active")


def _turn(directory: Directory, *, frame: pl.DataFrame, state: str) -> Directory:
    among = pl.col("person").is_in(frame.get_column("person").implode())
    turned = directory.people.with_columns(state=pl.when(among).then(pl.lit(state)).otherwise("state"))
    return replace(directory, people=turned)


def _remove(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(
        directory,
        people=directory.people.join(frame, on="person", how="anti"),
        enrolments=directory.enrolments.join(frame, on="person", how="anti"),
        members=directory.members.join(frame, on="person", how="anti"),
        memberships=directory.memberships.join(frame, on="person", how="anti"),
    )


def _enrol(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, enrolments=_with(directory.enrolments, frame=frame))


def _change_enrolment(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    others = _without(directory.enrolments, frame=frame, verb="change_enrolment")
    return replace(directory, enrolments=pl.concat([others, after_change(frame)]))


def after_change(frame: pl.DataFrame, *, image: str = AFTER) -> pl.DataFrame:
    """Enrolments (of ENROLMENTS_SCHEMA) as a `change_enrolment` frame makes them, or as they were before."""
    return frame.select(
        name if name in frame.columns else pl.col(image + name).alias(name) for name in ENROLMENTS_SCHEMA
    )


def _unenrol(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, enrolments=_without(directory.enrolments, frame=frame, verb="unenrol"))


def _join(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, members=_with(directory.members, frame=frame))


def _leave(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, members=_without(directory.members, frame=frame, verb="leave"))


def _create_course_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    groups = _with(directory.reference.course_groups, frame=frame)
    return replace(directory, reference=replace(directory.reference, course_groups=groups))


def _drop_course_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    groups = _without(directory.reference.course_groups, frame=frame, verb="drop_course_group")
    return replace(directory, reference=replace(directory.reference, course_groups=groups))


def _add_option(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, reference=directory.reference.with_options(frame))


def _join_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, memberships=_with(directory.memberships, frame=frame))


def _leave_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return replace(directory, memberships=_without(directory.memberships, frame=frame, verb="leave_group"))


def _create_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    groups = _with(directory.reference.groups, frame=frame)
    return replace(directory, reference=replace(directory.reference, groups=groups))


def _drop_group(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    groups = _without(directory.reference.groups, frame=frame, verb="drop_group")
    return replace(directory, reference=replace(directory.reference, groups=groups))


def _with(have: pl.DataFrame, *, frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([have, frame.select(have.columns)])


def _without(have: pl.DataFrame, *, frame: pl.DataFrame, verb: str) -> pl.DataFrame:
    return have.join(frame, on=VERBS[verb].key, how="anti")


_DO: Final[Mapping[str, Callable[..., Directory]]] = {
    "leave_group": _leave_group,
    "leave": _leave,
    "unenrol": _unenrol,
    "remove": _remove,
    "drop_course_group": _drop_course_group,
    "drop_group": _drop_group,
    "add_option": _add_option,
    "create_group": _create_group,
    "create_course_group": _create_course_group,
    "update": _update,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "restore": _create,
    "create": _create,
    "enrol": _enrol,
    "change_enrolment": _change_enrolment,
    "join": _join,
    "join_group": _join_group,
}
