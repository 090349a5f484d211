"""What every step of the planner gets, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from enlist.core.changes import RELATIONS, Frames, Relation, is_about
from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import collect, no_flags
from enlist.core.plan.plan import STATUSES_SCHEMA
from enlist.core.policy import Policy
from enlist.core.rows.cleaners import Cleaner

from .circumstances import USUAL, Circumstances


@dataclass(frozen=True)
class Context:
    """The same for every wave: the policy, slug → header, and the course numbers of the file.

    cleaners: slug → how to clean what a default gives. checked: the flags of validation.
    """

    policy: Policy
    headers: dict[str, str]
    courses: tuple[str, ...]
    cleaners: Mapping[str, Cleaner]
    checked: pl.DataFrame
    circumstances: Circumstances = USUAL


@dataclass(frozen=True)
class Step:
    """The result of one wave, or of one run of the reference planner.

    people: everybody created or changed, as afterwards (`directory.people_schema`); new people have negative ids.
    begun: by relation, the records created (with negative ids if they have any) or changed, as afterwards.
    ended: by relation, the records ended (at least the columns of the key).
    removed: Int64, ids of deleted people, new ones included; none of their records are among the others.
    statuses: of STATUSES_SCHEMA. flags: of FLAG_SCHEMA. seen: Int64, ids of the existing people that rows matched.
    """

    people: pl.DataFrame
    begun: Frames = field(default_factory=dict)
    ended: Frames = field(default_factory=dict)
    statuses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STATUSES_SCHEMA))
    flags: pl.DataFrame = field(default_factory=no_flags)
    removed: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))
    seen: pl.Series = field(default_factory=lambda: pl.Series("person", [], dtype=pl.Int64))


def after_step(state: Directory, *, step: Step) -> Directory:
    """The directory after a step."""
    changed = pl.concat([step.people.get_column("person"), step.removed]).implode()
    people = pl.concat([state.people.filter(~pl.col("person").is_in(changed)), step.people])
    touched = {*step.begun, *step.ended, *(state.frames if len(step.removed) else ())}
    frames = {
        name: _without(
            _after(state.frame(name), begun=step.begun.get(name), ended=step.ended.get(name), relation=RELATIONS[name]),
            removed=step.removed,
        )
        for name in touched
    }
    return replace(state.with_frames(frames), people=people)


def combined(first: Step, *later: Step) -> Step:
    """Consecutive steps as one.

    A person's last state wins, an end cancels an earlier start and the other way round; the rest adds up.
    """
    steps = (first, *later)
    people = pl.concat([s.people for s in steps])
    removed = pl.concat([s.removed for s in steps])
    begun, ended = (first.begun, first.ended) if not later else _both(steps)
    if later:
        people = people.unique("person", keep="last", maintain_order=True)
        people = people.filter(~pl.col("person").is_in(removed.implode()))
    return Step(
        people=people,
        begun={name: _without(frame, removed=removed) for name, frame in begun.items()},
        ended=ended,
        removed=removed,
        statuses=pl.concat([s.statuses for s in steps]).sort("row"),
        flags=collect(*(s.flags for s in steps)),
        seen=pl.concat([s.seen for s in steps]).unique().sort(),
    )


def _both(steps: Sequence[Step]) -> tuple[Frames, Frames]:
    """What all steps together created and ended."""
    begun: dict[str, pl.DataFrame] = {}
    ended: dict[str, pl.DataFrame] = {}
    for step in steps:
        for name in {**step.begun, **step.ended}:
            new, old = step.begun.get(name), step.ended.get(name)
            have = begun.get(name, pl.DataFrame(schema=RELATIONS[name].schema))
            begun[name] = _after(have, begun=new, ended=old, relation=RELATIONS[name])
            if name in ended and new is not None:
                ended[name] = ended[name].join(new, on=RELATIONS[name].key, how="anti", maintain_order="left")
            if old is not None:
                ended[name] = pl.concat([ended[name], old]) if name in ended else old
    return begun, ended


def _after(
    have: pl.DataFrame, *, begun: pl.DataFrame | None, ended: pl.DataFrame | None, relation: Relation
) -> pl.DataFrame:
    if ended is not None:
        have = have.join(ended, on=relation.key, how="anti", maintain_order="left")
    if begun is None:
        return have
    whole = pl.concat([have, begun])
    return whole.unique(relation.key, keep="last", maintain_order=True) if relation.alters else whole


def _without(frame: pl.DataFrame, *, removed: pl.Series) -> pl.DataFrame:
    return frame.filter(~is_about(removed, columns=frame.columns)) if len(removed) else frame
