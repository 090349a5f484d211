"""Many people at once: what is done to them is an import of a table that names them, looked at before it is done.

So it is planned, held by the limits, refused where stale, kept in history and taken back like any other
(docs/decisions/0013-many-at-once-are-an-import.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from enlist.core.errors import PolicyError
from enlist.core.plan.plan import Plan
from enlist.core.presets import preset
from enlist.formats import ReadOptions, write
from enlist.services.access import Right, Scope, needs
from enlist.services.drafts.draft import draft_new
from enlist.services.imports.plan import Planned, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.progress import Progress, silent
from enlist.store.imports import records
from enlist.store.setup import courses, groups

from .listing import Chosen, person_everybody

BULK_ACTIONS: Final = ("deactivate", "reactivate", "join", "enrol")
# Nothing but the action happens, and names are taken as they stand.
_SETTINGS: Final = ("upload_type=update", "username_characters=extended", "username_case=keep")
_PRESET: Final = "moodle"
# Nothing of a table that we wrote ourselves is to be found out.
_READING: Final[Mapping[str, Any]] = {"encoding": "utf-8", "delimiter": ",", "header": 1}


@dataclass(frozen=True)
class BulkAction:
    """A bulk action: one of BULK_ACTIONS; the group they join; the course, and their role there ("": the course's)."""

    what: str
    group: str = ""
    course: str = ""
    role: str = ""


@needs(Right.IMPORT)
def many_draft(scope: Scope, *, action: BulkAction, chosen: Chosen, key: str) -> int:
    """An import that does this to them, being planned, to be looked at; its number.

    With the same key it is one import. Raises PolicyError where nobody is chosen or for another action, NotFound for a
    group or course there is not.
    """
    request = replace(many_request(scope, action=action, chosen=chosen), key=key)
    return draft_new(scope, request=request, plan=True, marks={records.MANY: action.what})


@needs(Right.IMPORT)
def many_request(scope: Scope, *, action: BulkAction, chosen: Chosen) -> ImportRequest:
    """The request of an import that does this to them. Raises as `many_draft`."""
    title, table = _table(scope, action=action, chosen=chosen)
    return ImportRequest(
        source=write(table),
        policy=preset(_PRESET).configure((*_SETTINGS, f"note={title}")),
        preset=_PRESET,
        name=title,
        columns={name: name for name in table.columns},
        reading=ReadOptions(**_READING),
    )


@needs(Right.IMPORT)
def many_stage(scope: Scope, *, action: BulkAction, planned: Planned, progress: Progress = silent) -> Plan:
    """Record what `many_request` was planned to (`imports.import_stage`)."""
    plan = import_stage(scope, planned=planned, progress=progress)
    _mark(scope, number=plan.head.staged or 0, action=action)
    return plan


def _mark(scope: Scope, *, number: int, action: BulkAction) -> None:
    record = records.get(scope, number=number)
    records.keep_order(record, order={**record.order, records.MANY: action.what})


def _table(scope: Scope, *, action: BulkAction, chosen: Chosen) -> tuple[str, pl.DataFrame]:
    """What it is called, and a row a person that says what becomes of them."""
    title, columns = _meant(scope, action=action)
    whom = _usernames(scope, chosen=chosen)
    if whom.is_empty():
        raise PolicyError("nobody_chosen")
    return title, whom.to_frame("username").with_columns(pl.lit(cell).alias(name) for name, cell in columns.items())


def _usernames(scope: Scope, *, chosen: Chosen) -> pl.Series:
    if chosen.wanted is None:
        return pl.Series("username", list(dict.fromkeys(chosen.usernames)), dtype=pl.String)
    return person_everybody(scope, wanted=chosen.wanted).get_column("username")


def _meant(scope: Scope, *, action: BulkAction) -> tuple[str, dict[str, str]]:
    """What a action is called, and what the columns of its table say."""
    match action.what:
        case "deactivate":
            return "Deactivate people", {"suspended": "1"}
        case "reactivate":
            return "Reactivate people", {"suspended": "0"}
        case "join":
            group = groups.find(scope, name=action.group)
            return f"Add people to {group.name}", {"cohort1": str(group.pk)}
        case "enrol":
            course = courses.find(scope, shortname=action.course)
            return f"Enrol people in {course.shortname}", {
                "course1": course.shortname,
                "role1": _role(scope, action=action),
            }
        case _:
            raise PolicyError("bulk_action_unknown", action=action.what, actions=", ".join(BULK_ACTIONS))


def _role(scope: Scope, *, action: BulkAction) -> str:
    """A role as a row names it: what is all digits is taken for an id there."""
    if not action.role.isdecimal():
        return action.role
    ids = {role.shortname: role.pk for role in courses.roles(scope)}
    return str(ids.get(action.role, action.role))
