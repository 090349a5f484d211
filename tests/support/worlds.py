"""Factories of small directories: plain functions with defaults, overridden by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from enlist.core.changes import (
    COURSE_GROUPS_SCHEMA,
    COURSES_SCHEMA,
    ENROLMENTS_SCHEMA,
    GROUP_TREE_SCHEMA,
    GROUPS_SCHEMA,
    MEMBERS_SCHEMA,
    MEMBERSHIPS_SCHEMA,
    ROLES_SCHEMA,
)
from enlist.core.clean import fold, fold_key
from enlist.core.directory.directory import Directory, ProfileField, Reference, people_schema
from enlist.core.flags.flags import FLAG_SCHEMA, failing_rows, no_flags
from enlist.core.rows.rows import Rows

Cells = Mapping[str, object]

GRADE = ProfileField(id=1, shortname="grade", name="Grade", kind="choice", options=("1", "2", "3"))
HOUSE = ProfileField(id=2, shortname="house", name="House")
CODE = ProfileField(id=3, shortname="code", name="Code", unique=True)
SCHOOL = Reference(
    version=1,
    courses=pl.DataFrame(
        [(10, "ART", None, 0, True), (11, "BIO", 3, 30, True), (12, "CHEM", None, 0, False)],
        schema=COURSES_SCHEMA,
        orient="row",
    ),
    today="2027-03-01 00:00:00",
    roles=pl.DataFrame(
        [
            (1, "teacher", "Teacher", "editingteacher", True, False),
            (2, "assistant", "Assistant", "teacher", True, False),
            (3, "guest", "", "guest", True, False),
            (4, "student", "Student", "student", True, False),
            (5, "auditor", "", "auditor", False, True),
            (6, "creator", "", "coursecreator", False, True),
        ],
        schema=ROLES_SCHEMA,
        orient="row",
    ),
    frames={
        "course_group": pl.DataFrame(
            [(20, 10, "Red"), (21, 10, "Blue"), (22, 11, "Red")], schema=COURSE_GROUPS_SCHEMA, orient="row"
        ),
        "group": pl.DataFrame(
            [(30, "year7", "Year 7", True), (31, "", "Chess", True), (32, "rules", "By rules", False)],
            schema=GROUPS_SCHEMA,
            orient="row",
        ),
    },
    tree=pl.DataFrame([(30, 31, True), (31, None, False), (32, None, False)], schema=GROUP_TREE_SCHEMA, orient="row"),
    profile_fields=(GRADE, HOUSE),
)


def person(number: int, *, reference: Reference = SCHOOL, **cells: str | None) -> dict[str, object]:
    """One line of `Directory.people`; what is not named is blank, keys follow from username and e-mail."""
    blank: dict[str, object] = dict.fromkeys(people_schema(reference), "")
    blank |= dict.fromkeys(reference.profile_slugs)
    told = {"username": f"p{number}", "site_role": "learner", "state": "active", "source": "import", **cells}
    keys = {f"{slug}_key": fold(told.get(slug) or "") for slug in ("username", "email")}
    return {**blank, "person": number, "version": number * 100, **keys, **told}


def people(lines: Iterable[Cells], *, reference: Reference = SCHOOL) -> pl.DataFrame:
    """A frame of people."""
    return pl.DataFrame(list(lines), schema=people_schema(reference))


def directory(
    *lines: Cells,
    reference: Reference = SCHOOL,
    enrolments: Iterable[tuple[int | str | None, ...]] = (),
    members: Iterable[tuple[int, int]] = (),
    memberships: Iterable[tuple[int, int, str]] = (),
) -> Directory:
    """A Directory of these people."""
    return Directory(
        reference=reference,
        people=people(lines, reference=reference),
        frames={
            "enrolment": pl.DataFrame(
                [(*line, *[None] * (6 - len(line)), "import") for line in enrolments],
                schema=ENROLMENTS_SCHEMA,
                orient="row",
            ),
            "course_group_membership": pl.DataFrame(list(members), schema=MEMBERS_SCHEMA, orient="row"),
            "group_membership": pl.DataFrame(list(memberships), schema=MEMBERSHIPS_SCHEMA, orient="row"),
        },
    )


def rows(*lines: Mapping[str, str | None], columns: Sequence[str] = (), flags: pl.DataFrame | None = None) -> Rows:
    """Rows as `check` makes them: columns are those of the first line, keys are folded, errors in `flags` count."""
    slugs = list(columns or (lines[0] if lines else ["username"]))
    said = no_flags() if flags is None else flags
    frame = pl.DataFrame(list(lines), schema=dict.fromkeys(slugs, pl.String()))
    numbers = pl.int_range(pl.len(), dtype=pl.Int64)
    named = [slug for slug in ("username", "email", "oldusername") if slug in slugs]
    keys = {f"{slug}_key": fold_key(frame.get_column(slug)) for slug in named}
    return Rows(
        frame=frame.select(
            row=numbers,
            line=numbers + 2,
            failed=numbers.is_in(failing_rows(said).implode()),
            **{slug: pl.col(slug) for slug in slugs},
            **keys,
        ),
        flags=said,
        headers={slug: slug.capitalize() for slug in slugs},
        courses=tuple(slug.removeprefix("course") for slug in slugs if slug.startswith("course")),
    )


def cell_flag(row: int, *, code: str, slug: str | None = None, value: str | None = None) -> pl.DataFrame:
    """A flag that checking raised before planning."""
    line = {
        "row": row,
        "line": row + 2,
        "column": slug and slug.capitalize(),
        "field": slug,
        "code": code,
        "value": value,
    }
    return pl.DataFrame([{**line, "detail": None}], schema=FLAG_SCHEMA)
