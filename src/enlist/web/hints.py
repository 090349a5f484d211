"""Hints: what helps after an error, in the words of the pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

# By the code of an error: a sentence with the error's fields, in place of the catalogue's own hint.
HINTS: Final = {
    "addresses_not_shared": _(
        "Choose “refuse” for shared addresses, or ask an owner to let people share addresses (Organisation)."
    ),
    "addresses_shared": _("Change the address on each person's page first."),
    "database_gone": _("Check the server. Then look on the page Imports whether the import was applied."),
    "field_needs_options": _("Name its options, a line each."),
    "header_not_found": _(
        "Change the reading options: type the names of the columns, or choose the line that has them."
    ),
    "key_column_unnamed": _(
        "Change the reading options: type the names of the columns, or choose the line that has them. "
        "Or map one of them to {field}: {columns}."
    ),
    "workbook_too_small": _("Download them as CSV."),
    "workbook_with_macros": _("Save it as .xlsx, or let workbooks with macros in. Macros are never run."),
}
