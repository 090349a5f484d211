"""The filters of the list of people: as controls and as a query string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from enlist.core.fields.fields import SITE_ROLES
from enlist.services.people.listing import MADE_BY, STATES, Wanted
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.inputs import Options, input_for

# Parameter of the query → field of `Wanted`.
_NAMES: Final = {
    "begins": "prefix",
    "by": "by",
    "state": "state",
    "role": "role",
    "source": "source",
    "group": "group",
    "import": "of_import",
    "course": "course",
    "never": "never",
}
_SORTS: Final = (("username", _("username")), ("lastname", _("last name")), ("email", _("e-mail")))
_TITLES: Final = {
    "active": _("active"),
    "inactive": _("inactive"),
    "manual": _("manually"),
    "import": _("by an import"),
}
_MOST: Final = 999_999_999


class PeopleFilter(ServiceForm):
    """The filters and the order of the list of people."""

    def __init__(self, sent: Mapping[str, str], *, groups: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(sent, auto_id="%s")
        begins = self._add("begins", field=input_for("text", label=_("Begins with"), required=False))
        begins.widget.attrs["type"] = "search"
        self._add("by", field=input_for("choice", options=_SORTS, label=_("Sorted by"), required=False))
        self._choose("state", options=[(name, _TITLES[name]) for name in STATES], label=_("Status"))
        self._choose("role", options=[(name, name.replace("_", " ")) for name in SITE_ROLES], label=_("Role"))
        self._choose("source", options=[(name, _TITLES[name]) for name in MADE_BY], label=_("Added"))
        self._choose("group", options=[(f"#{key}", name) for key, name in groups], label=_("Group"))
        self._add("import", field=_number(label=_("By import")), is_chosen="import" in sent)
        if sent.get("course"):
            self._add("course", field=input_for("text", label=_("Course"), required=False), is_chosen=True)
        never = forms.CheckboxInput({"class": "form-check-input"})
        self._add("never", field=forms.BooleanField(label=_("never signed in"), required=False, widget=never))

    def _add(self, name: str, *, field: forms.Field, is_chosen: bool = False) -> forms.Field:
        if is_chosen and self.data[name]:
            field.widget.attrs["class"] += " chosen"
        self.fields[name] = field
        return field

    def _choose(self, name: str, *, options: Options, label: Any) -> None:
        value = self.data.get(name, "") if name == "group" else ""
        field = input_for("choice", options=[("", _("any")), *options], value=value, label=label, required=False)
        self._add(name, field=field, is_chosen=name in self.data)

    def wanted(self) -> Wanted:
        """The filters; call it on a valid form."""
        asked = {part: self.cleaned_data[name] for name, part in _NAMES.items() if name in self.cleaned_data}
        return Wanted(**{**asked, "by": asked["by"] or "username"})


def _number(*, label: Any) -> forms.IntegerField:
    wrong = _("This isn't the number of an import. The page Imports lists them.")
    attributes = {"class": "form-control", "inputmode": "numeric", "placeholder": _("number")}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=_MOST,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        widget=forms.TextInput(attributes),
    )


def query_of(wanted: Wanted) -> str:
    """The filters as a query string, without defaults."""
    plain = Wanted()
    values = {name: getattr(wanted, part) for name, part in _NAMES.items()}
    kept = {name: value for name, value in values.items() if value != getattr(plain, _NAMES[name])}
    return urlencode({name: "yes" if value is True else value for name, value in kept.items()})
