"""Errors about saved plans."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError, LeaseTaken, PlanError, PolicyError, StalePlan

from .kind import ErrorKind

_AGAIN: Final = "Make the plan again."

PLANS: Final = (
    ErrorKind("plan_file_missing", PlanError, "There is no file {path}.", "Make a plan and save it."),
    ErrorKind("plan_file_foreign", PlanError, "{path} isn't a plan made by Enlist.", "Make a plan and save it."),
    ErrorKind("plan_file_damaged", PlanError, "{path} is damaged.", _AGAIN),
    ErrorKind("plan_file_changed", PlanError, "{path} was changed after the plan was made.", _AGAIN),
    ErrorKind("plan_of_other_version", PlanError, "This plan was made by another version of Enlist.", _AGAIN),
    ErrorKind("plan_head_damaged", PlanError, "The summary of this plan is damaged.", _AGAIN),
    ErrorKind("plan_frame_damaged", PlanError, "A part of this plan is damaged.", _AGAIN),
    ErrorKind("file_not_read", PlanError, "The file of import {number} isn't read yet.",
              "Wait until it is read, or change the reading options."),
    ErrorKind("reading_failed", FileError, "The file couldn't be read.", "Upload it again."),
    ErrorKind("approval_of_erased_person", PlanError,
              "The approval named somebody who was erased since. Nothing was applied.", "Approve the import again."),
    ErrorKind("file_being_read", LeaseTaken, "The file of import {number} is being read.", "Try again when it is read."),
    ErrorKind("plan_verb_unknown", PlanError, "This plan has kinds of changes that this version doesn't know: {verbs}."),
    # what a plan has that this organisation doesn't
    ErrorKind("plan_of_other_organization", PlanError, "This plan was made for {plan}, not for {organization}.", _AGAIN),
    ErrorKind("plan_field_foreign", PlanError, "This plan uses a profile field that isn't this organisation's.", _AGAIN),
    ErrorKind("plan_refers_elsewhere", PlanError, "This plan refers to records that aren't this organisation's: {noun}.", _AGAIN),
    ErrorKind("plan_record_never_was", PlanError, "This plan brings back a {noun} that never existed.", _AGAIN),
    ErrorKind("plan_columns_unknown", PlanError, "This plan changes things that people don't have: {columns}.", _AGAIN),
    ErrorKind("plan_frame_misshaped", PlanError, "“{name}” in this plan has missing or wrong columns: {columns}.",
              _AGAIN),
    ErrorKind("plan_people_unseen", PlanError, "This plan changes people it hasn't looked at.", _AGAIN),
    ErrorKind("plan_parts_differ", PlanError, "The parts of this plan don't match its summary.", _AGAIN),
    ErrorKind("plan_partly_applied", PlanError, "Only {done} of {planned} changes could be made, so nothing was applied.",
              _AGAIN),
    ErrorKind("plan_value_unstorable", PlanError,
              "The plan has a value that the database can't store. Nothing was applied.", "{reason}"),
    ErrorKind("plan_value_forbidden", PlanError,
              "The plan has a value that the directory doesn't allow. Nothing was applied.", "{reason}"),
    ErrorKind("plan_part_damaged", PlanError, "Part {part} of the plan of import {number} is damaged.", _AGAIN),
    ErrorKind("plan_part_expired", PlanError, "Part {part} of the plan of import {number} isn't kept any more.", _AGAIN),
    ErrorKind("plan_frame_expired", PlanError, "“{name}” in part {part} isn't kept any more.", _AGAIN),
    # what changed since a plan was made
    ErrorKind("plan_stale", StalePlan, "The directory changed since this plan was made. Nothing was applied.", _AGAIN),
    ErrorKind("people_changed", StalePlan,
              "People changed since this plan was made: {count:,}{names}. Nothing was applied.", _AGAIN),
    ErrorKind("directory_changed", StalePlan,
              "{count:,} of {planned:,} changes don't fit the directory any more. Nothing was applied.", _AGAIN),
    ErrorKind("setup_changed", StalePlan,
              "Courses, roles, course groups, profile fields or settings changed since this plan was made. "
              "Nothing was applied.", _AGAIN),
    ErrorKind("unlisted_came", StalePlan,
              "{count:,} more people who aren't in the file came since this plan was made. Nothing was applied.", _AGAIN),
    ErrorKind("people_came", StalePlan,
              "{count:,} more people came since this plan was made, and conditions may hold for them. Nothing was applied.",
              _AGAIN),
    ErrorKind("active_limit_passed", StalePlan,
              "More people with the role {roles} would be active than allowed: {figures}. Nothing was applied.", _AGAIN),
    ErrorKind("active_limit_reached", PolicyError,
              "More people with the role {roles} would be active than allowed: {figures}. Nothing was changed.",
              "Deactivate others first, or ask an administrator to raise the limit."),
    ErrorKind("active_limit_misspelled", PolicyError, "“{value}” isn't a limit of active people.",
              "Write learner=500, or learner= for no limit. Roles are joined by +: {roles}."),
    ErrorKind("plan_key_taken", StalePlan,
              "The {what} “{value}” was given to {username} since this plan was made. Nothing was applied.", _AGAIN),
    ErrorKind("plan_conflicts", StalePlan,
              "A username, an address, a unique value or an enrolment was taken, or a course was removed, since this "
              "plan was made. Nothing was applied.", _AGAIN),
)  # fmt: skip
