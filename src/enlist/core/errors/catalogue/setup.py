"""Errors about what an organisation sets up: profile fields, courses, groups, and their names."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import PolicyError

from .kind import ErrorKind

SETUP: Final = (
    ErrorKind("name_blank", PolicyError, "The {what} can't be blank."),
    ErrorKind("name_too_long", PolicyError, "The {what} is longer than {limit} characters."),
    ErrorKind("days_refused", PolicyError, "The {what} can't be “{value}”.", "Give a number of days, or 0 for no end."),
    ErrorKind("yes_or_no_refused", PolicyError, "The {what} can't be “{value}”.", "Use yes or no."),
    ErrorKind("field_name_refused", PolicyError, "“{name}” can't be the name of a profile field.",
              "Use lower-case letters, digits and underscores, starting with a letter. Files call it profile_field_NAME."),
    ErrorKind("field_name_taken", PolicyError, "There is already a profile field {name}."),
    ErrorKind("field_kind_unknown", PolicyError, "“{kind}” isn't a kind of profile field.", "Use one of: {kinds}."),
    ErrorKind("field_unique_with_default", PolicyError, "A unique field can't have a default: everybody would share it.",
              "Leave one of the two out."),
    ErrorKind("field_needs_options", PolicyError, "A field of the kind {kind} needs options.", "Name its options."),
    ErrorKind("field_without_options", PolicyError, "A field of the kind {kind} has no options.",
              "Leave the options out, or choose another kind."),
    ErrorKind("options_alike", PolicyError, "Options can't be blank, and no two may be the same apart from capital letters.",
              "Give each option a text of its own."),
    ErrorKind("options_with_separator", PolicyError,
              "Options of a multiple-choice field can't contain ; or |, which separate the options in a cell.",
              "Choose other texts for them."),
    ErrorKind("default_not_an_option", PolicyError, "The default “{default}” isn't one of the options.",
              "Use one of: {options}."),
    ErrorKind("profile_field_unknown", PolicyError, "There is no profile field {name}."),
)  # fmt: skip
