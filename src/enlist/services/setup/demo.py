"""The demo school: courses, profile fields and 400 people, to try Enlist with the example roster."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

import polars as pl

from enlist.core.clean import fold_key
from enlist.core.directory.directory import Reference, empty_directory, people_schema
from enlist.core.plan.plan import Head, Part, Plan, assemble
from enlist.core.planner.net import After, net
from enlist.core.rights import TEAM
from enlist.services.access import Scope
from enlist.store import apply
from enlist.store.directory import snapshot
from enlist.store.people import people
from enlist.store.setup.organization import add_courses, add_profile_fields

_DATA: Final = resources.files("enlist.services.setup") / "demo_school"
_TRIPLES: Final = ("1", "2")
_NEVER: Final = pl.lit(None, pl.String)


def school_name() -> str:
    """The name of the demo school."""
    return str(_school()["name"])


def school_open(scope: Scope) -> int:
    """Fill an organisation with the demo school, unless it has people besides its team; how many were created."""
    present = people.present(scope.organization)
    if present.exclude(site_role__in=TEAM).exists():
        return 0
    school = _school()
    add_profile_fields(scope.organization, fields=school["profile_fields"])
    add_courses(scope.organization, courses=school["courses"])
    reference = snapshot.reference(scope.organization)
    taken = list(present.values_list("username_key", "email_key"))
    plan = _plan(reference, organization=scope.organization.slug, taken=taken)
    apply.apply(plan, organization=scope.organization)
    return plan.head.new["person"]


def _school() -> dict[str, Any]:
    return tomllib.loads((_DATA / "school.toml").read_text("utf-8"))


def _plan(reference: Reference, *, organization: str, taken: Sequence[tuple[str | None, str]]) -> Plan:
    """The people of people.csv as a plan that creates them, without those whose username or address is taken."""
    with (_DATA / "people.csv").open("rb") as file:
        rows = pl.read_csv(file, infer_schema=False).with_columns(pl.all().fill_null(""))
    for column, keys in zip(("username", "email"), zip(*taken, strict=True), strict=False):
        rows = rows.filter(~pl.col(column).is_in([key for key in keys if key]))
    rows = rows.with_columns(person=-1 - pl.int_range(pl.len(), dtype=pl.Int64))
    memberships = pl.concat([_memberships(rows, number=number, reference=reference) for number in _TRIPLES])
    begun = {
        "enrolment": memberships.select(
            "person", "course", "role", status=pl.lit("active"), start=_NEVER, end=_NEVER, source=pl.lit("import")
        ),
        "course_group_membership": memberships.drop_nulls("course_group").select("person", "course_group"),
    }
    result = net(empty_directory(reference), after=After(_created(rows, reference=reference), begun=begun))
    part = Part(frames=result.frames)
    head = Head(organization=organization, reference_version=reference.version, new={"person": rows.height})
    return assemble(head, [part])


def _created(rows: pl.DataFrame, *, reference: Reference) -> pl.DataFrame:
    keys = {f"{name}_key": fold_key(rows.get_column(name)) for name in ("username", "email")}
    whole = rows.with_columns(
        **keys,
        state=pl.lit("active"),
        **{slug: pl.when(pl.col(slug) != "").then(slug) for slug in reference.profile_slugs},
    )
    whole = whole.with_columns(version=pl.lit(0, pl.Int64))
    return whole.select(
        pl.col(name) if name in whole.columns else pl.lit("", kind).alias(name)
        for name, kind in people_schema(reference).items()
    )


def _memberships(rows: pl.DataFrame, *, number: str, reference: Reference) -> pl.DataFrame:
    """person, course, role, course_group (null: none) of one triple of columns."""
    cells = rows.select("person", shortname=f"course{number}", spelt=f"role{number}", name=f"group{number}")
    return (
        cells.join(reference.courses.select("shortname", "course"), on="shortname")
        .join(reference.roles.select("role", spelt="shortname"), on="spelt")
        .join(reference.course_groups, on=["course", "name"], how="left")
    )
