"""Hints after errors: the command or option that helps."""

from __future__ import annotations

from typing import Final

from enlist.core.errors import EnlistError

# By error code. A hint can use the error's fields, and replaces the one in the catalogue.
HINTS: Final = {
    "active_limit_reached": "Deactivate others first, or raise the limit with `enlist limits --active`.",
    "address_in_use": "Stop the program that listens there, or choose another address with --address HOST:PORT.",
    "addresses_not_shared": "Set same_email = refuse, or ask an owner to run `enlist organization --share-addresses`.",
    "addresses_shared": "Change addresses with `enlist people set USERNAME email=…`.",
    "approval_goes_further": "Review it again with `enlist show {number}`, then confirm {people:,}.",
    "approval_number_wrong": "Review it with `enlist show {number}`, then confirm that number.",
    "approval_replanned": "Review it again with `enlist show {number}`, then confirm {people:,}.",
    "approve_or_reject": (
        "Add --confirm with the number of people, or --reject. `enlist show {number}` shows who is affected."
    ),
    "background_cannot_ask": "Add --yes, or preview it first with `enlist plan`.",
    "backup_foreign": "Make a new one with `enlist backup`.",
    "cannot_ask": "Add --yes to continue without confirmation, or preview it first with `enlist plan`.",
    "changed_people_expired": "`enlist retention` shows how long plans are kept.",
    "country_unknown": "`enlist codes` lists them.",
    "course_unknown": "`enlist courses list` lists them.",
    "database_gone": "Check DATABASE_URL and the server. `enlist imports` shows whether an import was applied.",
    "encoding_not_found": "Name the file's encoding (--encoding), or save it as UTF-8.",
    "erasures_missing": (
        "Name that file with --erasures FILE (it is erased.jsonl in ENLIST_HOME), or add --nobody-erased."
    ),
    "failures_not_known": "Remove --failures. `enlist show N` shows the errors when the import is done.",
    "field_name_taken": "`enlist fields list` shows it.",
    "field_needs_options": "Add --option once for each option.",
    "group_gone": "`enlist groups list` lists them.",
    "header_not_found": "Name the columns in order (--columns username,firstname,lastname,email), "
    "or choose the header line (--header).",
    "header_not_remembered": "`enlist headers` lists them.",
    "import_applied_already": "Undo it with `enlist undo {number}`.",
    "import_in_work": "`enlist imports` shows its progress.",
    "import_not_waiting": "`enlist imports` lists the imports that need approval.",
    "import_undo_expired": "`enlist retention` shows how long plans are kept.",
    "import_unknown": "`enlist imports` lists them.",
    "invite_not_asked": "Leave out --invite and --no-invite, or add --set invite=ask.",
    "invite_unanswered": "Add --invite or --no-invite. You can invite people later too.",
    "key_column_unnamed": "Name the columns in order (--columns username,firstname,lastname,email), choose the header "
    "line (--header), or map one of them to {field} (--map): {columns}.",
    "limits_not_a_setting": "`enlist limits` shows them. Administrators can change them.",
    "mail_refused": "Check ENLIST_MAIL and the server. `enlist passwords` continues where it stopped.",
    "mail_server_away": "Check ENLIST_MAIL and the server. `enlist passwords` continues where it stopped.",
    "mapping_misspelled": 'For example: --map "Login name=username"',
    "no_mail_server": "Set ENLIST_MAIL, or give people a link with `enlist invitations link`.",
    "no_organization": "Create one with `enlist init`.",
    "not_in_team": "Add them with `enlist team add`.",
    "option_name_blank": "To remove the value from everybody, use `enlist fields clear-option`.",
    "people_not_chosen_clearly": "Name people, choose them with options, or add --everybody.",
    "person_role_unknown": "Use one of: {roles}. Set roles in the team with `enlist team`.",
    "person_unknown": "`enlist people list` lists everybody.",
    "plan_file_foreign": "Make a plan with `enlist plan … --save`.",
    "plan_file_missing": "Make a plan with `enlist plan … --save`.",
    "record_unknown": "`enlist {plural} list` lists them.",
    "profile_field_unknown": "`enlist fields list` lists them.",
    "several_organizations": "Choose one with --organization: {organizations}.",
    "tables_older": "Run `enlist init`.",
    "too_many_people_for_page": "`enlist people export` can export any number of people.",
    "twins_not_in_file": "Check its spelling in --rename-twin and --two-people.",
    "workbook_too_small": "Use a file name that ends in .csv.",
    "workbook_with_macros": "Save it as .xlsx, or add --set macros=let_in. Macros are never run.",
}

# How to fix what a flag is about, by its code. Replaces the text in the catalogue.
FLAG_HINTS: Final = {
    "header_again": "If it is a row, add --lines all.",
    "second_table": "Save it as its own file. If it isn't a table, add --lines all.",
    "line_of_totals": "If it is a row, fill its other cells, or add --lines all.",
    "line_ruled": "If it is a row, add --lines all.",
    "lines_wrapped": "If each line is one cell, name the quotation mark with --quote.",
    "rows_hidden": "Unhide them and remove those that shouldn't be imported, or add --hidden skip.",
    "username_twin": "Use that username, or add --rename-twin OLD=NEW or --two-people USERNAME.",
    "encoding_guessed": "If letters look wrong, name the encoding with --encoding.",
    "sheet_chosen": "To read another sheet, name it with --sheet.",
}


def error_text(error: EnlistError) -> str:
    """An error: what happened, then what to do."""
    return f"{error.message} {hint_of(error)}".strip()


def hint_of(error: EnlistError) -> str:
    """What to do after an error; "" if there is no hint."""
    if error.code not in HINTS:
        return error.hint
    hint = HINTS[error.code].format(**error.fields)
    if error.code != "tables_older":
        return hint
    from django.conf import settings

    # A wrong folder looks like a site that isn't set up.
    return f"{hint} Enlist keeps its files in {settings.HOME}."
