"""The first step of a draft that has something to decide. Steps before it are passed, and can be opened again."""

from __future__ import annotations

from typing import Final

from enlist.core.flags.catalogue import NOT_IMPORTED
from enlist.core.report.report import FlagGroup
from enlist.services.access import Scope
from enlist.store import models
from enlist.store.imports import records
from enlist.store.jobs import jobs
from enlist.store.operations.models import OPEN_STATES

from .draft import Draft, draft_plan, draft_record, draft_show
from .reading import draft_reading

SOURCE, COLUMNS, REVIEW, PREVIEW = STEPS = ("source", "columns", "review", "preview")
# Flags about columns that somebody should look at.
_DOUBTS: Final = ("header_doubted", "column_rival", "column_spare", "column_without_course", "state_unmapped")
# Warnings about the file that pages of later steps show as well, or that need no decision.
_SHOWN_LATER: Final = frozenset({"encoding_guessed", "merged_across", "web_page"})


def draft_next(scope: Scope, *, number: int, after: str = "") -> str:
    """The step to show next: one of STEPS, or "" while a job reads or plans the draft.

    after: the step that the person has just completed. Raises as `draft_record`.
    """
    record = draft_record(scope, number=number, unread=True)
    if "reading" not in record.order:
        return PREVIEW
    reading = draft_reading(scope, number=number)
    if reading.progress or not reading.is_read:
        return "" if reading.progress else SOURCE
    draft = draft_show(scope, number=number, rows=0)
    for step, is_open in ((SOURCE, _is_reading_unsure(draft)), (COLUMNS, draft.is_unsure)):
        if is_open and _comes_after(step, after=after):
            return step
    return _of_plan(scope, record=record, draft=draft, after=after)


def draft_columns_confirm(scope: Scope, *, number: int) -> None:
    """Remember that somebody has checked the columns, so that no step asks about them again. The plan stays.

    Raises as `draft_record`.
    """
    record = draft_record(scope, number=number)
    headers = [column.header for column in draft_show(scope, number=number, rows=0).columns]
    records.keep_order(record, order={**record.order, records.CONFIRMED: headers})


def draft_plan_if_complete(scope: Scope, *, number: int) -> None:
    """Queue the planning of a draft (`draft_plan`), unless its columns don't suffice. Raises as `draft_record`."""
    record = draft_record(scope, number=number, unread=True)
    if "reading" in record.order and records.is_read(record) and draft_show(scope, number=number, rows=0).trouble:
        return
    draft_plan(scope, number=number)


def _of_plan(scope: Scope, *, record: models.Import, draft: Draft, after: str) -> str:
    """The step that the plan leads to."""
    job = jobs.of_import(scope, number=record.number)
    if job and job.state in OPEN_STATES:
        return ""
    # The job may have ended since the record was read: then the plan would be passed over.
    record.refresh_from_db(fields=["state", "figures"])
    if draft.trouble:
        return COLUMNS
    if record.state != "planned":
        return PREVIEW
    flags, statuses = record.figures["flags"], record.figures["statuses"]
    is_doubted = statuses.get("skipped") or any(code in flags for code in _DOUBTS)
    if is_doubted and not draft.is_confirmed and _comes_after(COLUMNS, after=after):
        return COLUMNS
    return REVIEW if any(code in flags for code in NOT_IMPORTED) and _comes_after(REVIEW, after=after) else PREVIEW


def _is_reading_unsure(draft: Draft) -> bool:
    """Whether somebody should check how the file was read."""
    return draft.earlier is None and any(_is_to_check(group) for group in draft.flags)


def _is_to_check(group: FlagGroup) -> bool:
    return not group.lines and group.level != "notice" and group.code not in _SHOWN_LATER


def _comes_after(step: str, *, after: str) -> bool:
    return after not in STEPS or STEPS.index(step) > STEPS.index(after)
