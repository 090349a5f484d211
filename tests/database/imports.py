"""Minimal imports from text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.services.access import Scope
from enlist.services.drafts.draft import draft_new
from enlist.services.drafts.uploaded_file import reading_options
from enlist.services.imports.plan import import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.worker import worker_run

UPDATING = preset("moodle").configure(["upload_type=add_and_update", "update_details=from_file"])
KNOWN = preset("moodle").configure(["upload_type=update", "update_details=from_file"])
HEAD = "username,firstname,lastname,email"


def upload_of(file: BinaryIO, *, key: str, name: str = "roster.csv", **also: Any) -> ImportRequest:
    """The request of an import whose file is uploaded. also: reading (as it is kept), settings."""
    policy = preset("moodle").configure(also.pop("settings", ()))
    reading = reading_options(also.pop("reading", {}))
    return ImportRequest(source=file, name=name, preset="moodle", policy=policy, reading=reading, key=key)


def uploaded(scope: Scope, *, request: ImportRequest) -> int:
    """The number of a draft whose file a worker has read."""
    number = draft_new(scope, request=request)
    worker_run(lambda _: None, until_empty=True)
    return number


def staged(scope: Scope, text: str, *, settings: Sequence[str] = ()) -> Plan:
    """The plan of an import that updates, and adds where its columns let it, recorded beside its file."""
    return import_stage(scope, planned=import_plan(scope, request=order(text, settings=settings)))


def order(text: str, *, settings: Sequence[str] = ()) -> ImportRequest:
    """What asks for such an import."""
    policy = UPDATING if "lastname" in text else KNOWN
    for name, _, value in (setting.partition("=") for setting in settings):
        policy = policy.parse(name, text=value)
    return ImportRequest(source=text.encode(), policy=policy, preset="moodle")


def imported(scope: Scope, text: str) -> int:
    """Such an import, applied; its number."""
    return import_apply(scope, plan=staged(scope, text)).number
