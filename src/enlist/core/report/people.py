"""The people a plan changes, in the order of its pages, so that any page can be found quickly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE, VERBS, Does, Kind, people_of, relation_of
from enlist.core.plan.labels import Labels, with_new
from enlist.core.plan.partial import PartialPlan
from enlist.core.plan.plan import LazyParts, Part, Plan

from .changes import RENAMED, Change, about, changes_of

_SCHEMA: Final = {"person": pl.Int64(), "line": pl.Int64(), "rank": pl.Int32(), "part": pl.Int32(), "verbs": pl.Int64()}


@dataclass(frozen=True)
class PeopleIndex:
    """people: person, line (null in an undo), rank, part, verbs (bits). groups: the parts that create groups."""

    people: pl.DataFrame
    groups: tuple[Part, ...]

    def about(self, what: str) -> pl.DataFrame:
        """The people in a tile, or those who are `RENAMED`; "" for everybody."""
        if not what:
            return self.people
        known = _bits()
        bits = sum(known[name] for name in ((RENAMED,) if what == RENAMED else about(what)))
        return self.people.filter((pl.col("verbs") & bits) != 0)


def _bits() -> dict[str, int]:
    return {name: 1 << bit for bit, name in enumerate((*VERBS, RENAMED))}


def _makes_names() -> list[str]:
    """The verbs that create what changes refer to: pages need those names, whichever people they show."""
    begin = (name for name, verb in VERBS.items() if verb.does is Does.BEGIN)
    return [name for name in begin if relation_of(name).kind is Kind.MADE]


def index_people(plan: Plan) -> PeopleIndex:
    """The people a plan changes: part by part, those who lose something first, then those whose details change, the
    rest, and new people, each in file order. Loads only ids.
    """
    people, groups = [pl.DataFrame(schema=_SCHEMA)], []
    for number, partial_plan in enumerate(partial_plans(plan)):
        people.append(_people(partial_plan, part=number))
        made = {name: partial_plan.rows(name) for name in _makes_names() if name in partial_plan.names}
        groups += [Part(frames=made)] if made else []
    return PeopleIndex(pl.concat(people), tuple(groups))


def changes_page(plan: Plan, *, people: pl.DataFrame, people_index: PeopleIndex, labels: Labels) -> list[Change]:
    """What a plan does to some people of its index, in their order."""
    for part in people_index.groups:
        labels = with_new(labels, part=part)
    found: list[Change] = []
    bits = _bits()
    for (number,), mine in people.group_by("part", maintain_order=True):
        partial_plan = _partial_plan(plan, number=int(str(number)))
        present = int(mine.select(pl.col("verbs").bitwise_or()).item())
        frames = {
            verb: partial_plan.about(verb, people=mine.get_column("person")) for verb in VERBS if present & bits[verb]
        }
        found += changes_of(Part(frames=frames), people=mine.select("person", "line"), labels=labels)
    return found


def _people(partial_plan: PartialPlan, *, part: int) -> pl.DataFrame:
    found = [pl.DataFrame(schema={"person": pl.Int64(), "rank": pl.Int32(), "verbs": pl.Int64()})]
    bits = _bits()
    for name, people in _touched(partial_plan):
        rank = VERBS["update" if name == RENAMED else name].rank
        found.append(people.select("person", rank=pl.lit(rank, pl.Int32), verbs=pl.lit(bits[name], pl.Int64)))
    whole = pl.concat(found).group_by("person").agg(pl.col("rank").min(), pl.col("verbs").bitwise_or())
    lines = partial_plan.columns("statuses", "person", "line")
    if "person" in lines.columns:
        whole = whole.join(lines.group_by("person").agg(pl.col("line").min()), on="person", how="left")
    else:
        whole = whole.with_columns(line=pl.lit(None, pl.Int64))
    ordered = whole.sort(pl.col("person") < 0, "rank", "line", "person", nulls_last=True)
    return ordered.with_columns(part=pl.lit(part, pl.Int32)).select(*_SCHEMA)


def _touched(partial_plan: PartialPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    """The people of each verb, and those who are renamed."""
    keys = (BEFORE + "username_key", AFTER + "username_key")
    for verb in VERBS:
        people = partial_plan.columns(verb, *relation_of(verb).people, *(keys if verb == "update" else ()))
        if people.columns:
            yield verb, people_of(people).to_frame()
        if keys[1] in people.columns:
            yield RENAMED, people.filter(pl.col(keys[0]) != pl.col(keys[1])).select("person")


def partial_plans(plan: Plan) -> Iterator[PartialPlan]:
    """Every part of a plan, as it is stored."""
    return (_partial_plan(plan, number=number) for number in range(len(plan.parts)))


def _partial_plan(plan: Plan, *, number: int) -> PartialPlan:
    if isinstance(plan.parts, LazyParts) and plan.parts.partial_plan:
        return plan.parts.partial_plan(number)
    blobs = plan.parts[number].to_blobs()
    return PartialPlan(tuple(blobs), load=blobs.__getitem__)
