"""The forms of passwords that people choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .base import ServiceForm


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


class OwnPasswordForm(NewPasswordForm):
    """The current password, and a new one twice."""

    current = password_input(_("Current password"), autocomplete="current-password", autofocus=True)
    field_order = ("current", "new", "again")
