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
from enlist.core.fields.fields import FAMILIES, FIELDS, PASSWORD
from enlist.services.drafts.draft import Column
from enlist.web.forms.base import ServiceForm

# A column's place in the form, and its header when the form was rendered, which may have changed since.
_FIELD: Final = "field-"
_HEADER: Final = "header-"
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
        if self.column.is_doubtful:
            return "unsure"
        return "sure" if self.column.slug else "ignored"


class ColumnsForm(ServiceForm):
    """A field for each column; a column that is plainly one of passwords has none.

    passwords: whether another column can be chosen as that of passwords.
    """

    def __init__(
        self,
        sent: Mapping[str, str] | None,
        *,
        columns: Sequence[Column],
        reference: Reference,
        passwords: bool = False,
    ) -> None:
        super().__init__(sent)
        self._columns = columns
        ignored = ("", _("– ignored –"))
        secret = (PASSWORD.slug, _("Password (reads the file again)"))
        groups = [ignored, *field_groups(reference), *([secret] if passwords else [])]
        for place, column in self._open():
            choices = [ignored, secret] if column.is_secret else _with(groups, slug=column.slug)
            select = forms.Select({"class": "form-select form-select-sm"}, choices=choices)
            select.attrs["aria-label"] = _("“%s” is imported as") % column.header
            # The service judges which fields there are: another file's columns can have more of a family.
            self.fields[_FIELD + place] = forms.CharField(
                label=column.header, initial=column.slug, required=False, widget=select
            )
            self.fields[_HEADER + place] = forms.CharField(
                initial=column.header, required=False, strip=False, widget=forms.HiddenInput
            )

    def _open(self) -> Iterator[tuple[str, Column]]:
        return ((str(place), column) for place, column in enumerate(self._columns) if _is_open(column))

    def clean(self) -> dict[str, Any]:
        """Refuse a second column of passwords."""
        chosen = [place for place, _column in self._open() if self.cleaned_data.get(_FIELD + place) == PASSWORD.slug]
        for place in chosen[1:]:
            self.add_error(_FIELD + place, _("Only one column can hold the passwords."))
        return self.cleaned_data

    def lines(self) -> list[Line]:
        """Every column in the order of the file."""
        inputs = {column.header: (self[_FIELD + place], self[_HEADER + place]) for place, column in self._open()}
        return [Line(column, *inputs.get(column.header, (None, None))) for column in self._columns]

    def columns(self) -> dict[str, str]:
        """Header → field, as chosen, without passwords."""
        sent = [place for place, column in self._open() if _HEADER + place in self.data and not column.is_secret]
        chosen = {self.cleaned_data[_HEADER + place]: self.cleaned_data[_FIELD + place] for place in sent}
        return {header: slug for header, slug in chosen.items() if slug != PASSWORD.slug}

    def password(self) -> str:
        """The header, in the file, of the column that was chosen for passwords; "" for none."""
        chosen = (told for place, told in self._told() if self.cleaned_data[_FIELD + place] == PASSWORD.slug)
        return next(chosen, "")

    @property
    def reads_again(self) -> bool:
        """Whether another column was chosen for passwords than before, so that the file is read again."""
        return self.password() != next((column.told for column in self._columns if column.is_chosen), "")

    def _told(self) -> Iterator[tuple[str, str]]:
        return ((place, column.told) for place, column in self._open())

    @property
    def changes(self) -> bool:
        """Whether a column gets another field."""
        now = {column.header: column.slug for column in self._columns}
        return any(now.get(header, slug) != slug for header, slug in self.columns().items())

    def field_of(self, error: EnlistError) -> str:
        """The input of the column that an error names."""
        named = error.fields.get("second", error.fields.get("column"))
        return next((_FIELD + place for place, column in self._open() if column.header == named), "")


def _is_open(column: Column) -> bool:
    return column.is_chosen or not column.is_secret


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
