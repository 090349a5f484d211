"""A worker reads the uploaded file of a draft; the draft's page shows its progress or error.

The file stays stored encrypted, in pieces (`store.imports.uploads`). A worker decrypts it to a file without a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from enlist.core.errors import Cancelled, EnlistError, FileError, error_from
from enlist.core.policy import Policy
from enlist.services.access import Scope
from enlist.services.imports.background import import_make_plan
from enlist.services.imports.orphans import import_forget
from enlist.services.imports.staged_file import file_keep
from enlist.services.jobs.queue import JobProgress, job_progress
from enlist.services.jobs.run import READING, Run
from enlist.store import models
from enlist.store.imports import edits, records
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES
from enlist.store.transactions import short_transaction

from .draft import READ_AS, draft_record, draft_show
from .earlier import earlier_recall
from .uploaded_file import uploaded_read


@dataclass(frozen=True)
class Reading:
    """The state of reading a draft's file.

    options: of the current or last attempt. is_read: its rows are stored. progress: of a worker that reads it, if one
    does. failure: why the last attempt failed, if it did.
    """

    number: int
    file: str
    options: Mapping[str, Any]
    is_read: bool
    progress: JobProgress | None
    failure: EnlistError | None


def draft_reading(scope: Scope, *, number: int) -> Reading:
    """The state of reading a draft's file. Raises as `draft_record`."""
    record = draft_record(scope, number=number, unread=True)
    job, is_read = jobs.of_import(scope, number=number), records.is_read(record)
    is_mine = job is not None and (not is_read or jobs.current_kind(job) == READING)
    options = record.order.get("reading", {})
    failure = None
    if job and is_mine and job.state == "failed":
        # Erasing a person may have removed the error.
        failure = error_from(job.error) if job.error else FileError("reading_failed")
        options = job.arguments.get(READ_AS, options)
    return Reading(
        number,
        file=record.file_name,
        options=options,
        is_read=is_read,
        progress=job_progress(job) if job and is_mine and job.state in OPEN_STATES else None,
        failure=failure,
    )


def draft_file_read(run: Run) -> None:
    """The work of a job: read the file of its draft. If it can't be read, the draft stays as it was."""
    record = draft_record(run.scope, number=run.job.import_number or 0, unread=True)
    with _tidied(run, record=record):
        _read(run, record=record, reading=run.job.arguments.get(READ_AS, record.order["reading"]))


def draft_file_plan(run: Run) -> None:
    """The work of a job: plan an undo or a draft, reading its file first if necessary.

    A draft that was just read isn't planned if it lacks a column.
    """
    record = records.get(run.scope, number=run.job.import_number or 0)
    with _tidied(run, record=record):
        if "reading" in record.order and record.state in records.OPEN and not records.is_read(record):
            _read(run, record=record, reading=record.order["reading"])
            # The draft's pages ask for what is missing.
            if draft_show(run.scope, number=record.number, rows=0).trouble:
                return
        import_make_plan(run)


@contextmanager
def _tidied(run: Run, *, record: models.Import) -> Iterator[None]:
    """A block that removes what it stored if the import was discarded meanwhile."""
    try:
        yield
    except Cancelled:
        with run.ending():
            if not records.is_open(record):
                import_forget(record)
        raise


def _read(run: Run, *, record: models.Import, reading: Mapping[str, Any]) -> None:
    run.go_on("reading", done=0, total=0)
    table = uploaded_read(record, reading=reading, policy=Policy.from_dict(record.policy), progress=run)
    with short_transaction():
        # First, because it locks the record: a second process waits here.
        edits.forget(record)
        records.restart(record)
        records.reread(record, sha256=table.source.sha256)
        columns = {
            header: slug
            for header, slug in record.order["columns"].items()
            if header in table.headers or not records.is_read(record)
        }
        before = record.order
        file_keep(record, table=table, columns=columns, progress=run)
        records.keep_order(record, order={**before, **record.order, "reading": dict(reading)})
        if "source" not in before:
            earlier_recall(record)
