"""Errors about a file's columns: what it lacks, and what cannot be matched."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError, HeaderError

from .kind import ErrorKind

COLUMNS: Final = (
    ErrorKind("file_without_rows", FileError, "{file} has a header but no rows.", "Add the rows, or choose another file."),
    ErrorKind("header_not_found", HeaderError, "No line of {file} names its columns.",
              "Name the columns, or say which line names them."),
    ErrorKind("key_column_missing", HeaderError,
              "{file} has no column for {wanted}, so its rows can't be matched to people.",
              "Map one of its columns to {field} ({columns}), generate usernames (username_from = %-1f%-l), or match people by "
              "another field (match_by = email)."),
    ErrorKind("key_column_unnamed", HeaderError,
              "{file} has no column for {wanted}, and no line of it names its columns.",
              "Name the columns in order, say which line names them, or map one of them to {field}: {columns}."),
    ErrorKind("key_column_left_out", HeaderError,
              "{file} has no column for {wanted}, because the settings leave it out.",
              "Take {left_out} out of columns_left_out."),
    ErrorKind("columns_missing", HeaderError, "{file} lacks columns that the settings need. {missing}",
              "Its columns: {columns}."),
    ErrorKind("column_unknown", HeaderError, "This file has no column “{column}”.", "{near}Its columns: {columns}."),
    ErrorKind("column_gone", HeaderError, "This file has no column “{column}”.", "Load the import again."),
    ErrorKind("columns_unknown", HeaderError, "Unknown columns: {columns}.",
              "Correct the headers, map them to fields, leave them out, or let unknown columns be ignored."),
    ErrorKind("column_twice", HeaderError,
              "Columns “{first}” ({first_number}) and “{second}” ({second_number}) both mean {field}.",
              "Leave one of them out, or map it to another field."),
    ErrorKind("column_name_taken", HeaderError, "Two columns would be called “{name}”.", "Give one of them another name."),
    ErrorKind("field_unknown", HeaderError, "Column “{column}” can't be mapped to “{field}”. {reason}",
              "Fields: {fields}."),
)  # fmt: skip
