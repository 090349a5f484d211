"""Rules: conditions and courses of groups. A change of rules is an import of its own, with preview, limits and undo.

It has no file: its order holds the records of rules that begin and end, and the plan follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, ClassVar

import polars as pl

from enlist.core.changes import RELATIONS, SEEN_SCHEMA, Frames
from enlist.core.directory.directory import Directory, Reference, empty_directory
from enlist.core.errors import PolicyError
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.plan.preview import preview_part
from enlist.core.planner.conditions import RULE_VERBS, RULES, changes_rules, with_changes
from enlist.core.planner.net import After, net
from enlist.services.access import Right, Scope, needs
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.directory import current, snapshot
from enlist.store.imports import records

from .limits import counted, limits_of
from .planning import BATCH
from .spool import Spool


@dataclass(frozen=True)
class RuleChange:
    """Records of rules that begin (or change) and end, by relation, with their columns; new ones have negative ids.

    title: what lists call it.
    """

    title: str
    begun: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    ended: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    right: ClassVar[Right] = Right.CHANGE_CONDITIONS

    def order(self) -> dict[str, Any]:
        """As an import's order keeps it."""
        return {records.RULES: {"begun": dict(self.begun), "ended": dict(self.ended)}}

    @classmethod
    def of(cls, record: models.Import) -> RuleChange | None:
        """The change of rules that an import makes; None for other imports."""
        kept = record.order.get(records.RULES)
        return None if kept is None else cls(record.note, begun=kept["begun"], ended=kept["ended"])


@needs(Right.CHANGE_CONDITIONS)
def plan_rules(scope: Scope, *, change: RuleChange, progress: Progress = silent) -> Plan:
    """The plan of a change of rules; over the limits, all of it needs approval (see its head).

    Raises PolicyError if the records changed meanwhile so that it isn't possible any more.
    """
    reference = snapshot.reference(scope.organization)
    begun = {name: _frame(name, rows=rows) for name, rows in change.begun.items()}
    ended = {name: _frame(name, rows=rows) for name, rows in change.ended.items()}
    after = _after(reference, begun=begun, ended=ended)
    _check(reference, begun=begun, after=after)
    head = Head(
        organization=scope.organization.slug,
        kind="change",
        file_name=change.title,
        reference_version=reference.version,
        actor=scope.actor.pk if scope.actor else None,
        rank=scope.role,
        new={name: count for name, frame in begun.items() if (count := _new(frame, relation=name))},
    )
    nobody = empty_directory(reference)
    first = After(nobody.people, begun=begun, ended=ended, reference=after)
    own = Part(frames=net(nobody, after=first).frames)
    compared = compared_parts(scope, reference=reference, after=after, progress=progress)
    plan = spooled(head, parts=chain([own], compared if compares(own.frames) else ()))
    return counted(plan) if limits_of(scope).over(plan) else plan


def spooled(head: Head, *, parts: Iterable[Part]) -> Plan:
    """A plan whose parts are in a temporary directory."""
    spool = Spool()
    plan = assemble(head, parts, keep=lambda number, _, blobs: spool.put_part(number, blobs=blobs))
    return replace(plan, parts=spool.parts(len(plan.head.fingerprints)))


def compares(frames: Frames) -> bool:
    """Whether these frames (by verb) change rules so that everybody has to be compared with them."""
    return bool(RULE_VERBS & frames.keys())


def rules_after(reference: Reference, *, part: Part) -> Reference:
    """The reference after a part that changes rules."""
    frames = {verb: frame for verb, frame in part.frames.items() if changes_rules([verb])}
    return preview_part(empty_directory(reference), part=Part(frames=frames)).reference


def compared_parts(
    scope: Scope,
    *,
    reference: Reference,
    after: Reference,
    without: pl.Series | None = None,
    progress: Progress = silent,
) -> Iterator[Part]:
    """What follows for everybody from other rules, batch by batch; without: people (Int64) of other parts."""
    people = current.everybody(scope.organization)
    if without is not None:
        people = people.filter(~people.is_in(without.implode()))
    for start in range(0, len(people), BATCH):
        batch = people.slice(start, BATCH)
        directory = snapshot.snapshot(scope.organization, reference=reference, keys=batch.to_frame())
        yield _compared(directory, people=batch, after=after)
        progress("planning", min(start + BATCH, len(people)), len(people))


def _compared(directory: Directory, *, people: pl.Series, after: Reference) -> Part:
    # A record between two people brings the other one too, who may be in another batch.
    mine = directory.people.filter(pl.col("person").is_in(people.implode()))
    change = After(mine.clear(), reference=after, looked_at=people)
    frames = net(replace(directory, people=mine), after=change).frames
    return Part(frames=frames, seen=mine.select(*SEEN_SCHEMA).sort("person"))


def _frame(name: str, *, rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame([tuple(row) for row in rows], schema=dict(RELATIONS[name].schema), orient="row")


def _new(frame: pl.DataFrame, *, relation: str) -> int:
    return frame.filter(pl.col(RELATIONS[relation].id) < 0).height if RELATIONS[relation].id else 0


def _after(reference: Reference, *, begun: Frames, ended: Frames) -> Reference:
    names = {**begun, **ended}
    return reference.with_frames(
        {
            name: with_changes(reference.frame(name), name=name, begun=begun.get(name), ended=ended.get(name))
            for name in names
        }
    )


def _those(reference: Reference, *, target: str) -> pl.DataFrame:
    """The ids of what a column of rules refers to."""
    setup = {"course": reference.courses, "role": reference.roles}
    return (setup[target] if target in setup else reference.frame(target)).select(pl.first().alias("id"))


def _check(reference: Reference, *, begun: Frames, after: Reference) -> None:
    """Raise PolicyError if records that the change builds on are gone or in use, or if its names are taken."""
    for relation in (RELATIONS[name] for name in RULES):
        frame = after.frame(relation.name)
        missing = [
            frame.join(_those(after, target=target), left_on=column, right_on="id", how="anti")
            for column, target in relation.refs.items()
        ]
        if relation.id and relation.name in begun:
            changed = begun[relation.name].filter(pl.col(relation.id) > 0)
            missing.append(changed.join(reference.frame(relation.name), on=relation.id, how="anti"))
        if any(not each.is_empty() for each in missing):
            raise PolicyError("rules_changed_since", noun=relation.noun)
    names = after.frame("condition").get_column("name")
    if names.is_duplicated().any():
        taken = names.filter(names.is_duplicated()).item(0)
        raise PolicyError("name_taken", kind="condition", name=taken, field="name")
