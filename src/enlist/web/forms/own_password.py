"""The forms of passwords that people choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .base import ServiceForm
from .inputs import input_for


def password_input(label: Any, *, autocomplete: str, help_text: Any = "", **attributes: Any) -> forms.CharField:
    """A password input that doesn't strip blanks."""
    widget = forms.PasswordInput({"class": "form-control", "autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, help_text=help_text, widget=widget, strip=False)


class NewPasswordForm(ServiceForm):
    """A new password, twice. least: how many characters it needs."""

    new = password_input(_("New password"), autocomplete="new-password")
    again = password_input(_("New password again"), autocomplete="new-password")

    def __init__(self, sent: Mapping[str, str] | None, *, least: int) -> None:
        super().__init__(sent)
        self.least = least
        self.fields["new"].help_text = _("At least %d characters, for example a few words.") % least
        for name in ("new", "again"):
            self.fields[name].widget.attrs["minlength"] = least

    def clean(self) -> None:
        """Compare the new passwords."""
        sent = self.cleaned_data
        if "new" in sent and "again" in sent and sent["new"] != sent["again"]:
            self.add_error("again", _("The new passwords differ."))


class ActivationForm(NewPasswordForm):
    """A new password, and consent to the terms (their id) if there are some."""

    def __init__(self, sent: Mapping[str, str] | None, *, least: int, terms: int | None) -> None:
        super().__init__(sent, least=least)
        if terms is not None:
            self.add_terms(terms)

    def add_terms(self, terms: int) -> None:
        """Ask for consent. Its value is the id, so that consent to an earlier text doesn't count."""
        options = [(str(terms), _("I have read the terms and accept them"))]
        field = input_for("choices", options=options, label=_("Terms"))
        field.error_messages |= dict.fromkeys(("required", "invalid_choice"), _("Read the terms and tick the box."))
        self.fields["terms"] = field

    @property
    def terms(self) -> int | None:
        """The id of the terms that were accepted."""
        return next(map(int, self.cleaned_data.get("terms", [])), None)


class OwnPasswordForm(NewPasswordForm):
    """The current password, and a new one twice."""

    current = password_input(_("Current password"), autocomplete="current-password", autofocus=True)
    field_order = ("current", "new", "again")


class OwnAddressForm(ServiceForm):
    """A new e-mail address, and the current password."""

    current = password_input(_("Current password"), autocomplete="current-password")
    field_order = ("email", "current")

    def __init__(self, sent: Mapping[str, str] | None) -> None:
        super().__init__(sent)
        self.fields["email"] = input_for("email", label=_("new e-mail address"), longest=100)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.order_fields(self.field_order)
