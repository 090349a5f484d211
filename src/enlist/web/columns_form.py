"""The form that maps the columns of a file to fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enlist.core.directory.directory import Reference
from enlist.core.errors import EnlistError
from enlist.core.fields.fields import FAMILIES, FIELDS
from enlist.services.drafts.draft import Column
from enlist.web.forms.base import ServiceForm

# A column's place in the form, and its header when the form was rendered, which may have changed since.
_FIELD: Final = "field-"
_HEADER: Final = "header-"
_DOUBTFUL: Final = 0.9
_FAMILY_LABELS: Final = {
    "course": gettext_lazy("course"),
    "role": gettext_lazy("role in the course"),
    "group": gettext_lazy("group in the course"),
    "type": gettext_lazy("type of enrolment"),
    "enrolperiod": gettext_lazy("days of the enrolment"),
    "enroltimestart": gettext_lazy("start of the enrolment"),
    "enrolstatus": gettext_lazy("status of the enrolment"),
    "cohort": gettext_lazy("cohort"),
}


@dataclass(frozen=True)
class Line:
    """A column on the page, with its inputs (None for a column of passwords)."""

    column: Column
    field: BoundField | None
    header: BoundField | None

    @property
    def sureness(self) -> str:
        """The confidence, in one word."""
        if not self.column.slug:
            return "ignored"
        return "sure" if self.column.sure >= _DOUBTFUL else "unsure"


class ColumnsForm(ServiceForm):
    """A field for each column; passwords have none, because Enlist never shows them."""

    def __init__(self, sent: Mapping[str, str] | None, *, columns: Sequence[Column], reference: Reference) -> None:
        super().__init__(sent)
        self._columns = columns
        groups = [("", _("– ignored –")), *field_groups(reference)]
        for place, column in self._open():
            select = forms.Select({"class": "form-select form-select-sm"}, choices=_with(groups, slug=column.slug))
            select.attrs["aria-label"] = _("“%s” is imported as") % column.header
            # The service judges which fields there are: another file's columns can have more of a family.
            self.fields[_FIELD + place] = forms.CharField(
                label=column.header, initial=column.slug, required=False, widget=select
            )
            self.fields[_HEADER + place] = forms.CharField(
                initial=column.header, required=False, strip=False, widget=forms.HiddenInput
            )

    def _open(self) -> Iterator[tuple[str, Column]]:
        return ((str(place), column) for place, column in enumerate(self._columns) if not column.is_secret)

    def lines(self) -> list[Line]:
        """Every column in the order of the file."""
        inputs = {column.header: (self[_FIELD + place], self[_HEADER + place]) for place, column in self._open()}
        return [Line(column, *inputs.get(column.header, (None, None))) for column in self._columns]

    def columns(self) -> dict[str, str]:
        """Header → field, as chosen."""
        sent = [place for place, _column in self._open() if _HEADER + place in self.data]
        return {self.cleaned_data[_HEADER + place]: self.cleaned_data[_FIELD + place] for place in sent}

    def field_of(self, error: EnlistError) -> str:
        """The input of the column that an error names."""
        named = error.fields.get("second", error.fields.get("column"))
        return next((_FIELD + place for place, column in self._open() if column.header == named), "")


def field_groups(reference: Reference) -> list[tuple[str, list[tuple[str, str]]]]:
    """All fields that a column can be mapped to, in groups: title, fields (slug, label)."""
    people = [(slug, FIELDS[slug].label) for slug in FIELDS if not FIELDS[slug].secret]
    own = [(each.slug, each.name) for each in reference.profile_fields]
    first = [(f"{family}1", f"{_FAMILY_LABELS.get(family, family)} 1") for family in (*FAMILIES, "cohort")]
    found = [(_("Person"), people), (_("Profile fields"), own), (_("Courses and cohorts"), first)]
    return [(title, fields) for title, fields in found if fields]


def field_label(slug: str, *, reference: Reference) -> str:
    """The label of a field; "" for none."""
    own = {each.slug: each.name for each in reference.profile_fields}
    return FIELDS[slug].label if slug in FIELDS else own.get(slug, slug)


def _with(groups: list[tuple[str, Any]], *, slug: str) -> list[tuple[str, Any]]:
    """The groups, and the field of this column if they don't have it, such as course7."""
    if not slug or any(slug == value for _title, fields in groups[1:] for value, _label in fields):
        return groups
    return [*groups, (_("This column"), [(slug, slug)])]
