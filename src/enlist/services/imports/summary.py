"""How lists and pages show an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from enlist.core.errors import EnlistError, error_from
from enlist.core.presets import PRESETS
from enlist.services.jobs.queue import JobProgress, job_progress
from enlist.services.jobs.run import APPROVED, APPROVING, READING, REPLACING
from enlist.services.setup.labels import starter
from enlist.store import models
from enlist.store.imports import approvals, records
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES, Job

# The filters of the list of imports, and the stored states they find.
AT_WORK: Final = "at_work"
STILL: Final = ("draft", "ready")
LOOKED: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("staged",),
    "ready": ("planned",),
    AT_WORK: records.OPEN,
    "applied": ("applied",),
    "nothing_to_do": ("nothing_to_do",),
    "awaiting": ("awaiting",),
    "failed": ("failed",),
    "undone": ("undone",),
    "cancelled": ("cancelled", "dropped"),
}
# In a job's result: the plan that a person saw was stale, so it was planned again instead of applied.
PLANNED_AGAIN: Final = "planned_again"


@dataclass(frozen=True)
class Looked:
    """Filters of the list of imports. text: part of the file's name or note. state: one of LOOKED. by: a username.

    since: when it was created, at the earliest.
    """

    text: str = ""
    state: str = ""
    preset: str = ""
    by: str = ""
    since: datetime | None = None


ALL: Final = Looked()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """An import as lists show it.

    kind: import, undo, change or scheduled. state: of the import, or of its background job while that is open or
    failed. settings: those that differ from its preset's. undoes, split_from: numbers of other imports. by: a username
    (null: typed on the machine). created_at, applied_at: ISO 8601. rows: how many rows have which status. changes: how
    many changes of which verb. many: the bulk action it makes, "" if none. is_stale: its plan was out of date when it
    was applied. undone_in: the number of the import that undid it; undone_at: when.
    """

    number: int
    kind: str
    state: str
    preset: str
    settings: Mapping[str, object]
    file: str
    sha256: str
    undoes: int | None
    split_from: int | None
    people_to_confirm: int | None
    by: str | None
    created_at: str
    applied_at: str | None
    note: str
    rows: Mapping[str, int]
    changes: Mapping[str, int]
    key: str | None
    progress: JobProgress | None
    is_replacing: bool
    is_reading: bool
    is_approving: bool
    many: str
    is_open: bool
    is_draft: bool
    is_planned: bool
    is_stale: bool
    error: EnlistError | None
    undone_in: int | None
    undone_at: str | None

    @property
    def title(self) -> str:
        """The name that people gave it, or that of its file."""
        return self.note or self.file


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an import that needed approval: its own number and state."""

    number: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDetail(ImportSummary):
    """An import as its own page shows it.

    part: the import that holds what needed approval, with its state; "approving" while it is being applied. The dates:
    until when its file and plan are kept, or since when they are gone. fingerprint: of the plan that needs approval.
    """

    part: Part | None
    file_kept_until: str | None = None
    file_removed: str | None = None
    plan_kept_until: str | None = None
    plan_removed: str | None = None
    fingerprint: str | None = None


def summary_of(record: models.Import, *, job: Job | None, undo: models.Import | None) -> ImportSummary:
    """An import as lists show it. job: its last one. undo: the import that undid it."""
    working = job if job and _counts(job, record=record) else None
    # An import whose approval failed still needs one.
    is_refused = working is not None and (record.state, working.state) == (approvals.AWAITING, "failed")
    open_job = working if working and working.state in OPEN_STATES else None
    return ImportSummary(
        number=record.number,
        kind=record.kind,
        state=working.state if working and not is_refused else record.state,
        preset=record.preset,
        settings=_settings(record),
        file=record.file_name,
        sha256=record.sha256,
        undoes=record.undoes.number if record.undoes else None,
        split_from=record.split_from.number if record.split_from else None,
        people_to_confirm=record.plan_head["awaiting_people"] if record.state == approvals.AWAITING else None,
        by=starter(record),
        created_at=record.created_at.isoformat(timespec="seconds"),
        applied_at=_moment(record.applied_at),
        note=record.note,
        rows=record.figures.get("statuses", {}),
        changes=record.figures.get("verbs", {}),
        key=record.key,
        progress=job_progress(open_job) if open_job else None,
        is_replacing=open_job is not None and open_job.kind == REPLACING,
        is_reading=open_job is not None and jobs.current_kind(open_job) == READING,
        is_approving=open_job is not None and open_job.kind == APPROVING,
        many=record.order.get(records.MANY, ""),
        is_open=record.state in records.OPEN and record.split_from is None,
        is_draft=record.state in records.OPEN and records.is_shown_first(record),
        is_planned=record.state == "planned",
        is_stale=bool(record.state == "planned" and job and job.result.get(PLANNED_AGAIN)),
        error=error_from(working.error) if working and working.error else None,
        undone_in=undo.number if undo else None,
        undone_at=_moment(undo.applied_at) if undo else None,
    )


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _counts(job: Job, *, record: models.Import) -> bool:
    """Whether the state of an import is that of its last job.

    A job that was cancelled because of a change doesn't count, nor one that failed and left the draft as it was. After
    the import has ended, a job counts while it still has to start the approved part.
    """
    if record.state not in records.NOT_ENDED:
        return job.state in OPEN_STATES and bool(job.arguments.get(APPROVED))
    if job.state == "failed":
        return job.kind not in (REPLACING, READING) or not records.is_read(record)
    return job.state in OPEN_STATES


def _settings(record: models.Import) -> dict[str, object]:
    """The settings that differ from the import's preset."""
    usual = PRESETS[record.preset].policy.to_dict() if record.preset in PRESETS else record.policy
    return {name: value for name, value in record.policy.items() if value != usual.get(name)}
