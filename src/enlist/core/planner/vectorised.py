"""The vectorised planner: rows that share no key at once, others wave by wave, very deep ones row by row.

Its result equals the reference planner's (`reference/`); a property test checks that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from enlist.core.changes import people_columns
from enlist.core.directory.directory import Directory
from enlist.core.flags.flags import FLAG_SCHEMA, collect, mark
from enlist.core.plan.plan import STATUSES_SCHEMA, Part
from enlist.core.planner.courses.by_groups import decided_by_groups
from enlist.core.planner.people.claims import claims_of, renamed, settle_names
from enlist.core.planner.people.cleaned import cleaned_into_others
from enlist.core.planner.people.close import close_usernames, looks_for_close, namesakes_among
from enlist.core.planner.people.options import with_options
from enlist.core.planner.people.shared import still_shared
from enlist.core.planner.people.unlisted import Presence, applies, depart
from enlist.core.policy import Policy
from enlist.core.rows.cleaners import cleaner
from enlist.core.rows.listing import listing
from enlist.core.rows.rows import MADE, Rows

from .circumstances import USUAL, Circumstances
from .context import Context, Step, after_step, combined
from .departures import with_departures
from .leaving import Planned, day_after, leaving
from .lookups import key_columns, reachable, stem_of, with_default_address
from .named_groups import mirrored
from .net import After, net, seen_by
from .reference import walk
from .step import run_step
from .waves import DEEPEST, KEYS_SCHEMA, Taken, Waves, entangled, hashed, in_waves, one_by_one

# The walk numbers new people from −1 down, run_step by row: with this distance they never collide.
_ID_GAP: Final = 1 << 40
# Errors about a unique value that a later row may free: only the walk looks ahead.
_TAKEN: Final = ("email_taken", "rename_taken", "username_taken", "profile_taken", "username_of_another")


def plan_rows(
    rows: Rows,
    directory: Directory,
    *,
    policy: Policy,
    circumstances: Circumstances = USUAL,
    deepest: int = DEEPEST,
) -> Part:
    """Plan all rows on a directory with everybody they can change (and everybody else, if absence counts)."""

    def planned(names: pl.DataFrame | None) -> tuple[Part, pl.Series]:
        called = rows if names is None else renamed(rows, names=names)
        keys = one_by_one(called.frame) if names is None else keys_of(called, directory=directory, policy=policy)
        keys = keys.filter(pl.col("row").is_in(entangled(keys).implode()))
        depth = 0 if names is None else deepest
        part = plan_batch(called, directory, policy=policy, keys=keys, circumstances=circumstances, deepest=depth)
        return part, part.statuses.filter(pl.col("row_status") == "failed").get_column("row")

    part = settle_names(claims_of(rows, directory=directory, policy=policy), plan=planned)
    if not applies(policy):
        return part
    who = listing(rows, policy=policy)
    presence = Presence.of(directory, listing=who, policy=policy)
    day = day_after(directory.reference, days=policy.grace_days)
    whole = depart(
        part, presence=presence, listing=who, policy=policy, circumstances=replace(circumstances, leaves_on=day)
    )
    return with_departures(whole, before=part, reference=directory.reference, fetch=directory.of)


def plan_batch(
    rows: Rows,
    directory: Directory,
    *,
    policy: Policy,
    keys: pl.DataFrame,
    taken: Mapping[str, int] | None = None,
    circumstances: Circumstances = USUAL,
    deepest: int = DEEPEST,
    namesakes: pl.DataFrame | None = None,
) -> Part:
    """Plan a batch that shares no key with rows outside it.

    keys: of `waves.KEYS_SCHEMA`, for the rows that share keys with each other; the other rows share none.
    taken: by relation, how many new records the earlier parts use (numbers continue from there). deepest: components
    with more rows are planned one by one; 0 for all of them. namesakes: people with the names of rows whose username
    nobody has (`NAMESAKES_SCHEMA`), if the directory doesn't hold everybody.
    """
    reference = directory.reference
    context = Context(
        policy=policy,
        headers=rows.headers,
        courses=rows.courses,
        cleaners={slug: cleaner(slug, policy=policy, reference=reference) for slug in policy.defaults},
        checked=rows.flags,
        circumstances=circumstances,
    )
    mixed = pl.col("row").is_in(keys.get_column("row").unique().implode())
    free = run_step(rows.frame.filter(~mixed), state=directory, context=context)
    steps = [free]
    if keys.height:
        mixed_rows = replace(rows, frame=rows.frame.filter(mixed))
        state = reachable(mixed_rows.frame, directory=after_step(directory, step=free), policy=policy)
        steps += _planned_in_waves(mixed_rows, keys=keys, state=state, context=context, deepest=deepest)
    step = _settled(combined(*steps), rows=rows, directory=directory, context=context)
    found = still_shared(
        step.flags, statuses=step.statuses, before=directory.people, after=step.people, removed=step.removed
    )
    others = cleaned_into_others(rows, statuses=step.statuses, people=directory.people)
    close = _close(rows, statuses=step.statuses, directory=directory, namesakes=namesakes, policy=policy)
    flags = collect(rows.flags, found, others, close, _twice(step.statuses))
    part = _part(replace(step, flags=flags), directory=directory, taken=taken)
    flags = collect(part.flags, decided_by_groups(rows, part=part, directory=directory))
    frames = with_options(part.frames, reference=reference, policy=policy)
    return replace(part, flags=flags, frames=frames, statuses=pl.concat([part.statuses, rows.skipped()]))


def _settled(step: Step, *, rows: Rows, directory: Directory, context: Context) -> Step:
    """The step, without memberships that its rows don't name, and with their leaving dates."""
    step = mirrored(step, rows=rows.frame, directory=directory, context=context)
    found = leaving(
        rows,
        planned=Planned(step.statuses, step.people),
        directory=directory,
        circumstances=context.circumstances,
    )
    # Removed people are gone with all they have.
    begun = found.begun.filter(~pl.col("person").is_in(step.removed.implode()))
    return replace(
        step,
        begun={**step.begun, "departure": begun},
        ended={**step.ended, "departure": found.ended},
        statuses=found.statuses,
        flags=collect(step.flags, found.flags),
    )


def _close(
    rows: Rows, *, statuses: pl.DataFrame, directory: Directory, namesakes: pl.DataFrame | None, policy: Policy
) -> pl.DataFrame:
    if not looks_for_close(policy):
        return collect()
    own = namesakes_among(directory.people, reference=directory.reference)
    everybody = own if namesakes is None else pl.concat([own, namesakes]).unique("username_key", maintain_order=True)
    return close_usernames(rows, statuses=statuses, people=everybody, reference=directory.reference)


def keys_of(rows: Rows, *, directory: Directory, policy: Policy) -> pl.DataFrame:
    """Every key that a row involves, of `waves.KEYS_SCHEMA`: its own, the people it matches, owners of its address.

    Two rows that could change the same person or unique key share at least one of these. If every row is a new person,
    usernames don't count: they are settled before. Generated usernames may get a number, so names of one stem count as
    one.
    """
    frame = with_default_address(rows.frame, policy=policy)
    columns = key_columns(policy, reference=directory.reference)
    if policy.existing_people == "counter":
        columns = [name for name in columns if name in ("email_key", *directory.reference.unique_slugs)]
    columns = [name for name in columns if name in frame.columns]
    keys = [hashed(frame, column=column) for column in columns]
    named = [frame.select("row", column) for column in columns]
    if "oldusername_key" in frame.columns:
        named.append(frame.select("row", username_key="oldusername_key"))
        keys.append(hashed(named[-1], column="username_key"))
    people = directory.people.select("person", *{names.columns[1] for names in named}, _name="username_key")
    for names in named:
        column = names.columns[1]
        wanted = names.filter(pl.col(column) != "")
        found = wanted.join(people, on=column, how="inner")
        keys.append(hashed(found.select("row", "person"), column="person"))
        if MADE in frame.columns:
            keys.append(hashed(found.select("row", stem_of("_name")), column="stem"))
            if column == "username_key":
                keys.append(hashed(names.select("row", stem_of(column)), column="stem"))
    return pl.concat([pl.DataFrame(schema=KEYS_SCHEMA), *keys]).unique()


def _planned_in_waves(
    rows: Rows, *, keys: pl.DataFrame, state: Directory, context: Context, deepest: int
) -> list[Step]:
    order = in_waves(keys, deepest=deepest)
    steps, after = _wave_by_wave(rows, order=order, state=state, context=context)
    flags = collect(*(step.flags for step in steps))
    wanting = flags.filter(pl.col("code").is_in(_TAKEN)).get_column("row")
    again = in_waves(keys, deepest=deepest, taken=Taken(wanting, _giving(steps))) if len(wanting) else order
    if len(again.deep) > len(order.deep):
        order = again
        steps, after = _wave_by_wave(rows, order=order, state=state, context=context)
    if len(order.deep):
        deep = replace(rows, frame=rows.frame.filter(pl.col("row").is_in(order.deep.implode())))
        steps.append(_planned_one_by_one(deep, state=after, context=context))
    return steps


def _giving(steps: list[Step]) -> pl.Series:
    """The rows that may give up a value: of people who exist, or were created by an earlier row."""
    statuses = pl.concat([pl.DataFrame(schema=STATUSES_SCHEMA), *(step.statuses for step in steps)]).sort("row")
    is_later = pl.col("person").is_not_null() & ~pl.col("person").is_first_distinct()
    return statuses.filter((pl.col("person") > 0) | is_later).get_column("row")


def _wave_by_wave(rows: Rows, *, order: Waves, state: Directory, context: Context) -> tuple[list[Step], Directory]:
    steps = []
    for wave in order.waves:
        frame = rows.frame.filter(pl.col("row").is_in(wave.implode()))
        steps.append(run_step(frame, state=state, context=context))
        state = after_step(state, step=steps[-1])
    return steps, state


def _twice(statuses: pl.DataFrame) -> pl.DataFrame:
    """Flag rows about the same person: the first with the second's line, the others with the first's."""
    several = statuses.filter(pl.col("person").is_not_null() & pl.col("person").is_duplicated()).sort("row")
    first, second = pl.col("line").first().over("person"), pl.col("line").get(1).over("person")
    is_first = pl.col("row") == pl.col("row").first().over("person")
    other = several.with_columns(_other=pl.when(is_first).then(second).otherwise(first))
    return mark(other, code="same_person_twice", detail=pl.col("_other"))


def _part(step: Step, *, directory: Directory, taken: Mapping[str, int] | None) -> Part:
    after = After(people=step.people, begun=step.begun, ended=step.ended, removed=step.removed)
    result = net(directory, after=after, taken=taken)
    statuses = step.statuses.with_columns(person=result.renumber(step.statuses.get_column("person")))
    seen = seen_by(result.frames, rows=step.seen, directory=directory)
    return Part(frames=result.frames, statuses=statuses, flags=step.flags, seen=seen)


def _planned_one_by_one(rows: Rows, *, state: Directory, context: Context) -> Step:
    """The reference planner's result for rows too deep for waves, with ids that no other row's new person has."""
    state = reachable(rows.frame, directory=state, policy=context.policy)
    ledger, visits = walk(rows, state, policy=context.policy, circumstances=context.circumstances)
    after = ledger.after()
    statuses = pl.DataFrame([visit.status_line() for visit in visits], schema=STATUSES_SCHEMA)
    return Step(
        people=_with_distant_ids(after.people),
        begun={name: _with_distant_ids(frame) for name, frame in after.begun.items()},
        ended={name: _with_distant_ids(frame) for name, frame in after.ended.items()},
        removed=_with_distant_ids(after.removed.to_frame()).to_series(),
        statuses=_with_distant_ids(statuses),
        flags=pl.DataFrame([line for visit in visits for line in visit.flags], schema=FLAG_SCHEMA),
        seen=statuses.filter(pl.col("person") > 0).get_column("person").unique(),
    )


def _with_distant_ids(frame: pl.DataFrame) -> pl.DataFrame:
    columns = people_columns(frame.columns)
    return frame.with_columns(pl.when(pl.col(c) < 0).then(pl.col(c) - _ID_GAP).otherwise(c).alias(c) for c in columns)
