"""The types of the registry: plain data that code can loop over and tests can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

import polars as pl

from .schemas import AFTER, BEFORE

# What can create a record: a manual edit, an import, a group's conditions, a seat, a group's courses, absence
# from a file.
SOURCES: Final = ("manual", "import", "condition", "seat", "group", "absence")
# Verbs that take nothing away come last.
LAST: Final = 90


class Kind(Enum):
    """How much of a relation's handling is generic.

    PLAIN: ids and plain columns. MADE: it has its own id, so a plan may create records. SPECIAL: its own code reads and
    writes it.
    """

    PLAIN = "plain"
    MADE = "made"
    SPECIAL = "special"


class KeptIn(Enum):
    """How a Directory holds a relation.

    REFERENCE: whole; it is small, and changing it makes plans stale. PEOPLE: only the records of the people held.
    """

    REFERENCE = "reference"
    PEOPLE = "people"


class Does(Enum):
    """What a verb does to records: it creates, changes or ends them."""

    BEGIN = "begin"
    CHANGE = "change"
    END = "end"


@dataclass(frozen=True)
class By:
    """Undone by another verb of the relation with the same columns."""

    verb: str


@dataclass(frozen=True)
class To:
    """Undone by a verb that sets these values; the record and its id stay."""

    verb: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Stays:
    """Not undone; a flag with this code reports it."""

    flag: str


Undone = By | To | Stays


@dataclass(frozen=True)
class Verb:
    """One kind of change to a relation; each has one frame in a plan.

    sentence: the words after a count ("12 people created"). says: what it means for one person; {name} is the record's
    `Relation.shown` (an enrolment also has {role}, {status} and {when}). limit: the limit that counts its people, ""
    for none; then `unlimited` gives the reason. Verbs may share a limit. rank: its place in previews; losses come
    first. tile: the figure on the preview page that counts its people, "" for none. writes_person: it writes the
    person's own row and so changes its version. changes: the columns that a CHANGE changes. only: the values, by column
    of the relation or of the frame, of the records that it changes; another verb changes the rest. relation, key:
    copied from the relation.
    """

    name: str
    does: Does
    undone: Undone
    sentence: str
    says: str = ""
    limit: str = ""
    unlimited: str = ""
    rank: int = LAST
    tile: str = ""
    writes_person: bool = False
    changes: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    relation: str = ""
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """One kind of record that plans change.

    schema: its columns; those of people depend on the profile fields (`directory.people_schema`). key: the columns that
    identify a record; for MADE the id alone. refs: column → what it refers to: a relation, or a kind of setup record
    ("course", "role", "profile_field"). A column name means the same in every relation.
    named: what identifies MADE records without their id; new ones are numbered in this order, and an undo lets a record
    with the same values replace one that was removed. sources: the allowed values of `source`, if it has that column.
    noun: the word for one record in flags and exports. shown: the columns that identify it there. of_account: it is
    about one account (when it ends, who typed a value), so it doesn't move when two people are merged.
    """

    name: str
    kind: Kind
    kept_in: KeptIn
    schema: Mapping[str, pl.DataType]
    key: tuple[str, ...]
    verbs: tuple[Verb, ...]
    refs: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    noun: str = ""
    shown: tuple[str, ...] = ()
    of_account: bool = False

    def __post_init__(self) -> None:
        filled = tuple(replace(verb, relation=self.name, key=self.key) for verb in self.verbs)
        object.__setattr__(self, "verbs", filled)

    @property
    def id(self) -> str:
        """The column of the ids that this relation creates; "" if it creates none."""
        return self.key[0] if self.kind is Kind.MADE or self.name == "person" else ""

    @property
    def people(self) -> tuple[str, ...]:
        """The columns that name people, its own id included."""
        return (*((self.id,) if self.name == "person" else ()), *self.referring("person"))

    def referring(self, target: str) -> tuple[str, ...]:
        """The columns that refer to another relation."""
        return tuple(column for column, to in self.refs.items() if to == target)

    @property
    def begins(self) -> Verb:
        """The verb that creates records."""
        return next(verb for verb in self.verbs if verb.does is Does.BEGIN and not verb.writes_person)

    @property
    def alters(self) -> Verb | None:
        """The verb that changes columns of any records, if there is one."""
        return next((verb for verb in self.verbs if verb.changes and not verb.only), None)

    @property
    def changing(self) -> tuple[Verb, ...]:
        """The verbs that change columns of records; those of special cases come first."""
        return tuple(sorted((verb for verb in self.verbs if verb.changes), key=lambda verb: not verb.only))

    @property
    def ends(self) -> Verb | None:
        """The verb that ends records, if there is one."""
        return next((verb for verb in self.verbs if verb.does is Does.END), None)

    def schema_of(self, verb: Verb) -> dict[str, pl.DataType]:
        """The columns of a verb's frame."""
        if not verb.changes:
            return dict(self.schema)
        # Each frame must be readable alone: it holds what identifies the record.
        needed = {*self.key, *self.refs, *self.shown} - {*verb.changes}
        kept = {name: kind for name, kind in self.schema.items() if name in needed}
        return kept | {mark + name: self.schema[name] for mark in (BEFORE, AFTER) for name in verb.changes}
