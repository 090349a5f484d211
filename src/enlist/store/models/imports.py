"""Imports: the file, its edits, the plan and the result."""

from __future__ import annotations

from django.db import models

from .columns import moment, one_of, organization_of_bulk, organization_of_few, text
from .people import Person

IMPORT_KINDS = ("import", "undo", "change", "scheduled")
STEP_STATES = ("done", "undone", "dropped")
IMPORT_STATES = (
    "staged",
    "planned",
    "applied",
    "undone",
    "failed",
    "cancelled",
    "nothing_to_do",
    "awaiting",
    "dropped",
)


class Import(models.Model):
    """An import: a file and its policy, the plan, and the result.

    number: counts within the organisation. plan_head: the head of the plan as JSON (its parts are artifacts). first: by
    relation, the real id of the plan's −1, if it creates records. stamp: the version that applying it gave. key: two
    requests with the same key get the same import; null for none. order: how the staged table was read and its columns
    are mapped. file_removed_at, plan_removed_at: when they were deleted. split_from: the import whose part this is that
    needs, or needed, approval. moves: grows with every step made, undone or redone; planned_moves: their number at the
    time of the plan.
    """

    organization = organization_of_few()
    number = models.PositiveIntegerField()
    kind = text(default="import")
    preset = text()
    policy = models.JSONField(default=dict, blank=True)
    file_name = text()
    sha256 = text()
    key = models.TextField(null=True)  # noqa: DJ001 imports without a key must not conflict
    order = models.JSONField(default=dict, blank=True)
    note = text()
    state = text(default="staged")
    started_by = models.ForeignKey(
        Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = moment()
    planned_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict, blank=True)
    plan_head = models.JSONField(default=dict, blank=True)
    first = models.JSONField(default=dict, blank=True)
    stamp = models.BigIntegerField(null=True)
    file_removed_at = models.DateTimeField(null=True)
    plan_removed_at = models.DateTimeField(null=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    moves = models.PositiveIntegerField(default=0, db_default=0)
    planned_moves = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="import_number"),
            models.UniqueConstraint(fields=["organization", "key"], name="import_key"),
            models.CheckConstraint(condition=one_of("kind", values=IMPORT_KINDS), name="import_kind"),
            models.CheckConstraint(condition=one_of("state", values=IMPORT_STATES), name="import_state"),
        ]

    def __str__(self) -> str:
        return f"import {self.number}"


class Step(models.Model):
    """One change in the grid of an import, of any number of cells.

    state: one of STEP_STATES; an undone step can be redone until the person makes another one, then it is dropped.
    move: the number of the import's move that gave the step its state.
    """

    organization = organization_of_bulk()
    of_import = models.ForeignKey(Import, models.CASCADE, related_name="+", db_column="import_id", db_index=False)
    by = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    state = text(default="done")
    move = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("state", values=STEP_STATES), name="step_state")]
        indexes = [models.Index(fields=["of_import", "id"], name="step_order")]

    def __str__(self) -> str:
        return f"step {self.pk}, {self.state}"


class Edit(models.Model):
    """A changed cell, or another edit that `core.table.overlay` lists; old: the value before."""

    organization = organization_of_bulk()
    of_import = models.ForeignKey(Import, models.CASCADE, related_name="edits", db_column="import_id", db_index=False)
    step = models.ForeignKey(Step, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    row = models.BigIntegerField()
    column = text()
    old = text()
    new = text()

    class Meta:
        indexes = [
            models.Index(fields=["of_import", "row", "id"], name="edit_place"),
            models.Index(fields=["of_import"], name="edit_left_out", condition=models.Q(column="")),
        ]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}"


class Artifact(models.Model):
    """A chunk of a staged table or a plan, written once.

    data: a frame as `core/table/frames.py` writes it; fingerprint: its SHA-256 (hex). min_person, max_person: the
    lowest and highest id of a person in it, if it is about people.
    """

    organization = organization_of_bulk()
    of_import = models.ForeignKey(Import, models.CASCADE, related_name="+", db_column="import_id", db_index=False)
    kind = text()
    part = models.IntegerField()
    name = text()
    data = models.BinaryField()
    rows = models.BigIntegerField()
    min_person = models.BigIntegerField(null=True)
    max_person = models.BigIntegerField(null=True)
    fingerprint = text()
    created_at = moment()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of_import", "kind", "part", "name"], name="artifact_place")]
        indexes = [models.Index(fields=["organization", "max_person", "min_person"], name="artifact_people")]

    def __str__(self) -> str:
        return f"{self.kind} {self.part}, {self.name}"
