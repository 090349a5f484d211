"""The expected result of an undo, computed from directories; plans are used only for what they report as kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from enlist.core.directory.directory import Directory

# Each cell, enrolment, membership and group by what it is about; of those of people the second is the person's id.
Facts = dict[tuple[Any, ...], Any]
OF_PEOPLE = ("cell", "enrolment", "member", "membership")
# Which group somebody is in, by what says that they are.
GROUP_OF = {"member": "course_group", "membership": "group"}
_KINDS = {"member": "course group", "membership": "group"}
_KEYS = {"username": "username_key", "email": "email_key"}


@dataclass(frozen=True)
class BulkAction:
    """An import or undo that was applied: its number, and the directory before and after it."""

    number: int
    before: Directory
    after: Directory


@dataclass(frozen=True)
class Kept:
    """What an undo says, or must say, that it keeps.

    cells: (username, field or "enrolment") that were changed since. deactivated: usernames of people who were changed
    since. groups: (course or "", group) that somebody else is in. gone: how many people are not there any more.
    """

    cells: frozenset[tuple[str, str]]
    deactivated: frozenset[str]
    groups: frozenset[tuple[str, str]]
    gone: int


@dataclass(frozen=True)
class Excused:
    """What cannot go back since others have it now: (username, field), and usernames of those who cannot come back.

    members: usernames of those whose group is not there any more, and which kind it was.
    """

    cells: frozenset[tuple[str, str]]
    people: frozenset[str]
    members: frozenset[tuple[str, str]]


def facts(directory: Directory) -> Facts:
    """All that a directory holds but versions; what is not there has no entry."""
    reference = directory.reference
    courses = dict(reference.courses.select("course", "shortname").iter_rows())
    course_groups = {each: (courses[course], name) for each, course, name in reference.course_groups.iter_rows()}
    groups = {row["people_group"]: (row["idnumber"], row["name"]) for row in reference.groups.iter_rows(named=True)}
    cells = {
        ("cell", line["person"], slug): value
        for line in directory.people.drop("version", *_KEYS.values()).iter_rows(named=True)
        for slug, value in line.items()
        if value is not None
    }
    return {
        **cells,
        **{("enrolment", *row[:3]): row[3:] for row in directory.enrolments.iter_rows()},
        **{("member", person, *course_groups[group]): True for person, group in directory.members.iter_rows()},
        **{("membership", row[0], *groups[row[1]]): True for row in directory.memberships.iter_rows()},
        **{("course_group", each, *name): True for each, name in course_groups.items()},
        **{("group", each, *name): True for each, name in groups.items()},
    }


def versions(directory: Directory) -> dict[int, int]:
    """Everybody's version."""
    return dict(directory.people.select("person", "version").iter_rows())


def usernames(directory: Directory) -> dict[int, str]:
    """What everybody is called."""
    return dict(directory.people.select("person", "username").iter_rows())


def said(flags: pl.DataFrame) -> tuple[Kept, Excused]:
    """What the flags of an undo say that it keeps, and what it says belongs to others now."""

    def of(code: str, *columns: str) -> frozenset[Any]:
        return frozenset(flags.filter(pl.col("code") == code).select(*columns).iter_rows())

    groups = of("course_group_kept", "detail", "value") | {("", name) for (name,) in of("group_kept", "value")}
    deactivated = frozenset(name for (name,) in of("kept_person_changed", "value"))
    gone = flags.filter(pl.col("code") == "gone_since").height
    lost = frozenset(name for (name,) in of("not_restored", "value"))
    cells = of("kept_changed_since", "value", "field")
    return Kept(cells, deactivated, groups, gone), Excused(
        of("kept_taken", "value", "field"), lost, of("group_gone", "value", "field")
    )


def taken_back(action: BulkAction, *, now: Directory, excused: Excused) -> tuple[Facts, Kept]:
    """The facts after a action is undone, and what is kept: whatever is not as the action left it."""
    was, made, result = facts(action.before), facts(action.after), facts(now)
    before, after, here = versions(action.before), versions(action.after), versions(now)
    names = usernames(now) | {person: name for person, name in usernames(action.before).items() if person not in here}
    differing = [key for key in {**was, **made} if was.get(key) != made.get(key)]
    # A removal takes blank cells too: one that was filled since isn't as it was.
    back = before.keys() - after.keys()
    differing += [key for key in result if key[0] == "cell" and key[1] in back and key not in was]
    touched = {key[1] for key in differing if key[0] in OF_PEOPLE}
    lost = {person for person in touched - here.keys() if person not in after and names[person] in excused.people}
    gone = {person for person in touched - here.keys() if person in after}
    changed = {person for person in touched & here.keys() - before.keys() if here[person] != after[person]}
    cells = set()
    for key in differing:
        owner = names.get(key[1], "") if key[0] in OF_PEOPLE else ""
        field = key[2] if key[0] == "cell" else key[0]
        if (key[0] in OF_PEOPLE and key[1] in lost | gone | changed) or (owner, field) in excused.cells:
            continue
        is_homeless = (owner, _KINDS.get(field)) in excused.members and not _has_group(key, at=result)
        if is_homeless or _is_replaced(key, result=result):
            continue
        if result.get(key) == made.get(key):
            _put(result, key=key, value=was.get(key))
        elif result.get(key) != was.get(key):
            cells.add((owner, field))
    result.update({("cell", person, "state"): "inactive" for person in changed})
    mine = facts(now).keys()
    kept = _still_used(result, dropped=[key for key in differing if key in mine and key in made and key not in was])
    return result, Kept(frozenset(cells), frozenset(names[person] for person in changed), kept, len(gone))


def without_reason(excused: Excused, *, action: BulkAction, now: Directory, left: Directory) -> list[str]:
    """What an undo kept or lost because it belongs to others, and does not."""
    here, were = ({name: person for person, name in usernames(directory).items()} for directory in (now, action.before))
    wanted = {line["person"]: line for line in action.before.people.iter_rows(named=True)}
    asked: list[tuple[str, int, tuple[str, ...]]] = [(name, here[name], (field,)) for name, field in excused.cells]
    asked += [(name, were[name], tuple(_KEYS)) for name in excused.people]

    def others_have(person: int, *, key: str) -> bool:
        value = wanted[person][key]
        others = left.people.filter(pl.col("person") != person, pl.col(key) == value)
        return bool(value) and not others.is_empty()

    return [
        f"{name}: {fields}"
        for name, person, fields in asked
        if not any(others_have(person, key=_KEYS[field]) for field in fields)
    ]


def _put(result: Facts, *, key: tuple[Any, ...], value: Any) -> None:
    if value is None:
        del result[key]
    else:
        result[key] = value


def _still_used(result: Facts, *, dropped: list[tuple[Any, ...]]) -> frozenset[tuple[str, str]]:
    """Groups that would go but for those who are in them; they are put back into the result."""
    used = {(GROUP_OF[key[0]], *key[2:]) for key in result if key[0] in GROUP_OF}
    stay = [key for key in dropped if (key[0], *key[2:]) in used]
    result.update(dict.fromkeys(stay, True))
    return frozenset((key[2] if key[0] == "course_group" else "", key[3]) for key in stay)


def _is_replaced(key: tuple[Any, ...], *, result: Facts) -> bool:
    """Whether somebody made a group of that name since, so that it does not come back itself."""
    return key[0] in GROUP_OF.values() and key not in result and _names(key) in map(_names, result)


def _has_group(key: tuple[Any, ...], *, at: Facts) -> bool:
    return (GROUP_OF[key[0]], *key[2:]) in map(_names, at)


def _names(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return (key[0], *key[2:])


def same_version_differs(known: Mapping[tuple[int, int], Facts], *, now: Directory) -> dict[tuple[int, int], Facts]:
    """All that was ever known of people by (person, version); fails where a version means two things."""
    current: dict[tuple[int, int], Facts] = {each: {} for each in versions(now).items()}
    stamps = versions(now)
    for key, value in facts(now).items():
        if key[0] in OF_PEOPLE:
            current[key[1], stamps[key[1]]][key] = value
    assert {each: known[each] for each in current.keys() & known.keys()} == {
        each: found for each, found in current.items() if each in known
    }
    return {**known, **current}
