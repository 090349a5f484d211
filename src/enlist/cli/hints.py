"""Hints: what helps after an error, in the words of somebody who types commands."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError

# By the code of an error: a sentence with the error's fields, in place of the catalogue's own hint.
HINTS: Final = {
    "addresses_not_shared": "Set same_email = refuse, or let an owner type `enlist organization --share-addresses`.",
    "encoding_not_found": "Name the file's encoding (--encoding), or save it as UTF-8.",
    "field_name_taken": "`enlist fields list` shows it.",
    "field_needs_options": "Name them with --option, once for each.",
    "header_not_found": "Name the columns in order (--columns username,firstname,lastname,email), "
    "or say which line names them (--header).",
    "key_column_unnamed": "Name the columns in order (--columns username,firstname,lastname,email), say which line "
    "names them (--header), or map one of them to {field} (--map): {columns}.",
    "plan_file_foreign": "Make a plan with `enlist plan … --save`.",
    "plan_file_missing": "Make a plan with `enlist plan … --save`.",
    "profile_field_unknown": "`enlist fields list` shows those there are.",
    "workbook_too_small": "Name a file that ends in .csv.",
    "workbook_with_macros": "Save it as .xlsx, or add --set macros=let_in. Macros are never run.",
}


def hint_of(error: EnlistError) -> str:
    """What helps; "" where nothing is known to."""
    return HINTS[error.code].format(**error.fields) if error.code in HINTS else error.hint
