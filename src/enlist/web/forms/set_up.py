"""The form of the first run: the organisation and its first owner."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .base import ServiceForm
from .inputs import input_for
from .own_password import password_input


class SetUpForm(ServiceForm):
    """The name of the organisation, and the first owner's names, address and password."""

    organization = input_for("text", label=_("Name of your organisation"))
    firstname = input_for("text", label=_("Your first name"))
    lastname = input_for("text", label=_("Your last name"))
    email = input_for("email", label=_("Your e-mail address"))
    password = password_input(
        _("Password"),
        help_text=_("At least 12 characters, for example a few words."),
        autocomplete="new-password",
        minlength=12,
    )
    again = password_input(_("Password again"), autocomplete="new-password", minlength=12)

    def clean(self) -> None:
        """Compare the passwords."""
        sent = self.cleaned_data
        if "password" in sent and "again" in sent and sent["password"] != sent["again"]:
            self.add_error("again", forms.ValidationError(_("The passwords differ.")))
