"""Errors about setting up: the site's key, and an organisation's profile fields, courses, groups, and their names."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import KeyMissing, NotFound, PolicyError

from .kind import ErrorKind

SETUP: Final = (
    ErrorKind("site_key_missing", KeyMissing,
              "The key of this site is missing: there is none in {path}, and none in ENLIST_KEY.",
              "Put the data_key of the site there, or set ENLIST_HOME to the folder where it is."),
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
    ErrorKind("profile_field_missing", NotFound, "There is no profile field “{name}”."),
    ErrorKind("addresses_shared", PolicyError,
              "{count:,} e-mail addresses belong to several people ({addresses}). Nothing was changed.",
              "Give each of these people their own address first."),
    # courses and groups
    ErrorKind("course_unknown", NotFound, "There is no course “{shortname}”."),
    ErrorKind("course_gone", NotFound, "This course doesn't exist any more."),
    ErrorKind("course_has_people", PolicyError,
              "{course} has or had people enrolled ({people:,}), so it can't be deleted.",
              "Close it to files instead. Its history stays."),
    ErrorKind("course_has_groups", PolicyError, "{course} has groups, so it can't be deleted.",
              "Close it to files instead."),
    ErrorKind("group_unknown", NotFound, "There is no group “{name}”."),
    ErrorKind("group_gone", NotFound, "This group doesn't exist any more."),
    ErrorKind("group_ambiguous", PolicyError, "Several groups are called “{name}”.",
              "Use their ID number instead of their name."),
    ErrorKind("group_has_people", PolicyError, "{group} has members ({people:,}), so it can't be deleted.",
              "Remove them from the group first."),
    ErrorKind("group_has_groups", PolicyError, "{below} is inside {group}, so {group} can't be deleted.",
              "Move it first."),
)  # fmt: skip
