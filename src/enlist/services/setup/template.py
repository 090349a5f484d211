"""The template of a preset, filled in with what the organisation has: its profile fields, courses, roles and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from enlist.core.directory.directory import ProfileField
from enlist.core.policy.preset import Preset
from enlist.services.access import Right, Scope, needs
from enlist.store.directory import snapshot
from enlist.store.setup import lists

# A longer list doesn't help.
MOST: Final = 1_000
# Examples of the kinds of profile fields; {n} differs in each row, because values may have to be unique.
_EXAMPLES: Final[Mapping[str, str]] = {
    "boolean": "1",
    "date": "2011-03-0{n}",
    "number": "{n}",
    "email": "person{n}@example.org",
    "phone": "+41 44 668 18 0{n}",
    "url": "https://example.org/{n}",
    "country": "CZ",
    "region": "CZ-64",
    "language": "cs",
    "time_zone": "Europe/Prague",
}


@dataclass(frozen=True)
class Template:
    """A file to fill in. rows: examples. choices: the values that a column takes, by its header."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    choices: Mapping[str, tuple[str, ...]]


@needs(Right.IMPORT)
def template_of(scope: Scope, *, preset: Preset) -> Template:
    """The template of a preset, with the organisation's own columns, values and examples (four queries)."""
    fields = snapshot.fields(scope.organization).profile_fields
    found = {
        "course1": tuple(lists.course_names(scope, limit=MOST)),
        "role1": tuple(name for name, _title in lists.course_roles(scope)),
        "cohort1": tuple(lists.group_idnumbers(scope, limit=MOST)),
        **{field.slug: _options(field) for field in fields},
    }
    choices = {header: values for header, values in found.items() if values}
    # A preset with a column of groups takes them from that one.
    if "groups" in preset.columns:
        choices.pop("cohort1", None)
    own = (*(["cohort1"] if "cohort1" in choices else []), *(field.slug for field in fields))
    columns = tuple(dict.fromkeys((*preset.columns, *own)))
    rows = []
    for place, example in enumerate(preset.examples, start=1):
        row = dict.fromkeys(columns, "") | dict(zip(preset.columns, example, strict=True))
        row |= {field.slug: _example(field, place=place) for field in fields}
        row |= _enrolment(row, choices=choices)
        rows.append(tuple(row.values()))
    return Template(columns, tuple(rows), {header: values for header, values in choices.items() if header in columns})


def _enrolment(row: Mapping[str, str], *, choices: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The example's course, role and group, as the organisation has them."""
    courses, roles, groups = (choices.get(header, ("",)) for header in ("course1", "role1", "cohort1"))
    role = row["role1"] if row.get("role1") in roles else roles[0]
    taught = {"course1": courses[0], "role1": role if courses[0] else "", "group1": ""} if "course1" in row else {}
    return taught | ({"cohort1": groups[0]} if "cohort1" in choices else {})


def _options(field: ProfileField) -> tuple[str, ...]:
    return ("1", "0") if field.kind == "boolean" else field.options if field.kind == "choice" else ()


def _example(field: ProfileField, *, place: int) -> str:
    if field.options:
        return field.options[(place - 1) % len(field.options)]
    return _EXAMPLES.get(field.kind, f"{field.name} {{n}}").replace("{n}", str(place))
