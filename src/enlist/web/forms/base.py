"""The base of all forms: passes changed values to a service, and shows its errors at their fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms

from enlist.core.errors import EnlistError, NotAllowed, NotFound, TooOften
from enlist.web.hints import error_text


class ServiceForm(forms.Form):
    """A form whose values a service checks and saves."""

    error_css_class = "is-invalid"

    def add(self, name: str, *, field: forms.Field) -> None:
        """Add a field that also sends its initial value, so that unchanged values don't overwrite others' changes."""
        field.show_hidden_initial = True
        self.fields[name] = field

    def values(self, *, changed: bool = True) -> dict[str, str]:
        """The values as text, by name; changed: only those that differ from the initial ones."""
        names = self.changed_data if changed else self.cleaned_data
        return {name: _text(self.cleaned_data[name]) for name in names}

    def saved(self, save: Callable[[], object], *, missing: str = "") -> bool:
        """Call a service and return whether it succeeded; its error is shown at the field that it names.

        missing: the field for NotFound. Raises NotAllowed, TooOften, and NotFound without
        `missing`.
        """
        try:
            save()
        except EnlistError as error:
            if isinstance(error, NotAllowed | TooOften) or (isinstance(error, NotFound) and not missing):
                raise
            name = self.field_of(error) or missing
            self.add_error(name if name in self.fields else None, error_text(error))
        return not self.errors

    def field_of(self, error: EnlistError) -> str:
        """The field that a service's error names, or ""."""
        return str(error.fields.get("field", ""))


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)
