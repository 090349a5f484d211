"""The directory as a plan would leave it: the preview on the page, and the oracle of apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl

from enlist.core.changes import AFTER, VERBS, Does, Relation, Verb, is_about, kept_relations, relation_of
from enlist.core.directory.directory import Directory
from enlist.core.errors import StalePlan

from .applied import Applied
from .labels import Labels
from .plan import Part, Plan


def preview(directory: Directory, plan: Plan, *, applied: Applied | None = None) -> Directory:
    """The directory after the plan.

    Without `applied`, new records keep their negative ids and versions stay; with it, ids and versions are those that
    the apply gave. Raises StalePlan if the plan was made for another directory.
    """
    if plan.head.reference_version != directory.reference.version:
        raise StalePlan("plan_stale")
    restored = [part.frames["restore"].select("person") for part in plan.parts if "restore" in part.frames]
    for part in plan.parts:
        _check_seen(
            directory, seen=part.seen.join(pl.concat(restored), on="person", how="anti") if restored else part.seen
        )
    for part in plan.parts:
        directory = _after_part(directory, part=part, applied=applied)
    return directory


def preview_part(directory: Directory, *, part: Part, applied: Applied | None = None) -> Directory:
    """The directory after one part of a plan; arguments and errors as in `preview`."""
    _check_seen(directory, seen=part.seen)
    return _after_part(directory, part=part, applied=applied)


def _check_seen(directory: Directory, *, seen: pl.DataFrame) -> None:
    expected = seen.select("person", "version")
    if expected.join(directory.people, on=["person", "version"]).height < expected.height:
        raise StalePlan("plan_stale")


def _after_part(directory: Directory, *, part: Part, applied: Applied | None) -> Directory:
    frames = applied.frames(part) if applied else part.frames
    for verb in VERBS:
        if verb in frames:
            directory = _with_verb(directory, verb=verb, frame=frames[verb])
    if applied is None:
        return directory
    versions = applied.versions(part).rename({"version": "new"})
    people = directory.people.join(versions, on="person", how="left", maintain_order="left")
    return replace(directory, people=people.with_columns(version=pl.coalesce("new", "version")).drop("new"))


def logical(directory: Directory) -> dict[str, Any]:
    """The directory in names, without ids and versions, so that directories can be compared.

    people: username → slug → text or null, without keys. Other relations by name: their records as sorted tuples, with
    names instead of ids.
    """
    people, names = directory.people.drop("person", "version", "username_key", "email_key"), Labels.of(directory).names
    return {
        "people": {line["username"]: line for line in people.iter_rows(named=True)},
        **{
            each.name: sorted(_named(directory, relation=each, names=names).iter_rows(), key=repr)
            for each in kept_relations()
        },
    }


def _named(directory: Directory, *, relation: Relation, names: Mapping[str, Mapping[int, str]]) -> pl.DataFrame:
    """The records of a relation, with names instead of ids; without those that refer to something unknown."""
    frame = directory.frame(relation.name)
    for column, target in relation.refs.items():
        if target in names:
            named = pl.col(column).replace_strict(dict(names[target]), return_dtype=pl.String, default=None)
            frame = frame.with_columns(named).drop_nulls(column)
    return frame.drop(relation.id) if relation.id else frame


def _create(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    people = directory.people
    version = pl.lit(0, pl.Int64()).alias("version")
    new = frame if "version" in frame.columns else frame.with_columns(version)
    # The plan only has the hidden fields that its file had.
    return replace(directory, people=pl.concat([people, new], how="diagonal").select(people.columns))


def _update(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    fields = [name.removeprefix(AFTER) for name in frame.columns if name.startswith(AFTER)]
    after = frame.select("person", *(AFTER + name for name in fields)).rename({AFTER + name: name for name in fields})
    others = directory.people.join(frame, on="person", how="anti")
    changed = directory.people.drop(fields).join(after, on="person").select(directory.people.columns)
    return replace(directory, people=pl.concat([others, changed]))


def _deactivate(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return _with_state(directory, frame=frame, state="inactive")


def _reactivate(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    return _with_state(directory, frame=frame, state="active")


def _with_state(directory: Directory, *, frame: pl.DataFrame, state: str) -> Directory:
    among = pl.col("person").is_in(frame.get_column("person").implode())
    people = directory.people.with_columns(state=pl.when(among).then(pl.lit(state)).otherwise("state"))
    return replace(directory, people=people)


def _remove(directory: Directory, *, frame: pl.DataFrame) -> Directory:
    gone = frame.get_column("person")
    frames = {name: each.filter(~is_about(gone, columns=each.columns)) for name, each in directory.frames.items()}
    people = directory.people.join(frame, on="person", how="anti")
    return replace(directory, people=people, frames=frames)


def _with_verb(directory: Directory, *, verb: str, frame: pl.DataFrame) -> Directory:
    if verb in _TO_PEOPLE:
        return _TO_PEOPLE[verb](directory, frame=frame)
    relation = relation_of(verb)
    if relation.name == "option":
        return replace(directory, reference=directory.reference.with_options(frame))
    after = _after(directory.frame(relation.name), verb=VERBS[verb], frame=frame)
    return directory.with_frames({relation.name: after})


def _after(have: pl.DataFrame, *, verb: Verb, frame: pl.DataFrame) -> pl.DataFrame:
    if verb.does is Does.BEGIN:
        return pl.concat([have, frame.select(have.columns)])
    others = have.join(frame, on=verb.key, how="anti")
    return others if verb.does is Does.END else pl.concat([others, with_image(have, frame=frame, verb=verb)])


def with_image(have: pl.DataFrame, *, frame: pl.DataFrame, verb: Verb, image: str = AFTER) -> pl.DataFrame:
    """The records that a verb's frame changes, as they are after it or were before."""
    fields = list(verb.changes)
    given = frame.select(*verb.key, *(pl.col(image + name).alias(name) for name in fields))
    return have.drop(fields).join(given, on=verb.key).select(have.columns)


_TO_PEOPLE: Final[Mapping[str, Callable[..., Directory]]] = {
    "create": _create,
    "update": _update,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "remove": _remove,
    "restore": _create,
}
