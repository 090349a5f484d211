"""The filters of the list of people: as controls and as a query string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enlist.core.fields.fields import SITE_ROLES
from enlist.services.people.listing import MADE_BY, SORTS, STATES, Wanted
from enlist.web.forms.base import ServiceForm
from enlist.web.forms.inputs import Options, input_for
from enlist.web.words import INVITATIONS

# Parameter of the query → field of `Wanted`.
_NAMES: Final = {
    "search": "text",
    "by": "by",
    "state": "state",
    "role": "role",
    "source": "source",
    "group": "group",
    "import": "of_import",
    "course": "course",
    "never": "never",
    "invitation": "invitation",
    "leaving": "leaving",
}
_TITLES: Final = {
    "active": _("active"),
    "inactive": _("inactive"),
    "not_activated": _("not yet activated"),
    "manual": _("Manually"),
    "import": _("By an import"),
}
_MOST: Final = 999_999_999


class PeopleFilter(ServiceForm):
    """The filters and the order of the list of people."""

    # The filters that have a control of their own; the search, the order and a course come from elsewhere.
    OFFERED: Final = ("state", "role", "group", "source", "import", "never", "invitation", "leaving")

    def __init__(self, sent: Mapping[str, str], *, groups: Sequence[tuple[int, str]] = ()) -> None:
        super().__init__(sent, auto_id="%s")
        self.fields["search"] = forms.CharField(required=False)
        self.fields["by"] = forms.ChoiceField(choices=[("", ""), *((name, name) for name in SORTS)], required=False)
        self._choose("state", options=[(name, capfirst(_TITLES[name])) for name in STATES], label=_("Status"))
        self._choose("role", options=[(name, capfirst(name.replace("_", " "))) for name in SITE_ROLES], label=_("Role"))
        self._choose("source", options=[(name, _TITLES[name]) for name in MADE_BY], label=_("Added"))
        self._choose("group", options=[(f"#{key}", name) for key, name in groups], label=_("Group"))
        invitations = [(name, capfirst(words)) for name, words in INVITATIONS.items()]
        self._choose("invitation", options=invitations, label=_("Invitation"))
        self.fields["import"] = _number(label=_("By import"))
        if sent.get("course"):
            self.fields["course"] = input_for("text", label=_("Course"), required=False)
        never = forms.CheckboxInput({"class": "form-check-input"})
        self.fields["never"] = forms.BooleanField(label=_("Never signed in"), required=False, widget=never)
        leaving = forms.CheckboxInput({"class": "form-check-input"})
        self.fields["leaving"] = forms.BooleanField(label=_("Has a leaving date"), required=False, widget=leaving)

    def _choose(self, name: str, *, options: Options, label: Any) -> None:
        value = self.data.get(name, "") if name == "group" else ""
        field = input_for("choice", options=[("", _("any")), *options], value=value, label=label, required=False)
        field.widget.attrs["class"] = ""
        self.fields[name] = field

    def filters(self) -> list[dict[str, Any]]:
        """Each filter with a control: field, and the query without it if it is set."""
        offered = [*self.OFFERED, *(["course"] if "course" in self.fields else [])]
        return [
            {"field": self[name], "clear": self._without(name) if self.data.get(name) else None} for name in offered
        ]

    def order(self) -> dict[str, str]:
        """For each order of the list, the query that its header leads to: descending if the list has this order."""
        sent = {name: value for name, value in self.data.items() if name in self.fields and value}
        by = sent.get("by") or "username"
        others = {name: f"-{name}" if by == name else name for name in SORTS if not name.startswith("-")}
        return {name: urlencode({**sent, "by": other}) for name, other in others.items()}

    def _without(self, name: str) -> str:
        kept = {each: value for each, value in self.data.items() if each in self.fields and each != name and value}
        return urlencode(kept)

    def wanted(self) -> Wanted:
        """The filters; call it on a valid form."""
        asked = {part: self.cleaned_data[name] for name, part in _NAMES.items() if name in self.cleaned_data}
        return Wanted(**{**asked, "by": asked["by"] or "username"})


def _number(*, label: Any) -> forms.IntegerField:
    wrong = _("This isn't the number of an import. The page Imports lists them.")
    attributes = {"inputmode": "numeric", "placeholder": _("number"), "size": 6}
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
