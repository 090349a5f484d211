"""The form of one's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from .base import ServiceForm
from .inputs import input_for


class OwnSettingsForm(ServiceForm):
    """The time zone."""

    def __init__(self, sent: Mapping[str, Any] | None, *, zone: str) -> None:
        super().__init__(sent, initial={"timezone": zone})
        hint = _("Times on all pages are in this zone. It is %s there now.") % f"{timezone.localtime():%H:%M}"
        field = input_for("time_zone", value=zone, label=_("time zone"), help_text=hint, required=False)
        choice = cast(forms.ChoiceField, field)
        choice.choices = [("", "UTC"), *(each for each in cast(list[tuple[str, str]], choice.choices) if each[0])]
        self.add("timezone", field=choice)
