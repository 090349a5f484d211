"""A Part in a short form, so that a test can expect everything at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from enlist.core.changes import AFTER, BEFORE
from enlist.core.directory.directory import Directory
from enlist.core.plan.plan import Part

Change = dict[str, Any]  # field → (before, after)
_UNSAID = {"person", "username", "username_key", "email_key"}
_USUAL = {"site_role": "learner", "state": "active", "source": "import"}


@dataclass(frozen=True)
class Story:
    """What a Part says, with names in place of ids.

    statuses: by row. flags: row, code, field. created: username → cells that are not blank or usual.
    updated: username → field → (before, after). deactivated, reactivated: usernames.
    enrolled: username, course, role. joined: username, course, group.
    """

    statuses: list[str]
    flags: list[tuple[int | None, str, str | None]] = field(default_factory=list)
    created: dict[str, dict[str, str]] = field(default_factory=dict)
    updated: dict[str, Change] = field(default_factory=dict)
    deactivated: list[str] = field(default_factory=list)
    reactivated: list[str] = field(default_factory=list)
    enrolled: list[tuple[str, str, str]] = field(default_factory=list)
    joined: list[tuple[str, str, str]] = field(default_factory=list)
    new_groups: list[tuple[str, str]] = field(default_factory=list)


def story(part: Part, *, directory: Directory) -> Story:
    """Read a Part that was planned for this directory."""
    reference = directory.reference
    created = _dicts(part, verb="create")
    names = {line["person"]: line["username"] for line in [*directory.people.to_dicts(), *created]}
    courses = dict(reference.courses.select("course", "shortname").iter_rows())
    roles = dict(reference.roles.select("role", "shortname").iter_rows())
    new_groups = _rows(part, verb="create_course_group")
    groups = {line[0]: (courses[line[1]], line[2]) for line in [*reference.course_groups.iter_rows(), *new_groups]}
    return Story(
        statuses=part.statuses.sort("row").get_column("row_status").to_list(),
        flags=sorted(
            part.flags.select("row", "code", "field").iter_rows(),
            key=lambda flag: (-1 if flag[0] is None else flag[0], *map(str, flag[1:])),
        ),
        created={str(cells["username"]): _told(cells) for cells in created},
        updated={names[line["person"]]: _changed(line) for line in _dicts(part, verb="update")},
        deactivated=sorted(names[line["person"]] for line in _dicts(part, verb="deactivate")),
        reactivated=sorted(names[line["person"]] for line in _dicts(part, verb="reactivate")),
        enrolled=sorted(
            (names[who], courses[course], roles[role]) for who, course, role, *_ in _rows(part, verb="enrol")
        ),
        joined=sorted((names[who], *groups[group]) for who, group in _rows(part, verb="join")),
        new_groups=sorted((courses[course], name) for _, course, name in new_groups),
    )


def _dicts(part: Part, *, verb: str) -> list[dict[str, Any]]:
    return part.frames[verb].to_dicts() if verb in part.frames else []


def _rows(part: Part, *, verb: str) -> list[tuple[Any, ...]]:
    return part.frames[verb].rows() if verb in part.frames else []


def _told(cells: dict[str, Any]) -> dict[str, str]:
    return {slug: cell for slug, cell in cells.items() if slug not in _UNSAID and cell and cell != _USUAL.get(slug)}


def _changed(line: dict[str, Any]) -> Change:
    fields = [name.removeprefix(AFTER) for name in line if name.startswith(AFTER)]
    pairs = {name: (line[BEFORE + name], line[AFTER + name]) for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
