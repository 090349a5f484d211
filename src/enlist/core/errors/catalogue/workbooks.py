"""Errors about workbooks: .xlsx, .xlsb, .xls, .ods, and web pages saved under those names."""

from __future__ import annotations

from typing import Final

from enlist.core.errors.family import FileError

from .kind import ErrorKind

_SPLIT: Final = "Split it into several files, or save the sheet as CSV (UTF-8)."
_SAVE_AGAIN: Final = "Open it in the program it was made with and save it again."
_OTHER_COPY: Final = "Ask for another copy of the file, or copy the cells into a new workbook."
_NEW_WORKBOOK: Final = "Copy the sheet with the people into a new workbook."
_SAVE_TABLE: Final = "Save it as .xlsx or CSV."

WORKBOOKS: Final = (
    # what it has
    ErrorKind("workbook_with_macros", FileError, "{file} has macros, which this import doesn't accept.",
              "Save it as .xlsx, or let workbooks with macros in. Macros are never run."),
    ErrorKind("workbook_locked", FileError, "{file} is protected by a password.", "Save it without a password."),
    ErrorKind("workbook_is_document", FileError, "{file} is a text document, not a workbook.",
              "Save its table as .xlsx."),
    ErrorKind("workbook_empty", FileError, "{file} has no sheet with cells.", "Choose a workbook with a table in it."),
    ErrorKind("workbook_sheet_empty", FileError, "Sheet “{sheet}” of {file} is empty.",
              "Choose a workbook with a table in it."),
    ErrorKind("sheet_empty", FileError, "Sheet “{sheet}” of {file} is empty.", "Name another sheet: {sheets}."),
    ErrorKind("sheet_unknown", FileError, "{file} has no sheet “{sheet}”.", "Its sheets: {sheets}."),
    ErrorKind("columns_all_hidden", FileError, "All columns of {file} are hidden.",
              "Show those that should be imported."),
    ErrorKind("web_page_without_table", FileError, "{file} is a web page without a table.", _SAVE_TABLE),
    # limits
    ErrorKind("workbook_too_small", FileError, "A workbook can't hold {rows:,} rows.", "Use a .csv file instead."),
    ErrorKind("workbook_out_of_time", FileError, "{file} can't be read in {seconds} seconds.", _SPLIT),
    ErrorKind("workbook_out_of_memory", FileError,
              "{file} can't be read in {most:,} bytes of memory, or is damaged.", _SPLIT),
    ErrorKind("workbook_needs_memory", FileError, "{file} needs more memory than a workbook may use.", _SPLIT),
    ErrorKind("workbook_too_many", FileError, "{file} has too many {what}. The limit is {most:,}.", _NEW_WORKBOOK),
    ErrorKind("workbook_row_too_long", FileError, "Row {row:,} of {file} has more than {most:,} characters.", _SPLIT),
    ErrorKind("workbook_unpacks_too_large", FileError,
              "{file} would unpack to {size:,} bytes. The limit is {most:,}.", "Split it into several files."),
    ErrorKind("workbook_beyond_sheet", FileError, "{file} has a {what} {number:,}. A sheet has {most:,} at most.",
              _SAVE_AGAIN),
    ErrorKind("sheet_name_too_long", FileError,
              "The name of sheet {sheet:,} of {file} is longer than {most} characters.", _SAVE_AGAIN),
    ErrorKind("web_page_too_large", FileError, "{file} is a web page of more than {most:,} bytes.", _SAVE_TABLE),
    ErrorKind("web_page_tag_too_long", FileError, "{file} has a tag of more than {most:,} characters.", _SAVE_TABLE),
    # parts of the package that no spreadsheet writes
    ErrorKind("workbook_part_too_large", FileError,
              "Part {part} of {file} would unpack to {size:,} bytes. The limit is {most:,}.", _OTHER_COPY),
    ErrorKind("workbook_part_bomb", FileError,
              "Part “{part}” of {file} would unpack to {size:,} bytes, more than {times} times its size.", _OTHER_COPY),
    ErrorKind("workbook_part_too_many", FileError, "Part {part} of {file} has too many {what}. The limit is {most:,}.",
              _SAVE_AGAIN),
    ErrorKind("workbook_part_twice", FileError, "{file} has two parts called {part}.", _OTHER_COPY),
    ErrorKind("workbook_part_outside", FileError, "Part “{part}” of {file} points outside the workbook.", _OTHER_COPY),
    ErrorKind("workbook_part_link", FileError, "Part “{part}” of {file} is a link to a file outside the workbook.",
              _OTHER_COPY),
    ErrorKind("workbook_part_packed", FileError, "Part “{part}” of {file} is packed in a way that isn't supported.",
              _SAVE_AGAIN),
    ErrorKind("workbook_part_doctype", FileError,
              "Part {part} of {file} has a document type definition, which no workbook needs.", _OTHER_COPY),
    ErrorKind("workbook_part_prolog", FileError,
              "Part {part} of {file} has more than {most:,} bytes before its first element.", _OTHER_COPY),
    ErrorKind("workbook_parts_overlap", FileError, "Parts of {file} overlap.", _OTHER_COPY),
    ErrorKind("workbook_not_at_start", FileError, "Other data comes before the workbook in {file}.", _OTHER_COPY),
    # damage
    ErrorKind("workbook_kind_unknown", FileError, "{file} is damaged, or isn't a workbook that Enlist can read.",
              _SAVE_AGAIN),
    ErrorKind("workbook_damaged", FileError, "{file} is damaged, or isn't a workbook that Enlist can read.",
              "Open it in Excel or LibreOffice and save it again, or save the sheet as CSV (UTF-8)."),
    ErrorKind("workbook_cut_off", FileError, "{file} is cut off or damaged ({reason}).", "Copy or download it again."),
    ErrorKind("workbook_reader_broke", FileError, "{file} can't be read: the reader stopped without an answer.",
              _SPLIT),
    ErrorKind("workbook_part_missing", FileError, "{file} isn't a complete workbook: part {part} is missing.",
              _SAVE_AGAIN),
    ErrorKind("workbook_part_damaged", FileError, "Part {part} of {file} is damaged ({reason}).", _SAVE_AGAIN),
    ErrorKind("workbook_part_cut_off", FileError, "Part {part} of {file} is cut off: it ends within a record.",
              _SAVE_AGAIN),
    ErrorKind("workbook_record_short", FileError, "Part {part} of {file} is damaged: a record is too short.",
              _SAVE_AGAIN),
    ErrorKind("workbook_record_long", FileError, "Part {part} of {file} has a record of more than {most:,} bytes.",
              _SAVE_AGAIN),
    ErrorKind("workbook_sectors_damaged", FileError, "{file} is cut off, or its list of sectors is damaged.",
              _SAVE_AGAIN),
    ErrorKind("workbook_start_damaged", FileError,
              "{file} is damaged before its first sheet, where its texts and styles are stored.", _SAVE_AGAIN),
    ErrorKind("workbook_sheet_damaged", FileError, "A sheet of {file} is damaged near byte {byte:,} of its records.",
              _SAVE_AGAIN),
    ErrorKind("workbook_cell_unknown", FileError,
              "{file} refers to a cell {cell}. A sheet has {rows:,} rows and {columns:,} columns.", _SAVE_AGAIN),
    ErrorKind("workbook_rows_disordered", FileError, "{file} is damaged: row {row:,} comes after row {after:,}.",
              _SAVE_AGAIN),
    ErrorKind("workbook_text_missing", FileError,
              "{file} is damaged: a cell refers to text {number}, but there are {texts} texts.", _SAVE_AGAIN),
    ErrorKind("workbook_text_nested", FileError, "{file} is damaged: a text contains another text.", _SAVE_AGAIN),
    ErrorKind("workbook_text_too_long", FileError, "{file} is damaged: a text is longer than its record.",
              _SAVE_AGAIN),
    ErrorKind("workbook_number_bad", FileError, "{file} is damaged: “{value}” isn't a number.", _SAVE_AGAIN),
)  # fmt: skip
