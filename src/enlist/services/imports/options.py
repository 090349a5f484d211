"""Options of profile fields: how many people use each, and replacing one, as an import of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, ClassVar

import polars as pl

from enlist.core.changes import OPTIONS_SCHEMA
from enlist.core.clean.names import one_line
from enlist.core.directory.conditions import from_text
from enlist.core.directory.directory import ProfileField, Reference, empty_directory
from enlist.core.directory.new_field import check_new
from enlist.core.errors import NotFound, PolicyError
from enlist.core.plan.plan import Head, Part, Plan
from enlist.core.planner.conditions import with_changes
from enlist.core.planner.net import After, net
from enlist.core.planner.option_values import replaced_clauses, replaced_option
from enlist.core.setup_kinds import PROFILE_FIELDS
from enlist.services.access import Right, Scope, needs
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.directory import current, snapshot
from enlist.store.imports import records
from enlist.store.setup import fields

from .limits import counted, limits_of
from .planning import BATCH
from .rules import spooled


@dataclass(frozen=True)
class OptionChange:
    """An option of a profile field (its id) that another one replaces everywhere ("": no value)."""

    title: str
    field: int
    old: str
    new: str
    right: ClassVar[Right] = Right.CHANGE_SETUP

    def order(self) -> dict[str, Any]:
        """As an import's order keeps it."""
        return {records.OPTION: [self.field, self.old, self.new]}

    @classmethod
    def of(cls, record: models.Import) -> OptionChange | None:
        """The change of an option that an import makes; None for other imports."""
        stored = record.order.get(records.OPTION)
        return None if stored is None else cls(record.note, *stored)


@dataclass(frozen=True, slots=True)
class OptionUse:
    """An option, how many people have it, and the names of the conditions that compare with it."""

    option: str
    people: int
    conditions: list[str]


@needs(Right.SEE_SETUP)
def options_used(scope: Scope, *, shortname: str) -> list[OptionUse]:
    """The options of a profile field, and who uses them. Raises NotFound."""
    reference = snapshot.reference(scope.organization)
    field = _field(reference, shortname=shortname)
    counts = fields.option_counts(scope.organization, field=field)
    return [
        OptionUse(each, counts.get(each, 0), _conditions(reference, field=field, option=each)) for each in field.options
    ]


@needs(Right.CHANGE_SETUP)
def option_replace(scope: Scope, *, shortname: str, old: str, new: str) -> OptionChange:
    """The change that gives everybody with an option another one, which is added if it is new, or none ("").

    Conditions that compare with the option follow. Raises NotFound; PolicyError for an impossible change.
    """
    reference = snapshot.reference(scope.organization)
    field = _field(reference, shortname=shortname)
    new = one_line(new, what="name of an option", blank=True)
    _check(reference, field=field, old=old, new=new)
    title = f"Rename the option {old} of {field.name} to {new}" if new else f"Clear the option {old} of {field.name}"
    return OptionChange(title, field=field.id, old=old, new=new)


@needs(Right.CHANGE_SETUP)
def option_remove(scope: Scope, *, shortname: str, option: str) -> None:
    """Remove an option that nobody uses. Raises NotFound; PolicyError with who uses it."""
    field = _field(snapshot.fields(scope.organization), shortname=shortname)
    if option not in field.options:
        raise NotFound("option_unknown", option=option, field=shortname)
    if field.default == option and option:
        raise PolicyError("option_is_default", option=option)
    if len(field.options) == 1:
        raise PolicyError("option_is_last", option=option)

    def check() -> None:
        (used,) = (each for each in options_used(scope, shortname=shortname) if each.option == option)
        if used.conditions:
            raise PolicyError("option_in_condition", option=option, conditions=", ".join(used.conditions))
        if used.people:
            raise PolicyError("option_in_use", option=option, people=used.people)

    fields.drop_option(scope, shortname=shortname, option=option, check=check)


@needs(Right.CHANGE_SETUP)
def plan_option(scope: Scope, *, change: OptionChange, progress: Progress = silent) -> Plan:
    """The plan of a change of an option; over the limits, all of it needs approval (see its head).

    Raises NotFound, PolicyError if it isn't possible any more.
    """
    reference = snapshot.reference(scope.organization)
    field = next((each for each in reference.profile_fields if each.id == change.field), None)
    if field is None:
        raise NotFound("option_unknown", option=change.old, field=str(change.field))
    _check(reference, field=field, old=change.old, new=change.new)
    conditions = replaced_clauses(reference, field=field, old=change.old, new=change.new)
    changed = with_changes(reference.frame("condition"), name="condition", begun=conditions, ended=None)
    after = reference if conditions.is_empty() else reference.with_frames({"condition": changed})
    head = Head(
        organization=scope.organization.slug,
        kind="change",
        file_name=change.title,
        reference_version=reference.version,
        actor=scope.actor.pk if scope.actor else None,
        rank=scope.role,
    )
    own = _own(reference, field=field, change=change, conditions=conditions)
    mine = _parts(scope, field=field, change=change, after=(reference, after), progress=progress)
    plan = spooled(head, parts=chain([own], mine))
    return counted(plan) if limits_of(scope).over(plan) else plan


def _own(reference: Reference, *, field: ProfileField, change: OptionChange, conditions: pl.DataFrame) -> Part:
    """The new option and the conditions."""
    nobody = empty_directory(reference)
    begun = {} if conditions.is_empty() else {"condition": conditions}
    frames = dict(net(nobody, after=After(nobody.people, begun=begun)).frames)
    if change.new and change.new not in field.options:
        added = pl.DataFrame([(field.id, change.new)], schema=OPTIONS_SCHEMA, orient="row")
        frames = {"add_option": added, **frames}
    return Part(frames=frames)


def _parts(
    scope: Scope,
    *,
    field: ProfileField,
    change: OptionChange,
    after: tuple[Reference, Reference],
    progress: Progress,
) -> Iterator[Part]:
    """What changes for everybody, batch by batch; after: the reference before and afterwards."""
    people = current.everybody(scope.organization)
    for start in range(0, len(people), BATCH):
        batch = people.slice(start, BATCH)
        directory = snapshot.snapshot(scope.organization, reference=after[0], keys=batch.to_frame())
        mine = directory.people.filter(pl.col("person").is_in(batch.implode()))
        yield replaced_option(
            replace(directory, people=mine), field=field, old=change.old, new=change.new, after=after[1]
        )
        progress("planning", min(start + BATCH, len(people)), len(people))


def _check(reference: Reference, *, field: ProfileField, old: str, new: str) -> None:
    """Raise NotFound, PolicyError if one option can't replace the other."""
    if old not in field.options or not old:
        raise NotFound("option_unknown", option=old, field=field.shortname)
    if old == new:
        raise PolicyError("option_unchanged", option=old)
    if new and new not in field.options:
        check_new(replace(field, options=(*field.options, new)), beside=())
    if not new and field.required:
        raise PolicyError("person_field_blank", field=field.name)
    used = _conditions(reference, field=field, option=old)
    if used and not new:
        raise PolicyError("option_in_condition", option=old, conditions=", ".join(used))


def _field(reference: Reference, *, shortname: str) -> ProfileField:
    for field in reference.profile_fields:
        if field.shortname == shortname:
            return field
    raise NotFound("record_unknown", kind="profile field", plural=PROFILE_FIELDS.plural, name=shortname)


def _conditions(reference: Reference, *, field: ProfileField, option: str) -> list[str]:
    lines = reference.frame("condition").select("name", "clauses").iter_rows()
    about = (field.slug, option)
    return sorted(name for name, text in lines if any((each.field, each.value) == about for each in from_text(text)))
