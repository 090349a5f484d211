"""Bulk actions: an import of a table that names the chosen people.

So they have a preview, limits, history and undo like any other import
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
# Nothing but the action happens, usernames stay as they are, and limits of active people hold as on a person's page.
_SETTINGS: Final = (
    "upload_type=update", "username_characters=extended", "username_case=keep", "active_limit=refuse",
)  # fmt: skip
_PRESET: Final = "moodle"
# Enlist wrote the table itself, so it doesn't detect anything.
_READING: Final[Mapping[str, Any]] = {"encoding": "utf-8", "delimiter": ",", "header": 1}


@dataclass(frozen=True)
class BulkAction:
    """what: one of BULK_ACTIONS. group: to join. course, role: to enrol in ("": the course's own role)."""

    what: str
    group: str = ""
    course: str = ""
    role: str = ""


@needs(Right.IMPORT)
def many_draft(scope: Scope, *, action: BulkAction, chosen: Chosen, key: str) -> int:
    """A draft that makes a bulk action, to be reviewed; a worker plans it. Its number.

    The same key gives the same import. Raises PolicyError if nobody is chosen or for an unknown action, NotFound for an
    unknown group or course.
    """
    request = replace(many_request(scope, action=action, chosen=chosen), key=key)
    return draft_new(scope, request=request, plan=True, marks={records.MANY: action.what})


@needs(Right.IMPORT)
def many_request(scope: Scope, *, action: BulkAction, chosen: Chosen) -> ImportRequest:
    """The request for an import that makes a bulk action. Raises as `many_draft`."""
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
    """Store the plan of a `many_request` (`import_stage`)."""
    plan = import_stage(scope, planned=planned, progress=progress)
    record = records.get(scope, number=plan.head.staged or 0)
    records.keep_order(record, order={**record.order, records.MANY: action.what})
    return plan


def _table(scope: Scope, *, action: BulkAction, chosen: Chosen) -> tuple[str, pl.DataFrame]:
    """The title of the import, and its table: a row per person."""
    title, columns = _columns(scope, action=action)
    usernames = _usernames(scope, chosen=chosen)
    if usernames.is_empty():
        raise PolicyError("nobody_chosen")
    return title, usernames.to_frame("username").with_columns(
        pl.lit(cell).alias(name) for name, cell in columns.items()
    )


def _usernames(scope: Scope, *, chosen: Chosen) -> pl.Series:
    if chosen.wanted is None:
        return pl.Series("username", list(dict.fromkeys(chosen.usernames)), dtype=pl.String)
    return person_everybody(scope, wanted=chosen.wanted).get_column("username")


def _columns(scope: Scope, *, action: BulkAction) -> tuple[str, dict[str, str]]:
    """The title of an action, and the columns that make it, each with its cell."""
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
    """A role as a row names it. A short name of digits would be read as an id, so its id replaces it."""
    if not action.role.isdecimal():
        return action.role
    ids = {role.shortname: role.pk for role in courses.roles(scope)}
    return str(ids.get(action.role, action.role))
