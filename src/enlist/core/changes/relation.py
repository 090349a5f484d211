"""What a relation and a verb are: plain data, so that everything can loop over it and a test can walk over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

import polars as pl

from .schemas import AFTER, BEFORE

# Who may have made a record: a hand, an import, the conditions of a group, a seat, the courses of a group.
SOURCES: Final = ("manual", "import", "condition", "seat", "group")
# Nothing is lost by these verbs: they come last.
LAST: Final = 90


class Kind(Enum):
    """How much of a relation's work is the same for all.

    PLAIN: ids and plain columns. MADE: with an id of its own, so a plan may make new ones. SPECIAL: read and written by
    code of its own.
    """

    PLAIN = "plain"
    MADE = "made"
    SPECIAL = "special"


class KeptIn(Enum):
    """With what a Directory holds a relation: REFERENCE, whole (it is small, and a change of it makes plans stale);
    PEOPLE, with the people it is about.
    """

    REFERENCE = "reference"
    PEOPLE = "people"


class Does(Enum):
    """What a verb does to records: they come to be, change, or end."""

    BEGIN = "begin"
    CHANGE = "change"
    END = "end"


@dataclass(frozen=True)
class By:
    """Undone by another verb of the relation, over the same columns."""

    verb: str


@dataclass(frozen=True)
class To:
    """Undone by a verb that changes the record to these values; the record stays, and so does its id."""

    verb: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Stays:
    """Not undone; a flag of this code says so."""

    flag: str


Undone = By | To | Stays


@dataclass(frozen=True)
class Verb:
    """One kind of change to a relation, and one frame of a plan.

    sentence: the words for counts ("12 people created"). says: what it means for one person, with {name}
    for what `Relation.shown` says of the record (an enrolment has {role}, {status} and {when} as well).
    limit: the word of the limits that counts its people, "" for none; then `unlimited` says why. Several verbs may
    share a word. rank: its place in previews, who loses something first. tile: the figure on a preview's page that
    counts its people, "" for none.
    writes_person: it writes the person's own row, and so its version. changes: the columns that a CHANGE changes.
    relation, key: filled in from the relation.
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
    relation: str = ""
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """One kind of record that plans change.

    schema: its columns; those of people depend on the profile fields (`directory.people_schema`). key: the columns that
    tell one from another; for MADE the id alone. refs: column → what it refers to: a relation, or a noun of the setup
    ("course", "role", "profile_field"). A column name means the same in every relation.
    named: what tells MADE records apart without their id; new ones are numbered in this order, and in an undo one with
    the same of it stands for one that is gone. sources: those a record may have (of `SOURCES`), where it has a column.
    noun: what one is called in flags and files of values. shown: the columns that say there which one it is.
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

    def __post_init__(self) -> None:
        filled = tuple(replace(verb, relation=self.name, key=self.key) for verb in self.verbs)
        object.__setattr__(self, "verbs", filled)

    @property
    def id(self) -> str:
        """The column of the ids it makes; "" for one that makes none."""
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
        """The verb by which new ones come to be."""
        return next(verb for verb in self.verbs if verb.does is Does.BEGIN and not verb.writes_person)

    @property
    def alters(self) -> Verb | None:
        """The verb that changes columns of records, where there is one."""
        return next((verb for verb in self.verbs if verb.changes), None)

    @property
    def ends(self) -> Verb | None:
        """The verb by which they end, where there is one."""
        return next((verb for verb in self.verbs if verb.does is Does.END), None)

    def schema_of(self, verb: Verb) -> dict[str, pl.DataType]:
        """The columns of a verb's frame."""
        if not verb.changes:
            return dict(self.schema)
        # Who and which it is, for whoever reads the frame alone.
        told = {*self.key, *self.refs, *self.shown} - {*verb.changes}
        kept = {name: kind for name, kind in self.schema.items() if name in told}
        return kept | {mark + name: self.schema[name] for mark in (BEFORE, AFTER) for name in verb.changes}
