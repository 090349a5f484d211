"""Hints after errors: the page or button that helps."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from enlist.core.errors import EnlistError
from enlist.core.flags.catalogue import FLAGS

# By error code. A hint can use the error's fields, and replaces the one in the catalogue.
HINTS: Final = {
    "active_limit_reached": _(
        "Deactivate others first, or ask an administrator to raise the limit on the page Organisation."
    ),
    "addresses_not_shared": _(
        "Choose “refuse” for shared addresses, or ask an owner to let people share addresses (Organisation)."
    ),
    "addresses_shared": _("Change the address on each person's page first."),
    "approval_goes_further": _("Review it again, then type {people:,}."),
    "approval_number_wrong": _("Review it again, then type that number."),
    "approval_replanned": _("Review it again, then type {people:,}."),
    "cell_column_unknown": _("Reload the page."),
    "changed_people_expired": _("The page Organisation shows how long plans are kept."),
    "column_gone": _("Reload the page."),
    "database_gone": _("Check the server. The page Imports shows whether the import was applied."),
    "field_needs_options": _("Enter its options, one per line."),
    "header_not_found": _("Change the reading options: enter the names of the columns, or choose the header line."),
    "import_applied_already": _("Use “Undo this import” instead."),
    "import_in_work": _("The page Imports shows its progress."),
    "import_not_waiting": _("The page Imports shows the imports that need approval."),
    "import_undo_expired": _("The page Organisation shows how long plans are kept."),
    "key_column_unnamed": _(
        "Change the reading options: enter the names of the columns, or choose the header line. "
        "Or map one of these columns to {field}: {columns}."
    ),
    "limits_not_a_setting": _("The page Organisation has the limits. Administrators can change them."),
    "not_in_team": _("Add them on the page Team."),
    "person_role_unknown": _("Use one of: {roles}. Set roles in the team on the page Team."),
    "person_unknown": _("Check the spelling, or add them on the page People first."),
    "row_unknown": _("Reload the page."),
    "too_many_people_for_page": _("Choose fewer people. On the command line, any number of people can be exported."),
    "workbook_too_small": _("Download them as CSV."),
    "workbook_with_macros": _("Save it as .xlsx, or allow workbooks with macros. Macros are never run."),
}

# How to fix what a flag is about, by its code. Replaces the text in the catalogue.
FLAG_HINTS: Final = {
    "header_again": _("If it is a row, change the reading options: read every line as a row."),
    "second_table": _(
        "Save it as its own file. If it isn't a table, change the reading options: read every line as a row."
    ),
    "line_of_totals": _("If it is a row, fill its other cells, or change the reading options."),
    "line_ruled": _("If it is a row, change the reading options: read every line as a row."),
    "lines_wrapped": _("If each line is one cell, choose the quotation mark in the reading options."),
    "rows_hidden": _(
        "Unhide them and remove those that shouldn't be imported, or skip hidden rows in the reading options."
    ),
    "encoding_guessed": _("If letters look wrong, choose the encoding in the reading options."),
    "sheet_chosen": _("To read another sheet, choose it in the reading options."),
    "username_made_taken": _("Number these usernames, or correct the rows."),
    "row_excluded": _("To import it, use “Include rows”."),
}


def flag_hint(code: str) -> str:
    """How to fix what a flag is about."""
    return str(FLAG_HINTS.get(code, FLAGS[code].fix))


def error_text(error: EnlistError | None) -> str:
    """What happened, then what to do; "" for None."""
    if not error:
        return ""
    hint = str(HINTS[error.code]).format(**error.fields) if error.code in HINTS else error.hint
    return f"{error.message} {hint}".strip()
