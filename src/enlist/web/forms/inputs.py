"""A form field for each kind of value."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any, Final

import pycountry
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

Options = Sequence[tuple[str, Any]]

YES_NO: Final[Options] = (("yes", _("yes")), ("no", _("no")))
# As profile fields store them.
ONE_ZERO: Final[Options] = (("", ""), ("1", _("yes")), ("0", _("no")))
_AS_TYPED: Final = {"autocapitalize": "none", "spellcheck": "false"}
# Not type=email or url: browsers refuse or rewrite valid addresses (bücher.example).
_WIDGETS: Final[dict[str, forms.Widget]] = {
    "email": forms.TextInput({"inputmode": "email", **_AS_TYPED}),
    "url": forms.TextInput({"inputmode": "url", **_AS_TYPED}),
    "number": forms.TextInput({"inputmode": "decimal"}),
    "phone": forms.TextInput({"type": "tel"}),
    "username": forms.TextInput(_AS_TYPED),
    "long": forms.Textarea({"rows": 3}),
    "lines": forms.Textarea({"rows": 3}),
}
_MOST_DAYS: Final = 36_500


def input_for(
    kind: str, *, options: Options = (), value: str = "", longest: int | None = None, **about: Any
) -> forms.Field:
    """The field for a kind of value; value: the current one, always an option; about: label, help_text, required."""
    about["label"] = capfirst(about["label"])
    match kind:
        case "date":
            date = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            wrong = {"invalid": _("Enter a valid date as YYYY-MM-DD.")}
            found: forms.Field = forms.DateField(widget=date, input_formats=["%Y-%m-%d"], error_messages=wrong, **about)
        case "days":
            found = forms.IntegerField(min_value=0, max_value=_MOST_DAYS, **about)
        case "choices":
            found = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple(), **about)
        case "choice" | "yes_no" | "boolean" | "country" | "time_zone":
            found = forms.ChoiceField(choices=_with(_options(kind, options=options), value=value), **about)
        case _:
            found = forms.CharField(max_length=longest, widget=_WIDGETS.get(kind, forms.TextInput()), **about)
    return _styled(found)


def _options(kind: str, *, options: Options) -> Options:
    match kind:
        case "yes_no":
            return YES_NO
        case "boolean":
            return ONE_ZERO
        case "country":
            return (("", ""), *_countries())
        case "time_zone":
            return (("", ""), *_time_zones())
    return options


def _with(options: Options, *, value: str) -> Options:
    """The options, and the current value if it isn't one of them."""
    return options if not value or value in dict(options) else (*options, (value, value))


def _styled(field: forms.Field) -> forms.Field:
    widget = field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        widget.attrs["class"] = "form-check-input"
        return field
    widget.attrs["class"] = "form-select" if isinstance(widget, forms.Select) else "form-control"
    # Browsers would suggest the user's own data, but the form is about somebody else.
    widget.attrs["autocomplete"] = "off"
    if type(widget) in (forms.TextInput, forms.Textarea):
        widget.attrs.setdefault("dir", "auto")
    return field


def country_name(code: str) -> str:
    """The name of a country; the code if it isn't one."""
    return str(dict(_countries()).get(code, code))


@functools.cache
def _countries() -> Options:
    named = ((each.alpha_2, getattr(each, "common_name", each.name)) for each in pycountry.countries)
    return tuple(sorted(named, key=lambda country: country[1]))


@functools.cache
def _time_zones() -> Options:
    # The package's own list, as for files (`core.clean.code`).
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return tuple((name, name.replace("_", " ")) for name in sorted(names))


def chosen(value: str) -> Iterable[str]:
    """The options in a value with several."""
    return [each for each in value.split(";") if each]
