"""Hints: what helps after an error, in the words of the pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from enlist.core.errors import EnlistError
from enlist.core.flags.catalogue import FLAGS

# By the code of an error: a sentence with the error's fields, in place of the catalogue's own hint.
HINTS: Final = {
    "addresses_not_shared": _(
        "Choose “refuse” for shared addresses, or ask an owner to let people share addresses (Organisation)."
    ),
    "addresses_shared": _("Change the address on each person's page first."),
    "approval_goes_further": _("Look at it again, then type {people:,}."),
    "approval_number_wrong": _("Look at it again, then type that number."),
    "approval_replanned": _("Look at it again, then type {people:,}."),
    "cell_column_unknown": _("Open the page again."),
    "changed_people_expired": _("The page Organisation shows how long plans are kept."),
    "column_gone": _("Open the page again."),
    "database_gone": _("Check the server. Then look on the page Imports whether the import was applied."),
    "field_needs_options": _("Name its options, a line each."),
    "header_not_found": _(
        "Change the reading options: type the names of the columns, or choose the line that has them."
    ),
    "import_applied_already": _("Use “Undo this import” instead."),
    "import_in_work": _("The page Imports shows its progress."),
    "import_not_waiting": _("The page Imports shows those that are waiting."),
    "import_undo_expired": _("The page Organisation shows how long plans are kept."),
    "key_column_unnamed": _(
        "Change the reading options: type the names of the columns, or choose the line that has them. "
        "Or map one of them to {field}: {columns}."
    ),
    "limits_not_a_setting": _("The page Organisation has the limits. Administrators can change them."),
    "not_in_team": _("Add them on the page Team."),
    "person_role_unknown": _("Use one of: {roles}. Give roles in the team on the page Team."),
    "person_unknown": _("Check the spelling, or add them on the page People first."),
    "row_unknown": _("Open the page again."),
    "too_many_people_for_page": _("Choose fewer people. On the command line, any number of people can be exported."),
    "workbook_too_small": _("Download them as CSV."),
    "workbook_with_macros": _("Save it as .xlsx, or let workbooks with macros in. Macros are never run."),
}

# How to fix a flag, by its code, in place of the catalogue's own words.
FLAG_HINTS: Final = {
    "header_again": _("If it is a row, change the reading options: read every line as a row."),
    "second_table": _(
        "Save it as its own file. If it isn't a table, change the reading options: read every line as a row."
    ),
    "line_of_totals": _("If it is a row, fill its other cells, or change the reading options."),
    "line_ruled": _("If it is a row, change the reading options: read every line as a row."),
    "lines_wrapped": _("If each line is one cell, choose the quotation mark in the reading options."),
    "rows_hidden": _(
        "Show them and remove those that shouldn't be imported, or leave hidden rows out in the reading options."
    ),
    "encoding_guessed": _("If letters look wrong, choose the encoding in the reading options."),
    "sheet_chosen": _("To read another sheet, choose it in the reading options."),
    "row_excluded": _("To import it, use “Include rows”."),
}


def flag_hint(code: str) -> str:
    """How to fix what a flag is about, as pages say it."""
    return str(FLAG_HINTS.get(code, FLAGS[code].fix))


def error_text(error: EnlistError | None) -> str:
    """An error as pages show it: what happened, then what to do; "" for none."""
    if not error:
        return ""
    hint = str(HINTS[error.code]).format(**error.fields) if error.code in HINTS else error.hint
    return f"{error.message} {hint}".strip()
