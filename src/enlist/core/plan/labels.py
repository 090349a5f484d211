"""Labels: the names of a plan's records, fields and people, to show instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from enlist.core.changes import RELATIONS, VERBS, Does, Kind, kept_in_reference, relation_of, targets
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import FIELDS, SYSTEM_ROLES

from .plan import Part

# Fields that have no column of their own in a file.
_LABELS: Final = {SYSTEM_ROLES: "system roles"}


@dataclass(frozen=True)
class Labels:
    """Names of ids and slugs; others are shown as their number or slug.

    names: by target (a relation, "course", "role"), id → name: the username of people, the short name of courses and
    roles, `Relation.shown` of other records. fields: slug → label of profile fields.
    """

    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Directory) -> Labels:
        """The names of everything in a Directory."""
        reference = directory.reference
        labels = cls(
            names={
                "person": _mapping(directory.people, key="person", value="username"),
                "course": _mapping(reference.courses, key="course", value="shortname"),
                "role": _mapping(reference.roles, key="role", value="shortname"),
            },
            fields={known.slug: known.name for known in reference.profile_fields},
        )
        for relation in (each for each in kept_in_reference() if each.id):
            labels = labels.with_records(relation.name, records=reference.frame(relation.name))
        return labels

    def name(self, target: str, *, number: int) -> str:
        """The name of an id."""
        noun = RELATIONS[target].noun if target in RELATIONS else target
        return self.names.get(target, {}).get(number, f"{noun} {number}")

    def with_people(self, names: Mapping[int, str]) -> Labels:
        """The same with these usernames added."""
        return self._with("person", names=names)

    def with_records(self, relation: str, *, records: pl.DataFrame) -> Labels:
        """The same with the names of these records added."""
        ids = records.get_column(RELATIONS[relation].id).to_list()
        rows = zip(ids, records.iter_rows(named=True), strict=True)
        return self._with(relation, names={number: self.shown(relation, row=row) for number, row in rows})

    def _with(self, target: str, *, names: Mapping[int, str]) -> Labels:
        return replace(self, names={**self.names, target: {**self.names.get(target, {}), **names}}) if names else self

    def shown(self, relation: str, *, row: Mapping[str, Any], person: int | None = None) -> str:
        """The name of a record; for one between two people, from this person's side."""
        known = targets()
        cells = []
        for column in RELATIONS[relation].shown:
            if known.get(column) == "person" and relation != "person":
                ends = [row[each] for each in RELATIONS[relation].people]
                cells.append(self.name("person", number=next((each for each in ends if each != person), ends[-1])))
            else:
                cells.append(
                    self.name(known[column], number=row[column]) if column in known else str(row[column] or "")
                )
        return " / ".join(cells)

    def field_label(self, slug: str) -> str:
        """The label of a person's field or profile field."""
        return FIELDS[slug].label if slug in FIELDS else self.fields.get(slug, _LABELS.get(slug, slug))


def with_new(labels: Labels, *, part: Part) -> Labels:
    """The labels, with the names of what a part creates for others to refer to."""
    for verb, frame in part.frames.items():
        if relation_of(verb).kind is Kind.MADE and VERBS[verb].does is not Does.CHANGE:
            labels = labels.with_records(VERBS[verb].relation, records=frame)
    return labels


def _mapping(frame: pl.DataFrame, *, key: str, value: str) -> dict[int, str]:
    return dict(zip(frame.get_column(key).to_list(), frame.get_column(value).to_list(), strict=True))
