"""Hints: what helps after an error, in the words of somebody who types commands."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError

# By the code of an error: a sentence with the error's fields, in place of the catalogue's own hint.
HINTS: Final = {
    "address_in_use": "Stop the program that listens there, or choose another address with --address HOST:PORT.",
    "addresses_not_shared": "Set same_email = refuse, or let an owner type `enlist organization --share-addresses`.",
    "addresses_shared": "`enlist people set USERNAME email=…` gives somebody another address.",
    "approval_goes_further": "Look at it again with `enlist show {number}`, then confirm {people:,}.",
    "approval_number_wrong": "Look at it with `enlist show {number}`, then confirm that number.",
    "approval_replanned": "Look at it again with `enlist show {number}`, then confirm {people:,}.",
    "approve_or_reject": (
        "Add --confirm with the number of people, or --drop. `enlist show {number}` shows who is affected."
    ),
    "background_cannot_ask": "Add --yes, or look first with `enlist plan`.",
    "backup_foreign": "Make a new one with `enlist backup`.",
    "cannot_ask": "Add --yes to go on without being asked, or look first with `enlist plan`.",
    "changed_people_expired": "`enlist retention` shows how long plans are kept.",
    "country_unknown": "`enlist codes` lists them.",
    "course_unknown": "`enlist courses list` lists them.",
    "database_gone": "Check DATABASE_URL and the server. `enlist imports` shows whether an import was applied.",
    "encoding_not_found": "Name the file's encoding (--encoding), or save it as UTF-8.",
    "erasures_missing": (
        "Name that file with --erasures FILE (it was erased.jsonl beside the database), or add --nobody-erased."
    ),
    "failures_not_known": "Leave --failures out. `enlist show N` shows them when the import is done.",
    "field_name_taken": "`enlist fields list` shows it.",
    "field_needs_options": "Name them with --option, once for each.",
    "group_gone": "`enlist groups list` lists them.",
    "header_not_found": "Name the columns in order (--columns username,firstname,lastname,email), "
    "or say which line names them (--header).",
    "header_not_remembered": "`enlist headers` lists them.",
    "import_applied_already": "`enlist undo {number}` undoes it.",
    "import_in_work": "`enlist imports` shows its progress.",
    "import_not_waiting": "`enlist imports` lists those that are waiting.",
    "import_undo_expired": "`enlist retention` shows how long plans are kept.",
    "import_unknown": "`enlist imports` lists them.",
    "key_column_unnamed": "Name the columns in order (--columns username,firstname,lastname,email), say which line "
    "names them (--header), or map one of them to {field} (--map): {columns}.",
    "limits_not_a_setting": "`enlist limits` shows them, and changes them for administrators.",
    "mail_refused": "Check ENLIST_MAIL and the server. `enlist passwords` continues where it stopped.",
    "mail_server_away": "Check ENLIST_MAIL and the server. `enlist passwords` continues where it stopped.",
    "mapping_misspelled": 'For example: --map "Login name=username"',
    "no_organization": "Create one with `enlist init`.",
    "not_in_team": "`enlist team add` adds them.",
    "people_not_chosen_clearly": "Name them, choose them by options, or add --everybody.",
    "person_role_unknown": "Use one of: {roles}. `enlist team` gives roles in the team.",
    "person_unknown": "`enlist people list` lists everybody.",
    "plan_file_foreign": "Make a plan with `enlist plan … --save`.",
    "plan_file_missing": "Make a plan with `enlist plan … --save`.",
    "record_unknown": "`enlist {plural} list` lists them.",
    "profile_field_unknown": "`enlist fields list` shows those there are.",
    "several_organizations": "Choose one with --organization: {organizations}.",
    "tables_older": "Run `enlist init`.",
    "too_many_people_for_page": "`enlist people export` writes any number of them.",
    "workbook_too_small": "Name a file that ends in .csv.",
    "workbook_with_macros": "Save it as .xlsx, or add --set macros=let_in. Macros are never run.",
}

# How to fix a flag, by its code, in place of the catalogue's own words.
FLAG_HINTS: Final = {
    "header_again": "If it is a row, add --lines all.",
    "second_table": "Save it as its own file. If it isn't a table, add --lines all.",
    "line_of_totals": "If it is a row, fill its other cells, or add --lines all.",
    "line_ruled": "If it is a row, add --lines all.",
    "lines_wrapped": "If each line is one cell, name the quotation mark with --quote.",
    "rows_hidden": "Show them and remove those that shouldn't be imported, or add --hidden skip.",
    "encoding_guessed": "If letters look wrong, name the encoding with --encoding.",
    "sheet_chosen": "To read another sheet, name it with --sheet.",
}


def error_text(error: EnlistError) -> str:
    """An error: what happened, then what to do."""
    return f"{error.message} {hint_of(error)}".strip()


def hint_of(error: EnlistError) -> str:
    """What helps; "" where nothing is known to."""
    if error.code not in HINTS:
        return error.hint
    hint = HINTS[error.code].format(**error.fields)
    if error.code != "tables_older":
        return hint
    from django.conf import settings

    # Another folder than the one that was meant looks the same as a site that isn't set up.
    return f"{hint} Enlist keeps its files in {settings.HOME}."
