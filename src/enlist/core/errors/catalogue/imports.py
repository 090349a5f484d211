"""Errors about imports: their files, their states, who approves and undoes them."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import LeaseTaken, NotFound, PlanError, PolicyError, StalePlan

from .kind import ErrorKind

_IMPORT_AGAIN: Final = "Import the file again."
_PLAN_AGAIN: Final = "Plan it again."

IMPORTS: Final = (
    ErrorKind("import_unknown", NotFound, "There is no import {number}."),
    ErrorKind("import_closed", PlanError, "Import {number} is {state}, so it can't be changed."),
    ErrorKind("import_running", LeaseTaken, "Another import is being applied. Nothing was applied.",
              "Try again when it is done."),
    ErrorKind("apply_frozen", LeaseTaken,
              "Another import was being applied by a process that has stopped. Nothing was applied.",
              "Let that process go on, or end it. Then try again."),
    ErrorKind("import_without_plan", PlanError, "Import {number} has no plan.", "Make one first."),
    ErrorKind("import_part_missing", PlanError, "This part of import {number} isn't kept: it expired or never existed."),
    ErrorKind("import_frame_damaged", PlanError, "“{name}” in part {part} of import {number} is damaged.",
              "Make the plan again."),
    ErrorKind("import_file_gone", PlanError, "The file of import {number} isn't kept any more.", _IMPORT_AGAIN),
    ErrorKind("import_file_foreign_key", PlanError, "The file of import {number} was sealed under another key.",
              _IMPORT_AGAIN),
    # changed meanwhile
    ErrorKind("import_file_changed", StalePlan, "The file of import {number} changed while it was being planned.",
              _PLAN_AGAIN),
    ErrorKind("import_replanned", StalePlan, "Import {number} was planned again meanwhile. Nothing was applied.",
              "Look at the new plan."),
    ErrorKind("import_changed", StalePlan, "Import {number} was changed or applied meanwhile. Nothing was applied.",
              "Look at it again."),
    ErrorKind("import_undone_meanwhile", StalePlan, "Import {number} was undone meanwhile. Nothing was applied."),
    # keys
    ErrorKind("import_key_reused", PolicyError, "The key “{key}” already belongs to import {number}, with {what}.",
              "Give each import its own key."),
    ErrorKind("import_key_taken", LeaseTaken,
              "Import {number} was made with the key “{key}” meanwhile. Nothing was applied."),
)  # fmt: skip
