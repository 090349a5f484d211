"""The form of one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .base import ServiceForm


def password_input(label: Any, *, autocomplete: str, help_text: Any = "", **attributes: Any) -> forms.CharField:
    """A password input that doesn't strip blanks."""
    widget = forms.PasswordInput({"class": "form-control", "autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, help_text=help_text, widget=widget, strip=False)


class OwnPasswordForm(ServiceForm):
    """The current password, and a new one twice."""

    current = password_input(_("Current password"), autocomplete="current-password", autofocus=True)
    new = password_input(
        _("New password"),
        help_text=_("At least 12 characters, for example a few words."),
        autocomplete="new-password",
        minlength=12,
    )
    again = password_input(_("New password again"), autocomplete="new-password", minlength=12)

    def clean(self) -> None:
        """Compare the new passwords."""
        sent = self.cleaned_data
        if "new" in sent and "again" in sent and sent["new"] != sent["again"]:
            self.add_error("again", _("The new passwords differ."))
