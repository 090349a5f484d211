"""Courses: enrolments and course groups that rows request in courseN, roleN, typeN and groupN (EC-09 … EC-12)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from enlist.core.changes import COURSE_GROUPS_SCHEMA, MEMBERS_SCHEMA
from enlist.core.clean.enrolment import ENDLESS
from enlist.core.directory.directory import Directory, Reference
from enlist.core.fields.fields import FAMILIES
from enlist.core.flags.flags import collect, mark
from enlist.core.planner.context import Context

FAMILY = tuple(FAMILIES)
DIGITS = r"^[0-9]+$"


@dataclass(frozen=True)
class CourseRequests:
    """What rows request, resolved.

    frame: one line per row and course number that can be carried out: row, course, role, group (its name or id as text;
    null: none), course_group (null: to be created), status (null: not given), start (null: not given), days (0: no end,
    null: not given), duration (the course's own days). flags: cells that cannot be carried out.
    """

    frame: pl.DataFrame
    flags: pl.DataFrame


def course_requests(rows: pl.DataFrame, *, state: Directory, context: Context) -> CourseRequests:
    """Resolve the courses, roles, types and groups of rows, with flags for those that are impossible.

    rows: row, line and the family columns.
    """
    reference = state.reference
    long = _long(rows, context=context)
    without_course = _cells_without_course(long, context=context)
    long = long.filter(_filled("course")).rename({"course": "_course"})
    long = long.join(reference.courses, left_on="_course", right_on="shortname", how="left", maintain_order="left")
    unknown = long.filter(pl.col("course").is_null())
    code = "course_unknown_row" if context.policy.unknown_course == "error_on_row" else "course_unknown"
    no_course = _mark(unknown, context=context, code=code, family="course", value=pl.col("_course"))
    found = pl.col("course").is_not_null()
    closed = _mark(long.filter(found & ~pl.col("open")), context=context, code="course_closed", family="course",
                   value=pl.col("_course"))  # fmt: skip
    long, no_role = _with_roles(long.filter(found & pl.col("open")), reference=reference, context=context)
    long, no_group = _with_groups(long, known=reference.course_groups, context=context)
    period = pl.col("enrolperiod")
    frame = long.select(
        "row", "course", "role", "group", "course_group", "duration",
        status=pl.when(_filled("enrolstatus")).then("enrolstatus"),
        start=pl.when(_filled("enroltimestart")).then("enroltimestart"),
        days=pl.when(period == ENDLESS).then(0).otherwise(period.cast(pl.Int64, strict=False)),
    )  # fmt: skip
    return CourseRequests(frame=frame, flags=collect(*without_course, no_course, closed, *no_role, no_group))


@dataclass(frozen=True)
class Joins:
    """members: of MEMBERS_SCHEMA, and row. groups: the groups to create, of COURSE_GROUPS_SCHEMA."""

    members: pl.DataFrame
    groups: pl.DataFrame


def joins(wanted: pl.DataFrame, *, state: Directory) -> Joins:
    """New memberships in course groups, and the groups to create. wanted: as `enrolments`."""
    named = wanted.filter(pl.col("group").is_not_null())
    groups = _new_groups(named.filter(pl.col("course_group").is_null()), known=state.reference.course_groups)
    made = groups.select("course", group="name", _made="course_group")
    found = named.join(made, on=["course", "group"], how="left", maintain_order="left")
    found = found.with_columns(course_group=pl.coalesce("course_group", "_made"))
    members = _first_of_equal(found, by=["person", "course_group"])
    members = members.join(state.members, on=["person", "course_group"], how="anti", maintain_order="left")
    return Joins(members=members.select("row", *MEMBERS_SCHEMA), groups=groups)


def _first_of_equal(lines: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """The first of equal lines; they are in order of rows, and only lines of one row can be equal."""
    if (lines.get_column("row").diff() == 0).any():
        return lines.unique(by, keep="first", maintain_order=True)
    return lines


def _columns(schema: dict[str, pl.DataType], **others: pl.Expr) -> list[pl.Expr]:
    return [others.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in schema.items()]


def _long(rows: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    """One line per row and course number with any value: row, line, number, course, role, type, group (text)."""
    pieces = []
    for number in context.courses:
        cells = [
            (pl.col(family + number) if family + number in rows.columns else pl.lit(None, pl.String)).alias(family)
            for family in FAMILY
        ]
        piece = rows.select("row", "line", pl.lit(number).alias("number"), *cells)
        pieces.append(piece.filter(pl.any_horizontal(_filled(family) for family in FAMILY)))
    text = dict.fromkeys(("number", *FAMILY), pl.String)
    empty = pl.DataFrame(schema={"row": pl.Int64, "line": pl.Int64, **text})
    return pl.concat([empty, *pieces]).sort("row", maintain_order=True)


def _cells_without_course(long: pl.DataFrame, *, context: Context) -> list[pl.DataFrame]:
    courseless = long.filter(~_filled("course"))
    detail = pl.lit("course") + pl.col("number")
    return [
        _mark(
            courseless.filter(_filled(f)),
            context=context,
            code="course_blank",
            family=f,
            value=pl.col(f),
            detail=detail,
        )
        for f in FAMILY[1:]
    ]


def _with_roles(
    long: pl.DataFrame, *, reference: Reference, context: Context
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Give every line its role, from roleN, typeN or the course; flag and drop lines without a possible role."""
    roles = reference.roles.sort("role")
    has_role = _filled("role")
    has_type = ~has_role & _filled("type")
    usual = pl.coalesce("default_role", pl.lit(student_role(roles), pl.Int64))
    names = {str(n): name for n, name in enumerate(reference.short_names(context.policy.type_roles), start=1)}
    type_name = pl.col("type").replace_strict(names, default=None, return_dtype=pl.String)
    shortnames = roles.select(usual="role", _usual_name="shortname")
    long = long.with_columns(usual=usual, _name=pl.when(has_role).then("role").when(has_type).then(type_name))
    long = long.join(shortnames, on="usual", how="left", maintain_order="left")
    by_name = roles.select(_name="shortname", _named="role")
    long = long.join(by_name, on="_name", how="left", maintain_order="left")
    by_id = has_role & pl.col("role").str.contains(DIGITS)
    named = pl.when(by_id).then(pl.col("role").cast(pl.Int64, strict=False)).otherwise("_named")
    role = pl.when(has_role | has_type).then(named).otherwise("usual")
    allowed = roles.filter("assignable").get_column("role").implode()
    family = pl.when(has_role).then(pl.lit("role")).when(has_type).then(pl.lit("type")).otherwise(pl.lit("course"))
    requested = pl.coalesce("_name", "_usual_name", pl.lit("student"))
    long = long.with_columns(role=role, _family=family, _asked=requested, _typeless=has_type & type_name.is_null())
    lost = long.filter(~pl.col("role").is_in(allowed).fill_null(value=False))
    flags = [_mark(lost.filter("_typeless"), context=context, code="type_unknown", family="type",
                   value=pl.col("type"), detail=pl.col("_course"))]  # fmt: skip
    for slug in ("role", "type", "course"):
        roleless = lost.filter((pl.col("_family") == slug) & ~pl.col("_typeless"))
        flags.append(_mark(roleless, context=context, code="role_unknown", family=slug,
                           value=pl.col("_asked"), detail=pl.col("_course")))  # fmt: skip
    return long.filter(pl.col("role").is_in(allowed)), flags


def _with_groups(long: pl.DataFrame, *, known: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the group of every line, by id if it consists of digits, else by name; impossible groups become null.

    If groups are created, digits that are not an id of the course count as a name.
    """
    creates = context.policy.unknown_course_group == "create"
    by_name = known.select("course", group="name", _by_name="course_group")
    by_id = known.select("course", _id="course_group", _by_id="course_group")
    digits = pl.col("group").str.contains(DIGITS)
    long = long.with_columns(group=pl.when(_filled("group")).then("group"))
    long = long.with_columns(_id=pl.when(digits).then(pl.col("group").cast(pl.Int64, strict=False)))
    long = long.join(by_name, on=["course", "group"], how="left", maintain_order="left")
    long = long.join(by_id, on=["course", "_id"], how="left", maintain_order="left")
    number = pl.coalesce("_by_id", "_by_name") if creates else pl.col("_by_id")
    long = long.with_columns(course_group=pl.when(digits).then(number).otherwise("_by_name"))
    impossible = pl.col("group").is_not_null() & pl.col("course_group").is_null() & pl.lit(not creates)
    flags = _mark(long.filter(impossible), context=context, code="course_group_unknown", family="group",
                  value=pl.col("group"), detail=pl.col("_course"))  # fmt: skip
    return long.with_columns(group=pl.when(~impossible).then("group")), flags


def _new_groups(lost: pl.DataFrame, *, known: pl.DataFrame) -> pl.DataFrame:
    lowest = known.get_column("course_group").min()
    below = min(int(lowest), 0) if isinstance(lowest, int) else 0
    fresh = lost.unique(["course", "group"], keep="first", maintain_order=True).with_row_index("n")
    number = below - 1 - pl.col("n").cast(pl.Int64)
    return fresh.select(*_columns(COURSE_GROUPS_SCHEMA, course_group=number, name=pl.col("group")))


def student_role(roles: pl.DataFrame) -> int | None:
    """The id of the role for students, the first that files can give."""
    students = roles.filter((pl.col("archetype") == "student") & pl.col("assignable")).get_column("role")
    return int(students.item(0)) if len(students) else None


def _filled(column: str) -> pl.Expr:
    return pl.col(column).is_not_null() & (pl.col(column) != "")


def _mark(
    long: pl.DataFrame,
    *,
    context: Context,
    code: str,
    family: str,
    value: pl.Expr,
    detail: pl.Expr | None = None,
) -> pl.DataFrame:
    """A flag per line, each under the header of its numbered column."""
    if long.is_empty():
        return collect()
    flags = mark(long, code=code, value=value, detail=detail)
    field = long.select(field=pl.lit(family) + pl.col("number")).to_series()
    headers = {family + number: context.headers.get(family + number) for number in context.courses}
    column = field.replace_strict(headers, default=None, return_dtype=pl.String)
    return flags.with_columns(field, column.alias("column"))
