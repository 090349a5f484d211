"""Errors about files: what can't be read as a table, and what can't be written."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError

from .kind import ErrorKind

_NAME_IT: Final = "Name the file's encoding, or save it as UTF-8."
_NAME_COLUMNS: Final = "Name the columns, such as username, firstname, lastname, email."
_SAVE_AGAIN: Final = "Save the file again, as CSV (UTF-8)."
_QUOTE: Final = "Close or remove the quotation mark. Without a second one, it takes in the lines below."
_SPLIT: Final = "Split the file into several files."

FILES: Final = (
    # the file as a whole
    ErrorKind("file_missing", FileError, "There is no file {file}.", "Check the path."),
    ErrorKind("file_is_directory", FileError, "{file} is a directory, not a file.", "Name a file in it."),
    ErrorKind("file_forbidden", FileError, "{file} can't be read: permission denied.",
              "Ask for permission to read it, or copy it."),
    ErrorKind("file_unreadable", FileError, "{file} can't be read: {reason}.", "Try again, or copy it."),
    ErrorKind("file_exists", FileError, "{file} already exists.", "Name a new file."),
    ErrorKind("file_unwritable", FileError, "{file} can't be written: {reason}."),
    ErrorKind("file_not_chosen", FileError, "No file was chosen.", "Choose or drop a file, or paste rows."),
    ErrorKind("file_empty", FileError, "{file} is empty.", "Choose a file that has a header and rows."),
    ErrorKind("file_blank", FileError, "The file has only blank lines.", _NAME_COLUMNS),
    ErrorKind("file_not_text", FileError, "{file} isn't a text file.", "Save the table as CSV (UTF-8)."),
    ErrorKind("file_is_pdf", FileError, "{file} is {what}, not a table.",
              "Save the table as CSV (UTF-8) in the program it was made with."),
    ErrorKind("file_is_archive", FileError, "{file} is {what}, not a table.", "Unpack it first."),
    ErrorKind("file_is_picture", FileError, "{file} is {what}, not a table.",
              "Choose a table: CSV, Excel or OpenDocument."),
    ErrorKind("file_is_other_table", FileError, "{file} is {what}, which Enlist can't read.",
              "Export the people as CSV (UTF-8) or .xlsx."),
    ErrorKind("file_is_document", FileError, "{file} is {what}, not a table.", "Save its table as .xlsx or CSV."),
    ErrorKind("file_is_old_workbook", FileError, "{file} is {what}, which Enlist can't read.",
              "Open it in a spreadsheet and save it as .xlsx."),
    # its size
    ErrorKind("file_too_large", FileError, "{file} is larger than {most:,} bytes.", _SPLIT),
    ErrorKind("too_many_rows", FileError, "The file has more than {most:,} rows.", _SPLIT),
    ErrorKind("too_many_lines", FileError, "{file} has more than {most:,} lines.",
              "Remove the blank lines, or split the file."),
    ErrorKind("too_many_columns", FileError, "Line {line} has {columns:,} columns. The limit is {most:,}.",
              "Remove columns that aren't needed."),
    ErrorKind("too_many_cells", FileError,
              "The file has more than {most:,} cells: {columns:,} columns in {rows:,} rows.",
              "Split it into several files, or remove columns that aren't needed."),
    ErrorKind("first_line_too_long", FileError,
              "The first line is longer than {most:,} bytes, so this isn't a text table.", "Save it as CSV."),
    ErrorKind("line_too_long", FileError,
              "{file} has a line longer than {most:,} bytes, so it isn't a text table.", "Save it as CSV."),
    ErrorKind("cell_too_long", FileError,
              "The cell in line {line}, column “{column}”, is longer than {most:,} characters.",
              "Shorten it, or look for a quotation mark that is never closed."),
    ErrorKind("cell_of_line_too_long", FileError, "A cell of line {line} is longer than {most:,} characters.", _QUOTE),
    ErrorKind("quoted_cell_too_long", FileError,
              "A quotation mark opens in line {line}, and its cell is longer than {most:,} characters.", _QUOTE),
    ErrorKind("quote_open", FileError, "A quotation mark opens in line {line} and is never closed.", _QUOTE),
    # encoding
    ErrorKind("encoding_not_found", FileError,
              "The encoding of {file} can't be detected: it is neither UTF-8 nor another common encoding.", _NAME_IT),
    ErrorKind("encoding_unknown", FileError, "There is no encoding “{encoding}”.",
              "Use one such as utf-8, windows-1252, iso-8859-2 or utf-16."),
    ErrorKind("encoding_wrong_at", FileError,
              "{file} isn't {encoding}: line {line}, character {character} can't be read.", _NAME_IT),
    ErrorKind("encoding_wrong", FileError, "{file} can't be read as {encoding}.", _NAME_IT),
    ErrorKind("encoding_maybe_utf7", FileError,
              "{file} may be UTF-7: in line {line}, {signs} would be {text}.",
              "Name the encoding: utf-8 if the text is right as it is, otherwise utf-7."),
    ErrorKind("header_not_utf8", FileError, "The header of {file} has bytes that aren't UTF-8.",
              "Name the file's encoding."),
    # delimiter and header
    ErrorKind("delimiter_missing", FileError,
              "Line {line} names several columns, but there is no delimiter between them.",
              "Put commas or semicolons between the cells, or name the delimiter."),
    ErrorKind("delimiter_missed", FileError,
              "Line {line} is a single column. Split at every {delimiter}, it would be {width}.",
              "Name the delimiter: {delimiter}."),
    ErrorKind("only_passwords", FileError, "The file has only a column of passwords, which isn't read.", _NAME_COLUMNS),
    ErrorKind("header_blank", FileError, "Line {line} can't be the header, because all its cells are blank.",
              _NAME_COLUMNS),
    ErrorKind("header_with_nul", FileError, "Line {line} has a NUL byte in a header.", _SAVE_AGAIN),
    ErrorKind("header_with_control_characters", FileError,
              "Line {line} has control characters in a header, so this isn't a text table.", _SAVE_AGAIN),
    ErrorKind("header_twice", FileError, "Columns {columns} in line {line} are both called “{column}”.",
              "Give each column its own name, or remove one of them."),
    ErrorKind("too_many_names", FileError, "You named {names} columns, but the file has {columns}.",
              "Name only the columns that the file has."),
    ErrorKind("column_name_reserved", FileError, "“{column}” is a name that exports use themselves.",
              "Rename the column."),
    # how a file should be read
    ErrorKind("delimiter_refused", FileError,
              "“{value}” can't be the delimiter. It must be one character, not a letter or a quotation mark.",
              "Use one such as comma, semicolon or tab."),
    ErrorKind("quote_refused", FileError, "“{value}” can't be the quotation mark. It must be one character.",
              "Use one such as \" or '."),
    ErrorKind("escape_refused", FileError, "“{value}” can't be the escape character. It must be one character.",
              "Use one such as \\."),
    ErrorKind("dates_refused", FileError, "Dates can't be read as “{value}”.", "Use shown or iso."),
    ErrorKind("lines_refused", FileError, "Lines can't be read as “{value}”.", "Use found or all."),
    ErrorKind("hidden_refused", FileError, "Hidden rows and columns can't be handled as “{value}”.",
              "Use read or skip."),
    ErrorKind("header_line_refused", FileError, "There is no line {line}.",
              "The first line is 1. Use 0 for a file without a header."),
)  # fmt: skip
