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
from enlist.services.drafts.column_values import OddValue
from enlist.services.drafts.columns import Column
from enlist.web.forms.base import ServiceForm

# A column's place in the form, and its header when the form was rendered, which may have changed since.
_FIELD: Final = "field-"
_HEADER: Final = "header-"
_VALUE: Final = "value-"
# The choice that creates a profile field.
NEW_FIELD: Final = "+"
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
    """A column on the page, with its inputs (None for a column of passwords), and its values that aren't options."""

    column: Column
    field: BoundField | None
    header: BoundField | None
    values: Sequence[tuple[OddValue, BoundField]] = ()

    @property
    def sureness(self) -> str:
        """The confidence, in one word."""
        if self.column.is_doubtful or self.values:
            return "unsure"
        return "sure" if self.column.slug else "ignored"


@dataclass(frozen=True)
class ColumnsAbout:
    """What the form offers.

    values: by header, those that aren't options. may_add: whether fields can be created. passwords: whether a column
    can be chosen as that of passwords.
    """

    columns: Sequence[Column]
    reference: Reference
    values: Mapping[str, Sequence[OddValue]]
    may_add: bool
    passwords: bool


class ColumnsForm(ServiceForm):
    """A field for each column; a column that is plainly one of passwords has none."""

    def __init__(self, sent: Mapping[str, str] | None, *, about: ColumnsAbout) -> None:
        super().__init__(sent)
        self._columns, self._values = about.columns, about.values
        ignored, groups = ("", _("Ignore this column")), field_groups(about.reference)
        secret = (PASSWORD.slug, _("Password (reads the file again)"))
        for place, column in self._open():
            new = [(NEW_FIELD, _("Create a profile field “%s”") % column.header)] if about.may_add else []
            passwords = [secret] if about.passwords else []
            fields = [*_with(groups, slug=column.slug), *passwords, *new]
            choices = [secret, ignored] if column.is_secret else [*fields, ignored]
            select = forms.Select({"class": "form-select form-select-sm"}, choices=choices)
            select.attrs["aria-label"] = _("“%s” is imported as") % column.header
            # The service judges which fields there are: another file's columns can have more of a family.
            self.fields[_FIELD + place] = forms.CharField(
                label=column.header, initial=column.slug, required=False, widget=select
            )
            self.fields[_HEADER + place] = forms.CharField(
                initial=column.header, required=False, strip=False, widget=forms.HiddenInput
            )

            for number, value in enumerate(self._values.get(column.header, ())):
                self._ask_value(f"{_VALUE}{place}-{number}", value=value)

    def _ask_value(self, name: str, *, value: OddValue) -> None:
        keep = [("", _("leave it")), *((option, option) for option in value.options)]
        select = forms.Select({"class": "form-select"}, choices=keep)
        select.attrs["aria-label"] = _("“%s” becomes") % value.text
        self.fields[name] = forms.ChoiceField(choices=keep, initial=value.likely, required=False, widget=select)

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
        return [self._line(column, place=str(place)) for place, column in enumerate(self._columns)]

    def _line(self, column: Column, *, place: str) -> Line:
        if not _is_open(column):
            return Line(column, None, None)
        return Line(column, self[_FIELD + place], self[_HEADER + place], self._value_fields(column, place=place))

    def _value_fields(self, column: Column, *, place: str) -> list[tuple[OddValue, BoundField]]:
        values = enumerate(self._values.get(column.header, ()))
        return [(value, self[f"{_VALUE}{place}-{number}"]) for number, value in values]

    def replaced(self) -> dict[tuple[str, str], str]:
        """(Header in the file, value) → the option that it becomes, where one was chosen and the column stays."""
        return {
            (column.header_in_file, value.text): new
            for place, column in self._open()
            if self.columns().get(column.header, "") == column.slug
            for number, value in enumerate(self._values.get(column.header, ()))
            if (new := self.cleaned_data.get(f"{_VALUE}{place}-{number}"))
        }

    def new_fields(self) -> list[str]:
        """The headers of columns that get a new profile field."""
        return [header for header, slug in self.columns().items() if slug == NEW_FIELD]

    def columns(self) -> dict[str, str]:
        """Header → field, as chosen, without passwords."""
        sent = [place for place, column in self._open() if _HEADER + place in self.data and not column.is_secret]
        chosen = {self.cleaned_data[_HEADER + place]: self.cleaned_data[_FIELD + place] for place in sent}
        return {header: slug for header, slug in chosen.items() if slug != PASSWORD.slug}

    def password(self) -> str:
        """The header, in the file, of the column that was chosen for passwords; "" for none."""
        chosen = (
            header for place, header in self._headers_in_file() if self.cleaned_data[_FIELD + place] == PASSWORD.slug
        )
        return next(chosen, "")

    @property
    def reads_again(self) -> bool:
        """Whether another column was chosen for passwords than before, so that the file is read again."""
        return self.password() != next((column.header_in_file for column in self._columns if column.is_chosen), "")

    def _headers_in_file(self) -> Iterator[tuple[str, str]]:
        return ((place, column.header_in_file) for place, column in self._open())

    @property
    def doubtful(self) -> int:
        """How many columns somebody should check."""
        return sum(line.sureness == "unsure" for line in self.lines())

    @property
    def ignored(self) -> int:
        """How many columns are ignored, and need no check."""
        return sum(line.sureness == "ignored" for line in self.lines())

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
    if not slug or any(slug == value for _title, fields in groups for value, _label in fields):
        return groups
    return [*groups, (_("This column"), [(slug, slug)])]
