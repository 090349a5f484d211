"""Planning in batches: from a Table of any size to a Plan, with one batch in memory at a time.

First, every batch is checked and its people are fetched; only hashes of the keys it touches stay in memory. Then rows
that share no key with another row are planned batch by batch, and all other rows together at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

import polars as pl

from enlist.core.changes import DEPARTURES_SCHEMA, SEEN_SCHEMA, KeptIn, kept_with_people, making_ids
from enlist.core.directory.directory import Directory, Reference
from enlist.core.flags.flags import collect, mark
from enlist.core.headers.match import HeaderMatch
from enlist.core.plan.between import Between
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.planner import (
    Claims,
    bad_rows,
    claims_of,
    claims_together,
    entangled,
    keys_of,
    lookups,
    makes_addresses_of_numbers,
    one_by_one,
    plan_batch,
    reachable,
    renamed,
    settle_names,
    stop_all,
    stopped,
)
from enlist.core.planner.circumstances import USUAL, Circumstances
from enlist.core.planner.departures import with_departures
from enlist.core.planner.leaving import day_after
from enlist.core.planner.people import passwords
from enlist.core.planner.people.close import looks_for_close, unknown_names, with_twins
from enlist.core.planner.people.unlisted import Presence, applies, dates_in, depart, staying
from enlist.core.planner.waves import DEEPEST
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from enlist.core.rows.listing import Listing, combined, listing
from enlist.core.rows.rows import Rows
from enlist.core.table.frames import from_bytes, to_bytes
from enlist.core.table.table import Table
from enlist.services.progress import Progress, silent

from .spool import Spool

BATCH: Final = 100_000


@dataclass(frozen=True)
class Task:
    """What to plan: a table, its headers, the policy, and functions that query the directory.

    snapshot: from keys (`lookups`) to the Directory of everybody who has one of them; without keys, of everybody.
    absent: from the Listing of a whole file to the active people in scope that it doesn't name (`ABSENT_SCHEMA`), and
    the scope in words. namesakes: from names (`first`, `last`) to everybody who has one (`NAMESAKES_SCHEMA`). excluded:
    Int64, rows that aren't imported; the people they name count as listed. twins: as in `close.with_twins`.
    """

    table: Table
    headers: HeaderMatch
    policy: Policy
    reference: Reference
    snapshot: Callable[[pl.DataFrame | None], Directory]
    absent: Callable[[Listing], tuple[pl.DataFrame, str]]
    namesakes: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    circumstances: Circumstances = USUAL
    progress: Progress = silent
    batch: int = BATCH
    excluded: pl.Series = field(default_factory=lambda: pl.Series("row", [], dtype=pl.Int64))
    twins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A file whose batches are checked and whose people are fetched; both are in the spool.

    keys: of rows that share a key with another row (`waves.KEYS_SCHEMA`). claims: the usernames that rows request, if
    every row is a new person. failed: Int64, rows with an error of their own. listing, listed: the people that the file
    names, if the policy handles unlisted people; staying: as in `Presence`.
    """

    spool: Spool
    keys: pl.DataFrame
    claims: Claims
    failed: pl.Series
    listing: Listing | None
    listed: pl.DataFrame
    staying: pl.DataFrame


@dataclass(frozen=True)
class Choice:
    """Which rows of a file are planned, and which need approval.

    only: rows (Int64); without it, all. awaiting: row Int64, why String: rows that need approval. departures: whether
    unlisted people are planned. stay: why unlisted people stay for now, "" if they don't.
    """

    only: pl.Series | None = None
    awaiting: pl.DataFrame | None = None
    departures: bool = True
    stay: str = ""

    def among(self, lines: pl.DataFrame) -> pl.DataFrame:
        """The lines (column row) about planned rows."""
        if self.only is not None:
            return lines.filter(pl.col("row").is_in(self.only.implode()))
        return (
            lines if self.awaiting is None else lines.join(self.awaiting, on="row", how="anti", maintain_order="left")
        )

    def of(self, rows: Rows) -> Rows:
        """The planned rows, with their flags."""
        return replace(
            rows, frame=self.among(rows.frame), flags=self.among(rows.flags), left_out=self.among(rows.left_out)
        )

    def waiting(self, rows: Rows) -> Part:
        """The statuses and flags of rows that need approval."""
        if self.awaiting is None:
            return Part()
        found = rows.frame.join(self.awaiting, on="row", how="inner")
        nobody = pl.lit(None, pl.Int64)
        statuses = found.select("row", "line", person=nobody, row_status=pl.lit("skipped"))
        return Part(statuses=statuses, flags=mark(found, code="row_held", detail=pl.col("why")))


ALL: Final = Choice()


@dataclass
class _State:
    """What grows from part to part: records to create, the number of new records by relation, failed rows,
    the number of rows that stop the import.

    between: records between two people in the parts so far. names: the usernames of rows that differ from their own
    (`Claims.names`); null: they are settled row by row.
    """

    reference: Reference
    prepared: Prepared
    choice: Choice
    names: pl.DataFrame | None
    new: Counter[str] = field(default_factory=Counter)
    failed: list[pl.Series] = field(default_factory=list)
    bad: int = 0
    parts: Spool = field(default_factory=Spool)
    between: Between = field(default_factory=Between)

    def learn(self, part: Part) -> None:
        for relation in making_ids():
            made = part.frames.get(relation.begins.name)
            if made is not None:
                self.new[relation.name] += made.height
                if relation.kept_in is KeptIn.REFERENCE:
                    have = self.reference.frame(relation.name)
                    whole = pl.concat([have, made.select(have.columns)])
                    self.reference = self.reference.with_frames({relation.name: whole})
        if "add_option" in part.frames:
            self.reference = self.reference.with_options(part.frames["add_option"])
        self.between.add_part(part.frames)
        self.failed.append(part.statuses.filter(pl.col("row_status") == "failed").get_column("row"))
        self.bad += bad_rows(part).len()

    def rows(self, number: int) -> Rows:
        """A batch of rows with their final usernames."""
        rows = self.prepared.spool.rows(number)
        return rows if self.names is None else renamed(rows, names=self.names)


def prepare(task: Task) -> Prepared:
    """Check all batches and fetch their people."""
    # A single batch is in memory anyway.
    spool = Spool(in_memory=_batches(task) == 1)
    listings, listed = list[Listing](), [pl.DataFrame(schema=SEEN_SCHEMA)]
    stay = [pl.DataFrame(schema=DEPARTURES_SCHEMA)]
    keys, failed, claims = [], [], []
    for number in range(_batches(task)):
        rows, directory = _prepare(task, number=number)
        if applies(task.policy):
            listings.append(listing(rows, policy=task.policy))
            listed.append(listings[-1].among(directory.people).select(*SEEN_SCHEMA))
            stay.append(staying(directory.frame("departure"), listed=listed[-1]))
        rows = _without(rows, excluded=task.excluded)
        spool.put_rows(number, rows=rows)
        spool.put_directory(number, directory=directory)
        keys.append(keys_of(rows, directory=directory, policy=task.policy))
        claims.append(claims_of(rows, directory=directory, policy=task.policy))
        failed.append(rows.frame.filter("failed").get_column("row"))
    return Prepared(
        spool=spool,
        keys=_shared(pl.concat(keys)),
        claims=claims_together(claims),
        failed=pl.concat(failed),
        listing=combined(listings) if listings else None,
        listed=pl.concat(listed).unique("person"),
        staying=pl.concat(stay).unique("person"),
    )


def _without(rows: Rows, *, excluded: pl.Series) -> Rows:
    """The rows without the excluded ones and their flags."""
    if excluded.is_empty():
        return rows
    stays = ~pl.col("row").is_in(excluded.implode())
    flags = rows.flags.filter(stays.fill_null(value=True))
    return replace(rows, frame=rows.frame.filter(stays), flags=flags, left_out=rows.left_out.filter(stays))


def plan_prepared(task: Task, *, prepared: Prepared, head: Head, choice: Choice = ALL) -> Plan:
    """The plan of the chosen rows. head.rows: how many there are."""

    def planned(names: pl.DataFrame | None) -> tuple[Plan, pl.Series]:
        state = _State(reference=task.reference, prepared=prepared, choice=choice, names=names)
        plan = _plan(task, state=state, head=head)
        return plan, pl.concat(state.failed)

    return settle_names(replace(prepared.claims, frame=choice.among(prepared.claims.frame)), plan=planned)


def _plan(task: Task, *, state: _State, head: Head) -> Plan:
    keys, store, prepared = state.choice.among(_keys(task, state=state)), state.parts, state.prepared
    parts = _parts(task, state=state, keys=keys)
    if state.choice.only is None and not task.excluded.is_empty():
        parts = chain([_left_out(task)], parts)
    if prepared.listing is not None and state.choice.departures:
        parts = _with_departures(parts, task=task, state=state, listing=prepared.listing)
    plan = assemble(head, parts, keep=lambda n, _, blobs: store.put_part(n, blobs=blobs))
    whole = Plan(replace(plan.head, new=dict(state.new)), parts=store.parts(len(plan.head.fingerprints)))
    if state.bad and task.policy.bad_rows == "stop_import":
        return flagged(whole, flags=stopped(state.bad), stops=True)
    return whole


def _left_out(task: Task) -> Part:
    """The statuses and flags of excluded rows."""
    rows = pl.DataFrame({"row": task.excluded, "line": task.table.lines.gather(task.excluded)})
    statuses = rows.with_columns(person=pl.lit(None, pl.Int64), row_status=pl.lit("skipped"))
    return Part(statuses=statuses, flags=mark(rows, code="row_excluded"))


def _shared(keys: pl.DataFrame) -> pl.DataFrame:
    """The keys of rows that share one with another row."""
    return keys.filter(pl.col("row").is_in(entangled(keys).implode()))


def _keys(task: Task, *, state: _State) -> pl.DataFrame:
    """The keys of rows that must be planned together."""
    if state.names is None:
        if makes_addresses_of_numbers(task.policy):
            state.prepared.spool.put_directory(0, directory=task.snapshot(None))
        return one_by_one(pl.DataFrame({"row": pl.int_range(task.table.height, eager=True)}))
    if not makes_addresses_of_numbers(task.policy):
        return state.prepared.keys
    return _shared(pl.concat(_keys_of_named(task, state=state, number=n) for n in range(_batches(task))))


def _keys_of_named(task: Task, *, state: _State, number: int) -> pl.DataFrame:
    """The keys of a batch whose addresses are generated from its final usernames; their owners are fetched."""
    spool, rows = state.prepared.spool, state.rows(number)
    more = task.snapshot(lookups(rows.frame, policy=task.policy, reference=task.reference))
    directory = _merged([spool.directory(number, reference=task.reference), more])
    spool.put_directory(number, directory=directory)
    return keys_of(rows, directory=directory, policy=task.policy)


def _batches(task: Task) -> int:
    return max(1, -(-task.table.height // task.batch))


def _prepare(task: Task, *, number: int) -> tuple[Rows, Directory]:
    """Check one batch and fetch its people."""
    offset = number * task.batch
    rows = check(task.table.slice(offset, task.batch), task.headers, policy=task.policy, reference=task.reference)
    rows = with_twins(rows, twins=task.twins)
    task.progress("checking", offset, task.table.height)
    directory = task.snapshot(lookups(rows.frame, policy=task.policy, reference=task.reference))
    task.progress("comparing", min(offset + task.batch, task.table.height), task.table.height)
    return rows, directory


def _parts(task: Task, *, state: _State, keys: pl.DataFrame) -> Iterator[Part]:
    batches, spool = _batches(task), state.prepared.spool
    if batches == 1:
        rows, directory = state.rows(0), spool.directory(0, reference=state.reference)
        yield _planned(task, state=state, rows=rows, directory=directory, keys=keys)
        return
    mixed = pl.col("row").is_in(keys.get_column("row").unique().implode())
    tangled: list[tuple[Rows, Directory]] = []
    for number in range(batches):
        rows, directory = state.rows(number), spool.directory(number, reference=state.reference)
        if keys.height:
            tangled.append(_among(rows, directory=directory, rows_too=mixed, policy=task.policy))
        clean = replace(rows, frame=rows.frame.filter(~mixed), flags=rows.flags.filter(~mixed.fill_null(value=False)))
        yield _planned(task, state=state, rows=clean, directory=directory, keys=keys.clear())
        task.progress("planning", min((number + 1) * task.batch, task.table.height), task.table.height)
    if tangled:
        rows, directory = _joined(tangled)
        yield _planned(task, state=state, rows=rows, directory=directory, keys=keys)


def _with_departures(parts: Iterator[Part], *, task: Task, state: _State, listing: Listing) -> Iterator[Part]:
    """The parts, with unlisted people in the last one."""
    part, dated = next(parts), [pl.DataFrame(schema={"person": pl.Int64})]
    for following in parts:
        dated.append(dates_in(part))
        yield part
        part = following
    # What needs approval is applied later: the rest has done this by then.
    staying = state.prepared.staying if state.choice.only is None else state.prepared.staying.clear()
    absent, scope = task.absent(listing)
    day = day_after(state.reference, days=task.policy.grace_days)
    whole = depart(
        part,
        presence=Presence(
            listed=state.prepared.listed,
            absent=absent,
            scope=scope,
            staying=staying.join(pl.concat(dated), on="person", how="anti"),
        ),
        listing=listing,
        policy=task.policy,
        circumstances=replace(task.circumstances, stay=state.choice.stay, leaves_on=day),
    )
    yield with_departures(
        whole,
        before=part,
        reference=state.reference,
        fetch=lambda people: replace(task.snapshot(people.to_frame("person")), reference=state.reference),
    )


def _planned(task: Task, *, state: _State, rows: Rows, directory: Directory, keys: pl.DataFrame) -> Part:
    directory = state.between.applied_to(replace(directory, reference=state.reference))
    chosen, waiting = state.choice.of(rows), state.choice.waiting(rows)
    part = plan_batch(
        chosen,
        directory,
        policy=task.policy,
        keys=keys,
        taken=state.new,
        circumstances=task.circumstances,
        deepest=0 if state.names is None else DEEPEST,
        namesakes=_namesakes(task, rows=chosen, directory=directory),
    )
    part = passwords.assign(
        part,
        given=task.table.sealed,
        accounts=passwords.accounts(part, directory=directory, circumstances=task.circumstances),
        elsewhere=passwords.elsewhere(part, directory=directory),
        policy=task.policy,
    )
    state.learn(part)
    if waiting.statuses.is_empty():
        return part
    statuses = pl.concat([part.statuses, waiting.statuses]).sort("row")
    return replace(part, statuses=statuses, flags=collect(part.flags, waiting.flags))


def _namesakes(task: Task, *, rows: Rows, directory: Directory) -> pl.DataFrame | None:
    """People with the names of rows whose username nobody has, if misspelled usernames are looked for."""
    if task.namesakes is None or not looks_for_close(task.policy):
        return None
    names = unknown_names(rows.frame, people=directory.people).filter(pl.col("last") != "")
    return None if names.is_empty() else task.namesakes(names)


def _among(rows: Rows, *, directory: Directory, rows_too: pl.Expr, policy: Policy) -> tuple[Rows, Directory]:
    """The entangled rows of a batch, their flags, and the people of the batch that they can touch."""
    frame = rows.frame.filter(rows_too)
    flags = rows.flags.filter(rows_too & pl.col("row").is_not_null())
    found = reachable(frame, directory=directory, policy=policy)
    near = replace(found, people=_own(found.people), frames={name: _own(each) for name, each in found.frames.items()})
    return replace(rows, frame=_own(frame), flags=_own(flags)), near


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy of the frame: a filtered one keeps the text of the whole original in memory."""
    return from_bytes(to_bytes(frame))


def _joined(pieces: list[tuple[Rows, Directory]]) -> tuple[Rows, Directory]:
    first, _ = pieces[0]
    rows = replace(
        first,
        frame=pl.concat([rows.frame for rows, _ in pieces]),
        flags=pl.concat([rows.flags for rows, _ in pieces]),
    )
    return rows, _merged([directory for _, directory in pieces])


def _merged(directories: list[Directory]) -> Directory:
    """Parts of one directory as one."""
    return replace(
        directories[0],
        people=pl.concat([d.people for d in directories]).unique("person", maintain_order=True),
        frames={
            relation.name: pl.concat([d.frame(relation.name) for d in directories]).unique(maintain_order=True)
            for relation in kept_with_people()
        },
    )


def flagged(plan: Plan, *, flags: pl.DataFrame, stops: bool) -> Plan:
    """The plan with more flags on the file. stops: its rows and flags, without any changes."""
    spool, head = Spool(), replace(plan.head, new={}, awaiting={}, awaiting_people=0) if stops else plan.head

    def changed() -> Iterator[Part]:
        for number, part in enumerate(plan.parts):
            if stops:
                yield stop_all(part, why=None if number else flags)
            else:
                yield part if number else replace(part, flags=collect(flags, part.flags))

    whole = assemble(head, changed(), keep=lambda n, _, blobs: spool.put_part(n, blobs=blobs))
    return Plan(head=whole.head, parts=spool.parts(len(whole.head.fingerprints)))
