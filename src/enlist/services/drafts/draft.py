"""Drafts: imports in preparation, page by page. Every choice is stored at once; nothing is applied.

`draft_new` stores a file; `draft_reread`, `draft_columns_set` and `draft_settings_set` change how it is imported;
`draft_plan` queues its planning; `draft_apply` queues applying the plan that was shown. An undo is a draft too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from enlist.core.directory.directory import Reference
from enlist.core.errors import EnlistError, HeaderError, LeaseTaken, NeedsApproval, PlanError
from enlist.core.fields.fields import PASSWORD
from enlist.core.plan.plan import Head
from enlist.core.planner.people.passwords import uses_file
from enlist.core.policy import Macros, Policy
from enlist.core.policy.preset import Preset
from enlist.core.presets import preset
from enlist.core.report.report import FlagGroup, groups_of
from enlist.core.table.overlay import names
from enlist.core.table.table import Source, Table
from enlist.services.access import Right, Scope, may_touch, needs
from enlist.services.accounts.inviting import invite_check
from enlist.services.imports.approval import approval_ahead, import_approve_later
from enlist.services.imports.background import SHOWN, key_check
from enlist.services.imports.changes import Change, change_new
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.rules import RuleChange
from enlist.services.imports.staged_file import (
    LINE,
    file_names,
    file_start,
    file_start_edited,
)
from enlist.services.jobs.run import APPROVED, KIND, PLANNING, READING, REPLACING
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import approvals, artifacts, records, remembered_headers, uploads
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES
from enlist.store.setup import lists
from enlist.store.transactions import short_transaction

from .columns import Column, ColumnWords, column_alone, columns_of
from .earlier import EARLIER
from .upload_limits import upload_check
from .uploaded_file import reading_check, stored_reading, uploaded_look

NO_MARKS: Final[Mapping[str, Any]] = {}
# In a job's arguments: the reading options.
READ_AS: Final = "reading"


@dataclass(frozen=True)
class Draft:
    """An import in preparation.

    first: its first rows, with LINE. start: its first chunk. flags: about the file, by kind. trouble: why it can't be
    planned, if so. earlier: the number of the import whose settings and columns it began with. groups: the groups that
    its setting home_group may name, with their names, if the preset offers it.
    """

    number: int
    state: str
    preset: Preset
    policy: Policy
    source: Source
    reading: Mapping[str, Any]
    rows: int
    first: pl.DataFrame
    flags: tuple[FlagGroup, ...]
    columns: tuple[Column, ...]
    reference: Reference
    start: Table = field(repr=False, compare=False)
    trouble: EnlistError | None = None
    earlier: int | None = None
    groups: tuple[tuple[str, str], ...] = ()

    @property
    def is_unsure(self) -> bool:
        """Whether somebody should check the columns."""
        return bool(self.trouble) or any(column.is_doubtful for column in self.columns)

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has checked all columns."""
        return all(column.is_confirmed or column.is_secret for column in self.columns)


@dataclass(frozen=True)
class Look:
    """How a file would be read: its first rows, with LINE, and flags about the file, by kind."""

    source: Source
    first: pl.DataFrame
    flags: tuple[FlagGroup, ...]


@needs(Right.IMPORT)
def draft_new(scope: Scope, *, request: ImportRequest, plan: bool = False, marks: Mapping[str, Any] = NO_MARKS) -> int:
    """Store a file, encrypted, as a new draft, and queue a job that reads it; the draft's number.

    plan: plan it as well, if its columns suffice. marks: more entries for the record's order.

    If the key exists already, nothing is stored, unless that file couldn't be read: then this one replaces it. Raises
    PolicyError, also for exceeded quotas, and FileError for a file that is too large.
    """
    reading = stored_reading(replace(request.reading, password=request.password))
    reading_check(reading)
    key_check(request.key)
    if isinstance(request.source, Path | Table):
        raise TypeError("the source of a draft is an open file or bytes")
    file = BytesIO(request.source) if isinstance(request.source, bytes) else request.source
    head = Head(
        organization=scope.organization.slug,
        preset=request.preset,
        policy=request.policy.to_dict(),
        file_name=(request.name or "").replace("\0", ""),
        file_sha256=uploads.fingerprint(file),
    )
    order = {"columns": dict(request.columns), "reading": reading, **marks}
    record = records.of_key(scope, key=request.key) if request.key else None
    if record is None or not records.is_same_upload(record, head=head, order=order):
        upload_check(scope, file=file)
        record = _kept(scope, head=head, order=order, key=request.key, file=file)
    if not records.is_read(record) and record.state in records.OPEN:
        _put(scope, record=record, kind=PLANNING if plan else READING)
    return record.number


def _kept(scope: Scope, *, head: Head, order: Mapping[str, Any], key: str, file: BinaryIO) -> models.Import:
    """A draft with its file, stored in one transaction."""
    earlier = records.of_key(scope, key=key) if key else None
    job = jobs.of_import(scope, number=earlier.number) if earlier else None
    if job and job.state in OPEN_STATES:
        jobs.cancel(job)
    with short_transaction():
        record, is_to_keep = records.new_upload(scope, head=head, key=key, order=order)
        if is_to_keep:
            uploads.keep(record, stream=file)
    return record


def draft_show(scope: Scope, *, number: int, rows: int = 8) -> Draft:
    """A draft with its first rows. Raises NotFound; PlanError if it isn't a draft any more or its file has expired."""
    record = draft_record(scope, number=number)
    start, changed = file_start_edited(record)
    draft = draft_of(record, start=start, called=names(changed), words=words_of(scope), rows=rows)
    offers_groups = "home_group" in draft.preset.offered
    return replace(draft, groups=tuple(lists.groups_to_name(scope))) if offers_groups else draft


def draft_of(
    record: models.Import, *, start: Table, called: Mapping[str, str], words: ColumnWords, rows: int = 0
) -> Draft:
    """A draft with its first rows. start: its first chunk. called: the names of renamed columns."""
    columns, trouble = columns_of(start, record=record, called=called, words=words)
    return Draft(
        number=record.number,
        state=record.state,
        preset=preset(record.preset),
        policy=Policy.from_dict(record.policy),
        source=start.source,
        reading=record.order["reading"],
        rows=record.order["rows"],
        first=_first(start, rows=rows),
        flags=tuple(groups_of([start.flags])),
        columns=columns,
        reference=words.reference,
        start=start,
        trouble=trouble,
        earlier=record.order.get(EARLIER),
    )


def draft_reread(scope: Scope, *, number: int, reading: Mapping[str, Any], let_macros_in: bool = False) -> None:
    """Queue a job that reads the file of a draft with other options. Choices for columns that still exist stay.

    If the file can't be read that way, the draft stays as it was (`draft_reading` has the reason). Raises FileError or
    PolicyError for invalid options.
    """
    reading_check(reading)
    record = draft_to_change(scope, number=number, unread=True)
    if let_macros_in:
        policy = Policy.from_dict(record.policy).replace(macros=Macros.LET_IN)
        records.change(record, policy=policy.to_dict(), note=record.note)
    _put(scope, record=record, kind=READING, arguments={READ_AS: _with_kept(record, reading=reading)})


def draft_look(scope: Scope, *, number: int, reading: Mapping[str, Any], rows: int = 8) -> Look:
    """How a draft's file would be read with other options; nothing is stored.

    Only its beginning is read. Raises NotFound, PlanError as `draft_show`; FileError if it can't be read that way.
    """
    reading_check(reading)
    record = draft_record(scope, number=number, unread=True)
    asked, policy = _with_kept(record, reading=reading), Policy.from_dict(record.policy)
    table = uploaded_look(record, reading=asked, policy=policy, rows=rows)
    return Look(table.source, first=_first(table, rows=rows), flags=tuple(groups_of([table.flags])))


def draft_columns_set(scope: Scope, *, number: int, columns: Mapping[str, str], password: str | None = None) -> None:
    """Map columns to fields: header → field, "" for an excluded column.

    password: the header, in the file, of the column that holds passwords, "" if none was chosen; None for no change.
    If it changes, the file is read again, so that nobody sees the passwords. Raises HeaderError if two columns mean the
    same field, or if this import uses no passwords of the file; then nothing changes.
    """
    record = draft_to_change(scope, number=number)
    start, words = file_start(record), words_of(scope)
    if hidden := file_names(record).get(password or ""):
        if not uses_file(Policy.from_dict(record.policy)):
            words.match(start, overrides={hidden: PASSWORD.slug}, left_out=())
        start = replace(start, frame=start.frame.drop(hidden), secrets=(*start.secrets, hidden))
    guessed = {header: column_alone(header, words=words).slug or "" for header in start.headers}
    meant = {header: slug for header, slug in columns.items() if header in guessed}
    left_out = tuple(header for header, slug in meant.items() if not slug and guessed[header])
    chosen = {header: slug for header, slug in meant.items() if slug and slug != guessed[header]}
    match = words.match(start, overrides=chosen, left_out=left_out)
    # Guesses from cells depend on the other columns.
    if seen := [each.header for each in match.columns if each.slug and not meant.get(each.header, each.slug)]:
        left_out = (*left_out, *seen)
        match = words.match(start, overrides=chosen, left_out=left_out)
    _keep_mapping(record, columns=chosen, left_out=left_out, of=(*start.headers, *start.secrets))
    # Names that people typed for columns aren't remembered for other files.
    names = file_names(record)
    remembered_headers.remember(scope, headers={h: slug for h, slug in match.lessons.items() if names.get(h) == h})
    if password not in (None, record.order["reading"].get("password", "")):
        _put(scope, record=record, kind=READING, arguments={READ_AS: _with_kept(record, password=password)})


def draft_column_set(scope: Scope, *, number: int, header: str, name: str) -> None:
    """Map one column to a field, named by its slug, label or synonym; "" excludes the column.

    header: in the file. Raises HeaderError if the name isn't a field, or if another column means it; then nothing
    changes.
    """
    columns = [each for each in draft_show(scope, number=number, rows=0).columns if not each.is_secret]
    if header not in (each.header_in_file for each in columns):
        raise HeaderError("column_gone", column=header)
    meant = {each.header: name if each.header_in_file == header else each.slug for each in columns}
    draft_columns_set(scope, number=number, columns=meant)


def words_of(scope: Scope) -> ColumnWords:
    """The words of the organisation."""
    return ColumnWords(
        snapshot.fields(scope.organization), remembered=remembered_headers.remembered(scope.organization)
    )


def draft_settings_set(
    scope: Scope, *, number: int, settings: tuple[str, ...], used: Mapping[str, bool] | None = None
) -> None:
    """Set the settings of a draft (`preset.configure`), and the columns it excludes.

    used: header → whether the column is imported, for columns that the form shows. Raises PolicyError for invalid
    settings, FileError if they forbid the file; then nothing changes.
    """
    record = draft_record(scope, number=number)
    there = file_names(record).values() if used else ()
    chosen = {header: is_used for header, is_used in (used or {}).items() if header in there}
    left_out = [header for header in Policy.from_dict(record.policy).columns_left_out if header not in chosen]
    left_out += [header for header, is_used in chosen.items() if not is_used]
    policy = preset(record.preset).configure(settings).replace(columns_left_out=left_out)
    # A form without changes, perhaps sent twice, must not cancel a job.
    if policy.to_dict() == record.policy:
        return
    if policy.macros != Policy.from_dict(record.policy).macros:
        # Raises FileError if the new settings don't allow the file's macros.
        uploaded_look(record, reading=record.order["reading"], policy=policy, rows=1)
    record = draft_to_change(scope, number=number)
    kept = {header: slug for header, slug in record.order["columns"].items() if header not in left_out}
    _keep_columns(record, columns=kept, policy=policy)


def draft_plan(scope: Scope, *, number: int) -> None:
    """Queue a job that plans a draft, unless it has a plan or an open job. Raises NotFound, PlanError.

    If that job was cancelled because of a change and is still running, the new one follows it.
    """
    record = draft_record(scope, number=number, unread=True)
    if record.state != "planned":
        _put(scope, record=record, kind=PLANNING)


def draft_apply(
    scope: Scope, *, number: int, shown: str, confirm: int | None = None, invite: bool | None = None
) -> None:
    """Queue a job that applies the plan with this fingerprint; a second call does nothing.

    If the plan is stale by then, it is planned again instead of applied. confirm: approve what is over the limits too,
    by its number of people; without it, that waits for approval. invite: the answer if the settings ask. Raises
    PlanError if the draft has been planned again since the person saw the plan, PolicyError if an answer is missing,
    and as `approval_ahead`.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    if record.split_from is not None:
        raise NeedsApproval("import_needs_approval", number=number)
    if record.state in ("applied", "nothing_to_do", "awaiting", "undone"):
        return
    if record.state != "planned" or artifacts.plan_of(record).fingerprint != shown:
        raise PlanError("plan_not_shown")
    invite_check(record.policy, new=record.plan_head["new"].get("person", 0), answer=invite)
    approved = {} if confirm is None else approval_ahead(scope, record=record, confirm=confirm)
    if invite is not None:
        records.keep_answer(record, invite=invite)
    if records.is_without_file(record) and record.plan_head["awaiting"]:
        approvals.hold(record)
        if approved:
            import_approve_later(scope, **approved)
        return
    jobs.put(scope, kind=KIND, import_number=record.number, arguments={SHOWN: shown, APPROVED: approved})


def draft_undo(scope: Scope, *, number: int) -> int:
    """Create an undo of an import and queue its planning; its number. Raises PlanError."""
    undone = records.get(scope, number=number)
    may_touch(scope, record=undone, others=Right.UNDO_IMPORTS)
    if undone.state != "applied":
        raise PlanError("import_not_undoable", number=number, state=undone.state.replace("_", " "))
    head = Head(
        organization=scope.organization.slug,
        kind="undo",
        preset=undone.preset,
        file_name=undone.file_name,
        file_sha256=undone.sha256,
        undoes=number,
    )
    record = records.undo_new(scope, head=head, undone=undone)
    _put(scope, record=record, kind=PLANNING)
    return record.number


@needs(Right.CHANGE_CONDITIONS)
def draft_rules(scope: Scope, *, change: RuleChange) -> int:
    """Create an import that makes a change of rules and queue its planning; its number."""
    return draft_change(scope, change=change)


def draft_change(scope: Scope, *, change: Change) -> int:
    """Create an import that makes a change without a file and queue its planning; its number."""
    record = change_new(scope, change=change)
    _put(scope, record=record, kind=PLANNING)
    return record.number


def draft_record(scope: Scope, *, number: int, unread: bool = False) -> models.Import:
    """The record of a draft that the acting person may change.

    unread: also if its file isn't read yet. Raises NotFound, NotAllowed, PlanError.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    if record.state not in records.OPEN or record.split_from is not None:
        raise PlanError("import_closed", number=number, state=record.state.replace("_", " "))
    if not unread and "reading" in record.order and not records.is_read(record):
        raise PlanError("file_not_read", number=number)
    return record


def draft_to_change(scope: Scope, *, number: int, unread: bool = False) -> models.Import:
    """The record of a draft, without its plan; a job that plans it is cancelled.

    Raises as `draft_record`, and LeaseTaken while a job reads the file or replaces cells.
    """
    record = draft_record(scope, number=number, unread=unread)
    if record.undoes is not None or "reading" not in record.order:
        raise PlanError("import_without_file", number=number)
    job = jobs.of_import(scope, number=number)
    if job and job.state in OPEN_STATES and (kind := jobs.current_kind(job)):
        if kind == REPLACING:
            raise LeaseTaken("import_replacing", number=number)
        if kind == READING:
            raise LeaseTaken("file_being_read", number=number)
        if kind == KIND:
            raise PlanError("import_busy", number=number)
        jobs.cancel(job)
    records.outdated(record)
    return record


def draft_stop(scope: Scope, *, number: int) -> bool:
    """Cancel the job that replaces cells of a draft or reads its file again; whether there was one.

    The draft stays as it was.
    """
    record = draft_record(scope, number=number, unread=True)
    job = jobs.of_import(scope, number=number)
    if job is None or job.state not in OPEN_STATES or job.kind not in (REPLACING, READING):
        return False
    if not records.is_read(record):
        return False
    jobs.cancel(job)
    return True


def _put(scope: Scope, *, record: models.Import, kind: str, arguments: Mapping[str, Any] | None = None) -> None:
    """Queue a job, unless one of this kind is open; it starts after a cancelled one that is still running."""
    job, is_new = jobs.put(scope, kind=kind, import_number=record.number, arguments=arguments)
    if not is_new and job.cancel and not jobs.follow(scope, job=job, kind=kind, arguments=arguments):
        _put(scope, record=record, kind=kind, arguments=arguments)


def _with_kept(
    record: models.Import, *, reading: Mapping[str, Any] | None = None, password: str | None = None
) -> dict[str, Any]:
    """Reading options (default: the draft's), with those that their form lacks: pasted text, the passwords' column."""
    before = record.order["reading"]
    kept = {name: before[name] for name in ("pasted", "password") if name in before}
    if password is not None:
        kept["password"] = password
    return {name: value for name, value in {**(before if reading is None else reading), **kept}.items() if value != ""}


def _first(table: Table, *, rows: int) -> pl.DataFrame:
    return table.frame.head(rows).insert_column(0, table.lines.head(rows).alias(LINE))


def _keep_columns(record: models.Import, *, columns: Mapping[str, str], policy: Policy) -> None:
    """Store the mapping of columns in the record, and the excluded columns in its policy."""
    with short_transaction():
        records.keep_order(record, order={**record.order, "columns": dict(columns)})
        # An import that a person renamed keeps its name while other settings change.
        note = record.note if policy.note == record.policy["note"] else policy.note
        records.change(record, policy=policy.to_dict(), note=note)


def _keep_mapping(
    record: models.Import, *, columns: Mapping[str, str], left_out: Iterable[str], of: Collection[str]
) -> None:
    """Store choices for these columns (all current names), keeping choices for other names."""
    policy, before = Policy.from_dict(record.policy), record.order["columns"]
    others = {header: slug for header, slug in before.items() if header not in of}
    out = [header for header in policy.columns_left_out if header not in of]
    policy = policy.replace(columns_left_out=[*left_out, *out])
    _keep_columns(record, columns={**columns, **others}, policy=policy)
