"""The forms of an organisation: its name, its limits, and how long things are kept; each is sent alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from enlist.services.access import Scope
from enlist.services.imports import approval
from enlist.services.retention import expiry
from enlist.services.setup import organization

from .base import ServiceForm
from .inputs import input_for

_LONGEST: Final = 3650


class PercentField(forms.DecimalField):
    """A share in percent, with or without its sign, with a point or a comma."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """The number that was typed."""
        text = str(value or "").strip().removesuffix("%").strip().replace(",", ".")
        return super().to_python(text)


class PartForm(ServiceForm):
    """A part of what holds for the organisation."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope) -> None:
        super().__init__(sent)
        self.scope = scope
        self.ask()

    def ask(self) -> None:
        """Add the fields."""
        raise NotImplementedError

    def save(self) -> None:
        """Have the service save what is cleaned. Raises as the service."""
        raise NotImplementedError


class NameForm(PartForm):
    """What the organisation is called."""

    def ask(self) -> None:
        name = self.scope.organization.name
        self.add("name", field=input_for("text", label=_("name of the organisation"), longest=255, initial=name))

    def save(self) -> None:
        organization.organization_rename(self.scope, name=self.cleaned_data["name"])


class AddressesForm(PartForm):
    """Whether people may share an e-mail address: a button switches to the other of the two."""

    def ask(self) -> None:
        self.is_shared = organization.addresses_are_shared(self.scope)
        other = "no" if self.is_shared else "yes"
        field = input_for("yes_no", label=_("share addresses"), initial=other)
        field.widget = forms.HiddenInput()
        self.fields["shared"] = field

    def save(self) -> None:
        organization.addresses_share(self.scope, shared=self.cleaned_data["shared"] == "yes")


class LimitsForm(PartForm):
    """How many people an import may change without approval: a share and a number for each verb."""

    def ask(self) -> None:
        self.limits = approval.limits_list(self.scope)
        for limit in self.limits:
            percent = f"{Decimal(str(limit.share)) * 100:f}"
            percent = percent.rstrip("0").rstrip(".") if "." in percent else percent
            self._add(
                f"{limit.verb}-share",
                field=PercentField(min_value=0, max_value=100, initial=percent or "0"),
                label=_("Share, %s") % limit.words,
            )
            self._add(
                f"{limit.verb}-number",
                field=forms.IntegerField(min_value=0, initial=limit.number),
                label=_("Number, %s") % limit.words,
            )

    def _add(self, name: str, *, field: forms.Field, label: str) -> None:
        field.label = label
        field.widget.attrs |= {"class": "form-control form-control-sm", "aria-label": label}
        self.fields[name] = field

    def rows(self) -> list[tuple[approval.LimitShown, Any, Any]]:
        """Each limit with its two fields."""
        return [(each, self[f"{each.verb}-share"], self[f"{each.verb}-number"]) for each in self.limits]

    def save(self) -> None:
        cleaned = self.cleaned_data
        verbs = [each.verb for each in self.limits]
        told = [f"{verb}={cleaned[f'{verb}-share'] / 100:f},{cleaned[f'{verb}-number']}" for verb in verbs]
        approval.limits_change(self.scope, settings=told)


class RetentionForm(PartForm):
    """For how many days uploaded files and plans are kept."""

    def ask(self) -> None:
        kept = expiry.retention_show(self.scope)
        for name, label, days in (("files", _("files, days"), kept.files), ("plans", _("plans, days"), kept.plans)):
            field = input_for("days", label=label, initial=days)
            field.widget.attrs |= {"min": 1, "max": _LONGEST, "class": "form-control days"}
            self.add(name, field=field)

    def save(self) -> None:
        expiry.retention_change(self.scope, files=self.cleaned_data["files"], plans=self.cleaned_data["plans"])


PARTS: Final[Mapping[str, type[PartForm]]] = {
    "name": NameForm,
    "addresses": AddressesForm,
    "limits": LimitsForm,
    "retention": RetentionForm,
}
