"""Factories of small directories: plain functions with defaults, overridden by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from enlist.core.directory import (
    COURSE_GROUPS_SCHEMA,
    COURSES_SCHEMA,
    ENROLMENTS_SCHEMA,
    MEMBERS_SCHEMA,
    ROLES_SCHEMA,
    Directory,
    ProfileField,
    Reference,
    people_schema,
)

Cells = Mapping[str, object]

GRADE = ProfileField(id=1, shortname="grade", name="Grade", kind="choice", options=("1", "2", "3"))
HOUSE = ProfileField(id=2, shortname="house", name="House")
SCHOOL = Reference(
    version=1,
    courses=pl.DataFrame([(10, "ART", None), (11, "BIO", 3), (12, "CHEM", None)], schema=COURSES_SCHEMA, orient="row"),
    roles=pl.DataFrame(
        [
            (1, "teacher", "editingteacher", True),
            (2, "assistant", "teacher", True),
            (3, "guest", "guest", True),
            (4, "student", "student", True),
            (5, "auditor", "auditor", False),
        ],
        schema=ROLES_SCHEMA,
        orient="row",
    ),
    course_groups=pl.DataFrame(
        [(20, 10, "Red"), (21, 10, "Blue"), (22, 11, "Red")], schema=COURSE_GROUPS_SCHEMA, orient="row"
    ),
    profile_fields=(GRADE, HOUSE),
)


def person(number: int, *, reference: Reference = SCHOOL, **cells: str | None) -> dict[str, object]:
    """One line of `Directory.people`; what is not named is blank, keys follow from username and e-mail."""
    blank: dict[str, object] = dict.fromkeys(people_schema(reference), "")
    blank |= dict.fromkeys(reference.profile_slugs)
    told = {"username": f"p{number}", "site_role": "learner", "state": "active", "source": "import", **cells}
    keys = {"username_key": (told["username"] or "").lower(), "email_key": (told.get("email") or "").lower()}
    return {**blank, "person": number, "version": number * 100, **keys, **told}


def people(lines: Iterable[Cells], *, reference: Reference = SCHOOL) -> pl.DataFrame:
    """A frame of people."""
    return pl.DataFrame(list(lines), schema=people_schema(reference))


def directory(
    *lines: Cells,
    reference: Reference = SCHOOL,
    enrolments: Iterable[tuple[int, int, int, str]] = (),
    members: Iterable[tuple[int, int]] = (),
) -> Directory:
    """A Directory of these people."""
    return Directory(
        reference=reference,
        people=people(lines, reference=reference),
        enrolments=pl.DataFrame(list(enrolments), schema=ENROLMENTS_SCHEMA, orient="row"),
        members=pl.DataFrame(list(members), schema=MEMBERS_SCHEMA, orient="row"),
    )
