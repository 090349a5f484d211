"""Hints: what helps after an error, in the words of somebody who types commands."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError

# By the code of an error: a sentence with the error's fields, in place of the catalogue's own hint.
HINTS: Final = {
    "addresses_not_shared": "Set same_email = refuse, or let an owner type `enlist organization --share-addresses`.",
    "addresses_shared": "`enlist people set USERNAME email=…` gives somebody another address.",
    "course_gone": "`enlist courses list` lists them.",
    "course_unknown": "`enlist courses list` lists them.",
    "database_gone": "Check DATABASE_URL and the server. `enlist imports` shows whether an import was applied.",
    "encoding_not_found": "Name the file's encoding (--encoding), or save it as UTF-8.",
    "field_name_taken": "`enlist fields list` shows it.",
    "field_needs_options": "Name them with --option, once for each.",
    "group_gone": "`enlist groups list` lists them.",
    "group_unknown": "`enlist groups list` lists them.",
    "header_not_found": "Name the columns in order (--columns username,firstname,lastname,email), "
    "or say which line names them (--header).",
    "import_unknown": "`enlist imports` lists them.",
    "key_column_unnamed": "Name the columns in order (--columns username,firstname,lastname,email), say which line "
    "names them (--header), or map one of them to {field} (--map): {columns}.",
    "no_organization": "Create one with `enlist init`.",
    "person_unknown": "`enlist people list` lists everybody.",
    "plan_file_foreign": "Make a plan with `enlist plan … --save`.",
    "plan_file_missing": "Make a plan with `enlist plan … --save`.",
    "profile_field_missing": "`enlist fields list` lists them.",
    "profile_field_unknown": "`enlist fields list` shows those there are.",
    "several_organizations": "Choose one with --organization: {organizations}.",
    "tables_older": "Run `enlist init`. Enlist keeps its files in {home}.",
    "workbook_too_small": "Name a file that ends in .csv.",
    "workbook_with_macros": "Save it as .xlsx, or add --set macros=let_in. Macros are never run.",
}


def hint_of(error: EnlistError) -> str:
    """What helps; "" where nothing is known to."""
    if error.code not in HINTS:
        return error.hint
    fields = error.fields | ({"home": _home()} if error.code == "tables_older" else {})
    return HINTS[error.code].format(**fields)


def _home() -> str:
    from django.conf import settings

    return str(settings.HOME)
