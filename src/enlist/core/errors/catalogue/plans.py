"""Errors about saved plans."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import PlanError

from .kind import ErrorKind

PLANS: Final = (
    ErrorKind("plan_file_missing", PlanError, "There is no file {path}.", "Make a plan and save it."),
    ErrorKind("plan_file_foreign", PlanError, "{path} isn't a plan made by Enlist.", "Make a plan and save it."),
    ErrorKind("plan_file_damaged", PlanError, "{path} is damaged.", "Make the plan again."),
    ErrorKind("plan_file_changed", PlanError, "{path} was changed after the plan was made.", "Make the plan again."),
    ErrorKind("plan_of_other_version", PlanError, "This plan was made by another version of Enlist.", "Make it again."),
    ErrorKind("plan_head_damaged", PlanError, "The summary of this plan is damaged.", "Make the plan again."),
    ErrorKind("plan_frame_damaged", PlanError, "A part of this plan is damaged.", "Make the plan again."),
    ErrorKind("plan_verb_unknown", PlanError, "This plan has kinds of changes that this version doesn't know: {verbs}."),
)  # fmt: skip
