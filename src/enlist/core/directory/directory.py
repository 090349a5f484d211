"""Directory: what exists now, as frames, limited to what an import's rows can change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl

from enlist.core.changes import (
    COURSES_SCHEMA,
    GROUP_TREE_SCHEMA,
    RELATIONS,
    ROLES_SCHEMA,
    Frames,
    KeptIn,
    is_about,
    people_of,
)
from enlist.core.clean import fold
from enlist.core.fields.fields import HIDDEN_SLUGS, PERSON_SLUGS, PROFILE_PREFIX, SYSTEM_ROLES
from enlist.core.setup_kinds import SetupRecord


@dataclass(frozen=True)
class ProfileField(SetupRecord):
    """A profile field of the organisation; kind: one of `fields.PROFILE_KINDS`; options: of a choice.

    required: a new person needs a value. unique: no two people share a value, so there is no default. locked: people
    cannot change it themselves; files can.
    """

    id: int = field(metadata={"json": ""})
    shortname: str
    name: str
    kind: str = "text"
    options: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    locked: bool = False
    default: str = ""

    @property
    def slug(self) -> str:
        """Its column name in every frame: profile_field_<shortname>."""
        return PROFILE_PREFIX + self.shortname


@dataclass(frozen=True)
class Reference:
    """What rows can refer to, held whole: it is small, and every change gives a new `version`.

    courses, roles: frames of COURSES_SCHEMA and ROLES_SCHEMA. frames: by relation, what plans can create and anybody
    can be in (`kept_in_reference`); records that are new in a plan have negative ids.
    tree: of GROUP_TREE_SCHEMA, without groups that plans created.
    hidden: the hidden fields (`fields.HIDDEN_SLUGS`) that a Directory holds: those in the current file.
    shared_email: the organisation lets people share an e-mail address. today: the start of the current day, "" if
    unknown.
    """

    version: int = 0
    courses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COURSES_SCHEMA))
    roles: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROLES_SCHEMA))
    frames: Frames = field(default_factory=dict)
    tree: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GROUP_TREE_SCHEMA))
    profile_fields: tuple[ProfileField, ...] = ()
    hidden: tuple[str, ...] = ()
    shared_email: bool = False
    today: str = ""

    def frame(self, relation: str) -> pl.DataFrame:
        """The records of a relation; empty if there are none."""
        return self.frames[relation] if relation in self.frames else pl.DataFrame(schema=RELATIONS[relation].schema)

    def with_frames(self, frames: Frames) -> Reference:
        """The same with these frames replacing those of their relations."""
        return replace(self, frames={**self.frames, **frames})

    @property
    def course_groups(self) -> pl.DataFrame:
        """Groups inside courses, of COURSE_GROUPS_SCHEMA."""
        return self.frame("course_group")

    @property
    def groups(self) -> pl.DataFrame:
        """Groups across courses, of GROUPS_SCHEMA; rows can't put people into those that have conditions."""
        groups, with_conditions = self.frame("group"), self.frame("group_condition").get_column("people_group")
        if with_conditions.is_empty():
            return groups
        is_open = pl.col("joinable") & ~pl.col("people_group").is_in(with_conditions.implode())
        return groups.with_columns(joinable=is_open)

    @property
    def made_groups(self) -> pl.DataFrame:
        """The groups that a column of groups can change, of GROUPS_SCHEMA, sorted by id.

        Imports made them. Of those that are new in a plan, only the ones such a column created count, which have no ID
        number: else the result would depend on the order of the rows.
        """
        others = self.tree.filter(~pl.col("made")).select("people_group")
        made = self.groups.join(others, on="people_group", how="anti")
        return made.filter((pl.col("people_group") > 0) | (pl.col("idnumber") == "")).sort("people_group")

    def groups_below(self, group: int) -> pl.Series:
        """The ids (Int64) of a group and of all groups below it."""
        found = next_ones = pl.Series("people_group", [group], dtype=pl.Int64)
        while next_ones.len():
            below = self.tree.filter(pl.col("parent").is_in(next_ones.implode())).get_column("people_group")
            next_ones = below.filter(~below.is_in(found.implode()))
            found = pl.concat([found, next_ones])
        return found

    @property
    def profile_slugs(self) -> tuple[str, ...]:
        """Column names of all profile fields, then of the hidden fields held, in their order."""
        return (*(f.slug for f in self.profile_fields), *self.hidden)

    def with_options(self, added: pl.DataFrame) -> Reference:
        """The same with these options (of OPTIONS_SCHEMA) appended to those of their fields."""
        new = dict(added.group_by("profile_field").agg(pl.col("option").sort()).iter_rows())
        fields = (replace(f, options=(*f.options, *new.get(f.id, ()))) for f in self.profile_fields)
        return replace(self, profile_fields=tuple(fields))

    def short_names(self, words: Iterable[str]) -> tuple[str, ...]:
        """Roles given by display name or short name, as short names; unknown words stay."""
        lines = self.roles.sort("role", descending=True).filter(pl.col("name") != "")
        shown = {fold(name): shortname for name, shortname in lines.select("name", "shortname").iter_rows()}
        return tuple(shown.get(fold(word), word) for word in words)

    @property
    def unique_slugs(self) -> tuple[str, ...]:
        """Column names of the unique profile fields."""
        return tuple(f.slug for f in self.profile_fields if f.unique)

    @property
    def profile_keys(self) -> dict[str, str]:
        """Column name → the key that stores the field in a person's profile; all hidden fields included."""
        return {**{f.slug: str(f.id) for f in self.profile_fields}, **{slug: slug for slug in HIDDEN_SLUGS}}


def people_schema(reference: Reference) -> dict[str, pl.DataType]:
    """Columns of `Directory.people`.

    person, version: Int64, never null; a person with a negative id is new in the plan (version 0).
    username_key, email_key: folded by `clean.fold_key`; username_key is null for removed people, email_key "" without
    an address. Person fields are text, "" if blank; profile and hidden fields are text, null without a value.
    state is active or inactive (removed people are not in a Directory); source is "manual" or "import".
    """
    ids = {"person": pl.Int64(), "version": pl.Int64()}
    keys = {"username_key": pl.String(), "email_key": pl.String()}
    text = dict.fromkeys((*PERSON_SLUGS, "site_role", "state", "source", *reference.profile_slugs), pl.String())
    return {**ids, **keys, **text}


@dataclass(frozen=True)
class Directory:
    """People, and the records held with them, at one moment.

    people: a frame of `people_schema(reference)`. frames: by relation (`kept_with_people`), each unique by its key;
    enrolments only if active or suspended. Both people of a record between two people are included.
    """

    reference: Reference
    people: pl.DataFrame
    frames: Frames = field(default_factory=dict)

    def frame(self, relation: str) -> pl.DataFrame:
        """The records of a relation; empty if there are none."""
        if relation == "person":
            return self.people
        if RELATIONS[relation].kept_in is KeptIn.REFERENCE:
            return self.reference.frame(relation)
        return self.frames[relation] if relation in self.frames else pl.DataFrame(schema=RELATIONS[relation].schema)

    def with_frames(self, frames: Frames) -> Directory:
        """The same with these frames replacing those of their relations, except people."""
        shared = {name: frame for name, frame in frames.items() if RELATIONS[name].kept_in is KeptIn.REFERENCE}
        own = {name: frame for name, frame in frames.items() if name not in shared}
        reference = self.reference.with_frames(shared) if shared else self.reference
        return replace(self, reference=reference, frames={**self.frames, **own})

    @property
    def enrolments(self) -> pl.DataFrame:
        """Enrolments, of ENROLMENTS_SCHEMA."""
        return self.frame("enrolment")

    @property
    def members(self) -> pl.DataFrame:
        """Memberships in course groups, of MEMBERS_SCHEMA."""
        return self.frame("course_group_membership")

    @property
    def memberships(self) -> pl.DataFrame:
        """Memberships in groups, of MEMBERSHIPS_SCHEMA."""
        return self.frame("group_membership")

    def of(self, people: pl.Series) -> Directory:
        """The part of the directory about these people (Int64 ids), and the people they share a record with."""
        wanted = people.unique()
        frames = {name: frame.filter(is_about(wanted, columns=frame.columns)) for name, frame in self.frames.items()}
        others = [people_of(frame) for name, frame in frames.items() if len(RELATIONS[name].people) > 1]
        among = pl.concat([wanted.alias("person"), *others]).unique().implode()
        return replace(self, people=self.people.filter(pl.col("person").is_in(among)), frames=frames)

    def showing(self, hidden: tuple[str, ...]) -> Directory:
        """The same with exactly these hidden fields; those it did not hold are null for everybody."""
        reference = replace(self.reference, hidden=hidden)
        lacking = [slug for slug in hidden if slug not in self.people.columns]
        people = self.people.with_columns(pl.lit(None, pl.String).alias(slug) for slug in lacking)
        return replace(self, reference=reference, people=people.select(list(people_schema(reference))))


def hidden_in(names: Iterable[str]) -> tuple[str, ...]:
    """The hidden fields that these columns or defaults fill."""
    found = {SYSTEM_ROLES if name.startswith("sysrole") else name for name in names}
    return tuple(slug for slug in HIDDEN_SLUGS if slug in found)


def empty_directory(reference: Reference | None = None) -> Directory:
    """A Directory without people."""
    reference = reference or Reference()
    return Directory(reference=reference, people=pl.DataFrame(schema=people_schema(reference)))
