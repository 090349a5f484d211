"""Departures: what follows for unlisted people who become inactive, if conditions depend on the status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from enlist.core.changes import in_order
from enlist.core.directory.conditions import fields_of
from enlist.core.directory.directory import Directory, Reference
from enlist.core.plan.plan import Part

from .net import After, net


def with_departures(part: Part, *, before: Part, reference: Reference, fetch: Callable[[pl.Series], Directory]) -> Part:
    """The part, with all that follows for people that it deactivates and `before` doesn't.

    fetch: from ids to a Directory of these people, called only if a condition depends on the status.
    """
    if "deactivate" not in part.frames or "state" not in fields_of(reference):
        return part
    leaving = part.frames["deactivate"].get_column("person")
    if "deactivate" in before.frames:
        leaving = leaving.filter(~leaving.is_in(before.frames["deactivate"].get_column("person").implode()))
    directory = fetch(leaving)
    # A record between two people brings the other one too.
    people = directory.people.filter(pl.col("person").is_in(leaving.implode()))
    after = After(people.with_columns(state=pl.lit("inactive")))
    frames = dict(part.frames)
    for verb, frame in net(replace(directory, people=people), after=after).frames.items():
        if verb not in ("deactivate", "unmark_leaving"):
            frames[verb] = pl.concat([frames[verb], frame]) if verb in frames else frame
    return replace(part, frames=in_order(frames))
