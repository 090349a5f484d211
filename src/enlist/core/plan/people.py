"""The people a plan changes, and their order in previews."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import polars as pl

from enlist.core.changes import VERBS, people_of

from .plan import Part, Plan

T = TypeVar("T")


def first_people(plan: Plan, *, limit: int) -> list[int]:
    """The people that `changes` with this limit shows; new ones have negative ids."""
    return list(take((person for part in plan.parts for person in touched(part)["person"]), limit=limit))


def touched(part: Part) -> pl.DataFrame:
    """The people a part changes and the first line that names them: person, line (null in an undo).

    People who lose something come first, then those whose details change, the rest, and new people, each in file order.
    """
    people = [pl.DataFrame(schema={"person": pl.Int64(), "rank": pl.Int32()})]
    for verb, frame in part.frames.items():
        people.append(people_of(frame).to_frame().with_columns(rank=pl.lit(VERBS[verb].rank, pl.Int32)))
    found = pl.concat(people).group_by("person").agg(pl.col("rank").min())
    lines = part.statuses.group_by("person").agg(pl.col("line").min())
    ordered = found.join(lines, on="person", how="left").sort(
        pl.col("person") < 0, "rank", "line", "person", nulls_last=True
    )
    return ordered.select("person", "line")


def take(found: Iterable[T], *, limit: int) -> Iterator[T]:
    """The first `limit` items."""
    # islice would ask for one item more, which may load another part.
    if limit < 1:
        return
    for number, each in enumerate(found, start=1):
        yield each
        if number == limit:
            return
