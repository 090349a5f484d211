"""Enlist's result, in the format of a case."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from django.utils import timezone

from enlist.core.errors import EnlistError
from enlist.core.plan.plan import Plan
from enlist.services.imports.plan import import_apply, import_plan, import_stage
from enlist.services.imports.request import ImportRequest
from enlist.services.imports.selection import import_selected
from enlist.store import models
from enlist.store.imports import records
from enlist.store.scope import Scope

from .case import DERIVED, Case, EnrolmentState, Human
from .settings import policy_of, reading_of

RENAMES: Final = frozenset({"rename_unknown", "rename_taken", "rename_administrator"})
DELETES: Final = frozenset({"delete_unknown", "delete_administrator"})
WEAK: Final = "password_weak"


@dataclass(frozen=True)
class Row:
    """A row of the file: its cells by our slug, who it found or made (an id), its status, and its flags by code."""

    line: int
    cells: Mapping[str, str]
    person: int | None
    row_status: str
    flags: Mapping[str, frozenset[str]]

    def has(self, *codes: str) -> bool:
        """Whether one of these flags stands on the row."""
        return any(code in self.flags for code in codes)


@dataclass(frozen=True)
class Outcome:
    """Enlist's result for a case; refused: the sentence, if the file or the settings were refused.

    people: by username. selected: the usernames of those who are selected afterwards. ids: username → id. gone: former
    usernames of those removed. file_flags: codes about the file.
    """

    refused: str
    counts: Mapping[str, int]
    people: Mapping[str, Human]
    ids: Mapping[str, int]
    gone: frozenset[str]
    rows: tuple[Row, ...] = ()
    file_flags: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    cohorts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    selected: frozenset[str] = frozenset()


def replay(case: Case, *, scope: Scope) -> Outcome:
    """Import the case's file into the site, and look at what is there then."""
    try:
        order = ImportRequest(
            source=case.content, name="case.csv", policy=policy_of(case), preset="moodle", reading=reading_of(case)
        )
        planned = import_plan(scope, request=order)
        plan = import_stage(scope, planned=planned)
        done = import_apply(scope, plan=plan)
    except EnlistError as error:
        return _seen(scope, case=case, refused=str(error))
    ids = records.ids_of(records.get(scope, number=done.number))
    frame = planned.table.frame.rename(planned.headers.slugs, strict=False)
    cells = frame.to_dicts()
    flags = _flags(plan)
    rows = tuple(
        Row(
            line=line,
            cells={name: value for name, value in cells[number].items() if isinstance(value, str)},
            person=person if person is None or person > 0 else ids.first["person"] - 1 - person,
            row_status=row_status,
            flags=flags.get(number, {}),
        )
        for number, line, person, row_status in plan.statuses().iter_rows()
    )
    about_file = frozenset(plan.flags().filter(pl.col("row").is_null())["code"])
    picked = frozenset(import_selected(scope, number=done.number).usernames) if not done.nothing_to_do else frozenset()
    return _seen(scope, case=case, rows=rows, file_flags=about_file, headers=planned.headers.slugs, selected=picked)


def _flags(plan: Plan) -> dict[int, dict[str, frozenset[str]]]:
    """For each row its flags: code → the fields it stands on."""
    found: dict[int, dict[str, set[str]]] = {}
    for row, field_, code in plan.flags().select("row", "field", "code").iter_rows():
        if row is not None:
            found.setdefault(row, {}).setdefault(code, set()).add(field_ or "")
    return {row: {code: frozenset(fields) for code, fields in codes.items()} for row, codes in found.items()}


def _seen(scope: Scope, *, case: Case, refused: str = "", **more: Any) -> Outcome:
    rows: tuple[Row, ...] = more.get("rows", ())
    found = models.Person.objects.filter(organization=scope.organization)
    told_admin = any(user["username"] == "admin" for user in case.base.get("users", []))
    present = [p for p in found.exclude(state="removed") if told_admin or p.site_role != "admin" or _is_told(p, case)]
    return Outcome(
        refused=refused,
        counts=_counts(rows),
        people={person.username: _human(person) for person in present},
        ids={person.username: person.pk for person in present},
        gone=frozenset(found.filter(state="removed").values_list("username", flat=True)),
        cohorts=frozenset(_cohort(group) for group in models.Group.objects.filter(organization=scope.organization)),
        groups=frozenset(
            f"{group.course.shortname}:{group.name}" for group in models.CourseGroup.objects.select_related("course")
        ),
        **more,
    )


def _is_told(person: models.Person, case: Case) -> bool:
    return any(user["username"] == person.username for user in case.base.get("users", []))


def _counts(rows: tuple[Row, ...]) -> dict[str, int]:
    """Moodle's counters: a row can count twice, and some errors have counters of their own."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts["weak_passwords"] += row.has(WEAK)
        counts["updated"] += row.has("updated_too")
        # Moodle calls people up to date if only their interests or system roles change.
        if row.has("beside_details"):
            continue
        if row.row_status == "failed":
            kind = "rename_errors" if row.has(*RENAMES) else "delete_errors" if row.has(*DELETES) else "errors"
            counts[kind] += 1
        elif name := COUNTED.get(row.row_status):
            counts[name] += 1
    return dict(counts)


COUNTED: Final = {
    "created": "created", "updated": "updated", "deactivated": "updated", "reactivated": "updated",
    "deleted": "deleted", "renamed": "renamed", "skipped": "skipped",
}  # fmt: skip


def _human(person: models.Person) -> Human:
    profile = person.profile
    cells = {name: str(getattr(person, name, "") or profile.get(name, "") or "") for name in DERIVED}
    cells["interests"] = ",".join(sorted(each for each in cells["interests"].split(",") if each))
    fields = models.ProfileField.objects.filter(organization=person.organization)
    live = models.Enrolment.objects.filter(person=person).exclude(status="ended").select_related("course", "role")
    groups = models.CourseGroupMember.objects.filter(person=person).select_related("course_group__course")
    cohorts = models.GroupMembership.objects.filter(person=person).select_related("group")
    return Human(
        cells=cells,
        profile={field.shortname: profile[str(field.pk)] for field in fields if str(field.pk) in profile},
        enrolments={each.course.shortname: _seat(each) for each in live},
        roles=frozenset(f"{each.course.shortname}:{each.role.shortname}" for each in live),
        groups=frozenset(f"{m.course_group.course.shortname}:{m.course_group.name}" for m in groups),
        cohorts=frozenset(_cohort(m.group).partition("=")[0] for m in cohorts),
        system_roles=frozenset(each for each in profile.get("sysroles", "").split(",") if each),
        suspended=person.state == "inactive",
    )


def _cohort(group: models.Group) -> str:
    return f"{getattr(group, 'idnumber', '')}={group.name}"


def _seat(enrolment: models.Enrolment) -> EnrolmentState:
    start, end = enrolment.start, enrolment.end
    first = start or enrolment.created_at
    days = (
        round((end - first.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds() / 86_400)
        if end
        else None
    )
    return EnrolmentState(status=enrolment.status, start=_day(first), days=days)


def _day(moment: dt.datetime) -> str:
    return "today" if moment.date() == timezone.now().date() else moment.date().isoformat()
