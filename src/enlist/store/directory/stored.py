"""The table of each relation; reading and writing loop over this registry.

A relation's column is the model's field of the same name: `person` is `person_id`, and a relation's own id is `id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import DateTimeField, Model

from enlist.core.changes import RELATIONS, Relation
from enlist.store import models
from enlist.store.engine import Engine


@dataclass(frozen=True)
class Stored:
    """The table of a relation.

    renamed: our column → the model's field, if its name differs. read_as: our column → SQL that reads it from the table
    `t`, for columns that aren't fields. fixed: other columns of new rows. live: an SQL condition for rows that aren't
    ended; ended: SQL that sets a row to ended.
    """

    model: type[Model]
    renamed: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    live: str = ""
    ended: str = ""

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    def column(self, name: str, *, relation: Relation) -> str:
        """The table's column for one of the relation's."""
        if name == relation.id:
            return "id"
        return str(self._field(name).column)

    def written(self, relation: Relation) -> dict[str, str]:
        """Our columns → the table's, for all columns that are written."""
        return {name: self.column(name, relation=relation) for name in relation.schema if name not in self.read_as}

    def select(self, relation: Relation, *, at: Engine, source: str) -> str:
        """A query for the relation's columns, from `source`, in which the table is called t."""
        columns = ", ".join(f'{self._read(name, relation=relation, at=at)} AS "{name}"' for name in relation.schema)
        return f"SELECT {columns} FROM {source}"

    def _read(self, name: str, *, relation: Relation, at: Engine) -> str:
        if name in self.read_as:
            return self.read_as[name]
        column = self.column(name, relation=relation)
        is_moment = name != relation.id and isinstance(self._field(name), DateTimeField)
        return at.moment_text(f"t.{column}") if is_moment else f't."{column}"'

    def _field(self, name: str) -> Any:
        return self.model._meta.get_field(self.renamed.get(name, name))


STORED: Final = {
    "group": Stored(
        models.Group,
        read_as={"joinable": "t.kind <> 'conditional'"},
        fixed={"kind": "import"},
    ),
    "condition": Stored(models.Condition),
    "group_condition": Stored(models.GroupCondition, renamed={"people_group": "group"}),
    "group_course": Stored(models.GroupCourse, renamed={"people_group": "group"}),
    "course_group": Stored(models.CourseGroup),
    "enrolment": Stored(models.Enrolment, live="NOT (t.status = 'ended')", ended="status = 'ended'"),
    "course_group_membership": Stored(models.CourseGroupMember),
    "group_membership": Stored(models.GroupMembership, renamed={"people_group": "group"}),
    "person_role": Stored(models.PersonRole),
    "link": Stored(models.Link),
    "departure": Stored(models.Departure),
    "merge": Stored(models.Merge),
    "manual_edit": Stored(models.ManualEdit),
}


def stored(relation: str) -> tuple[Relation, Stored]:
    """A relation and its table."""
    return RELATIONS[relation], STORED[relation]
