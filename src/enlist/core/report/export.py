"""Export: a Directory as a table that an import can read, with no changes as the result (EN-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.clean.groups import quoted
from enlist.core.directory.directory import Directory
from enlist.core.fields.account_states import ACTIVE
from enlist.core.fields.fields import ADMINISTRATORS, PERSON_SLUGS, SYSTEM_ROLES

# Left out if blank for everybody; the other columns are in every export.
_ONLY_WHERE_USED: Final = frozenset(PERSON_SLUGS) - {"username", "firstname", "lastname", "email"}
_PAIR: Final = ["person", "course"]
# The header of the state of accounts.
STATUS: Final = "status"


@dataclass(frozen=True)
class Export:
    """People as rows, and counts of what rows cannot express.

    frame: username, firstname, lastname, email, other fields that anybody has, profile_field_<shortname> …, hidden
    fields that anybody has; groups if anybody is in one that an import made, status if anybody is inactive; then as
    many of sysroleN, courseN, roleN, groupN as anybody needs; all String, "" if blank.
    left_out: what → how many; what is part of a sentence, such as "administrators".
    """

    frame: pl.DataFrame
    left_out: dict[str, int]


def export(directory: Directory, *, administrators: bool = False) -> Export:
    """The people of the directory, by username; administrators only on request, since imports don't change them."""
    people = directory.people.sort("username_key")
    known = people if administrators else people.filter(~pl.col("site_role").is_in(ADMINISTRATORS))
    record_changes, left_out = _numbered_columns(directory)
    record_changes = record_changes.filter(pl.col("person").is_in(known.get_column("person").implode()))
    used = [slug for slug in _ONLY_WHERE_USED if (known.get_column(slug) != "").any()]
    slugs = [slug for slug in PERSON_SLUGS if slug in used or slug not in _ONLY_WHERE_USED]
    own = [field.slug for field in directory.reference.profile_fields]
    hidden = [slug for slug in directory.reference.hidden if (known.get_column(slug).fill_null("") != "").any()]
    frame = known.select("person", *slugs, *own, *(slug for slug in hidden if slug != SYSTEM_ROLES))
    groups = _groups(directory).join(known, on="person", how="semi")
    if groups.height:
        frame = frame.join(groups, on="person", how="left", maintain_order="left")
    if (known.get_column("state") != ACTIVE).any():
        frame = frame.hstack([known.get_column("state").alias(STATUS)])
    if SYSTEM_ROLES in hidden:
        frame = frame.hstack(_system_roles(known.get_column(SYSTEM_ROLES), roles=directory.reference.roles))
    for number in range(1, int(str(record_changes.get_column("number").max() or 0)) + 1):
        mine = record_changes.filter(pl.col("number") == number).select(
            "person", *(pl.col(name).alias(f"{name}{number}") for name in ("course", "role", "group"))
        )
        frame = frame.join(mine, on="person", how="left", maintain_order="left")
    left_out["administrators"] = people.height - known.height
    return Export(
        frame=frame.drop("person").with_columns(pl.all().fill_null("")),
        left_out={what: count for what, count in left_out.items() if count},
    )


def _groups(directory: Directory) -> pl.DataFrame:
    """person, groups: those that imports made, as a cell names them; a column of groups changes no others."""
    made = directory.reference.made_groups.select("people_group", groups=quoted(pl.col("name")))
    found = directory.memberships.join(made, on="people_group").select("person", "groups").unique().sort("groups")
    return found.group_by("person", maintain_order=True).agg(pl.col("groups").str.join("; "))


def _system_roles(assigned: pl.Series, *, roles: pl.DataFrame) -> list[pl.Series]:
    """sysrole1, sysrole2, …, as many as anybody has."""
    names = dict(roles.select("shortname", _name("shortname", number="role")).iter_rows())
    each = assigned.fill_null("").str.split(",")
    return [
        each.list.get(place, null_on_oob=True).replace(names).alias(f"sysrole{place + 1}")
        for place in range(int(str(each.list.len().max() or 0)))
    ]


def _numbered_columns(directory: Directory) -> tuple[pl.DataFrame, dict[str, int]]:
    """person, number (from 1), course, role, group: the values of one person's numbered columns."""
    reference = directory.reference
    groups = reference.course_groups.select("course_group", "course", group=_name("name", number="course_group"))
    roles = reference.roles.select("role", "assignable", spelt=_name("shortname", number="role"))
    enrolled = directory.enrolments.join(roles, on="role", how="left").sort("person", "course", "role")
    given = enrolled.filter("assignable").with_columns(place=pl.int_range(pl.len()).over(_PAIR))
    joined = directory.members.join(groups, on="course_group").sort("person", "course", "course_group")
    joined = joined.with_columns(place=pl.int_range(pl.len()).over(_PAIR))
    # A row can only name a group with a role, so a further membership repeats the person's first role in that course.
    first = given.filter(pl.col("place") == 0).select(*_PAIR, first="spelt")
    both = given.join(joined, on=[*_PAIR, "place"], how="full", coalesce=True).join(first, on=_PAIR, how="inner")
    record_changes = (
        both.join(reference.courses.select("course", "shortname"), on="course")
        .sort("person", "shortname", "place")
        .select(
            "person",
            pl.int_range(1, pl.len() + 1).over("person").alias("number"),
            pl.col("shortname").alias("course"),
            pl.coalesce("spelt", "first").alias("role"),
            pl.col("group").fill_null(""),
        )
    )
    alone = joined.join(first, on=_PAIR, how="anti").height
    return record_changes, {
        "enrolments in roles that files cannot give": enrolled.height - given.height,
        "memberships in groups of courses without such a role": alone,
    }


def _name(column: str, *, number: str) -> pl.Expr:
    """A name as a cell refers to it: a name of digits would be read as an id (EC-11, EC-12), so its id is used."""
    return pl.when(pl.col(column).str.contains(r"^[0-9]+$")).then(pl.col(number).cast(pl.String)).otherwise(column)
