"""Errors about what a command or a page was given."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import PolicyError

from .kind import ErrorKind

REQUESTS: Final = (
    # commands
    ErrorKind("value_misspelled", PolicyError, "“{value}” isn't of the form FIELD=VALUE.", "For example: city=Perth"),
    ErrorKind("mapping_misspelled", PolicyError, "“{value}” isn't of the form header=field.",
              "For example: Login name=username"),
    ErrorKind("twin_misspelled", PolicyError, "“{value}” isn't of the form old=new.", "For example: ann=ann.lee"),
    ErrorKind("twins_not_in_file", PolicyError, "No row has the username: {usernames}."),
    ErrorKind("delimiter_not_one", PolicyError, "“{value}” isn't one character.", "Use one character, or one of: {names}."),
    ErrorKind("approve_or_reject", PolicyError, "Choose whether to approve or reject import {number}."),
    ErrorKind("cannot_ask", PolicyError,
              "Cannot ask for confirmation: standard input is not a terminal. Nothing was done."),
    ErrorKind("background_cannot_ask", PolicyError, "Cannot ask for confirmation: the import runs in the background."),
    ErrorKind("failures_not_known", PolicyError,
              "The rows with errors aren't known yet, because the import runs in the background."),
    # pages
    ErrorKind("page_number_refused", PolicyError, "“{value}” isn't a page number."),
    ErrorKind("form_part_unknown", PolicyError, "This form changes something that doesn't exist."),
)  # fmt: skip
