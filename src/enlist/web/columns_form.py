"""The form of an import's columns: a field of ours for each of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enlist.core.directory.directory import Reference
from enlist.core.fields.fields import FAMILIES, FIELDS
from enlist.services.drafts.draft import Column

# A column's place in the form, and what it was called when the form was made: that may change meanwhile.
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
class Choice:
    """A column, and the fields it may be: groups of (value, title)."""

    column: Column
    place: int
    groups: list[tuple[str, list[tuple[str, str]]]]

    @property
    def sureness(self) -> str:
        """Confidence it is, in a word."""
        if not self.column.slug:
            return "ignored"
        return "sure" if self.column.sure >= _DOUBTFUL else "unsure"


def choices(columns: Iterable[Column], *, reference: Reference, sent: Mapping[str, str] | None) -> list[Choice]:
    """A choice for every column; sent: what somebody chose and could not have."""
    groups = field_groups(reference)
    made = []
    for place, column in enumerate(columns):
        shown = column if sent is None else replace(column, slug=sent.get(column.header, column.slug))
        made.append(Choice(shown, place, groups=_with(groups, slug=shown.slug)))
    return made


def columns_of(sent: QueryDict) -> dict[str, str]:
    """Their header → our field, as the form says."""
    places = [name.removeprefix(_HEADER) for name in sent if name.startswith(_HEADER)]
    return {sent.get(_HEADER + place, ""): sent.get(_FIELD + place, "") for place in places}


def field_groups(reference: Reference) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every field a column may be, in groups: title, fields (slug, label)."""
    people = [(slug, FIELDS[slug].label) for slug in FIELDS if not FIELDS[slug].secret]
    own = [(each.slug, each.name) for each in reference.profile_fields]
    first = [(f"{family}1", f"{_FAMILY_LABELS.get(family, family)} 1") for family in (*FAMILIES, "cohort")]
    found = [(_("Person"), people), (_("Profile fields"), own), (_("Courses and cohorts"), first)]
    return [(title, fields) for title, fields in found if fields]


def field_label(slug: str, *, reference: Reference) -> str:
    """What a field is called on pages; "" for none."""
    own = {each.slug: each.name for each in reference.profile_fields}
    return FIELDS[slug].label if slug in FIELDS else own.get(slug, slug)


def _with(groups: list[tuple[str, list[tuple[str, str]]]], *, slug: str) -> list[tuple[str, Any]]:
    """The groups with a field they do not name: a column's own number, course7."""
    if not slug or any(slug == value for _title, fields in groups for value, _label in fields):
        return groups
    return [*groups, (_("This column"), [(slug, slug)])]
