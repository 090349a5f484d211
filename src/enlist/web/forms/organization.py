"""The forms of the organisation's settings, one per part of the page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from enlist.services.access import Scope
from enlist.services.imports import approval
from enlist.services.retention import expiry
from enlist.services.setup import invitation_design, organization, terms

from .base import ServiceForm
from .inputs import input_for

_LONGEST: Final = 3650
# The roles whose people are always counted on the page.
_COMMON: Final = ("learner", "instructor")


class PercentField(forms.DecimalField):
    """A percentage, with a point or a comma, with or without %."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Normalise the text."""
        text = str(value or "").strip().removesuffix("%").strip().replace(",", ".")
        return super().to_python(text)


class PartForm(ServiceForm):
    """One part of the settings."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope) -> None:
        super().__init__(sent)
        self.scope = scope
        self.ask()

    def ask(self) -> None:
        """Add the fields."""
        raise NotImplementedError

    def save(self) -> None:
        """Save the cleaned data. Raises the service's errors."""
        raise NotImplementedError


class NameForm(PartForm):
    """The name of the organisation."""

    def ask(self) -> None:
        name = self.scope.organization.name
        self.add("name", field=input_for("text", label=_("name of the organisation"), longest=255, initial=name))

    def save(self) -> None:
        organization.organization_rename(self.scope, name=self.cleaned_data["name"])


class AddressesForm(PartForm):
    """Whether people can share an e-mail address: a button that switches."""

    def ask(self) -> None:
        self.is_shared = organization.addresses_are_shared(self.scope)
        other = "no" if self.is_shared else "yes"
        field = input_for("yes_no", label=_("share addresses"), initial=other)
        field.widget = forms.HiddenInput()
        self.fields["shared"] = field

    def save(self) -> None:
        organization.addresses_share(self.scope, shared=self.cleaned_data["shared"] == "yes")


class LimitRow(NamedTuple):
    """A limit as the page shows it. fields: each with its unit. now: what it means now; over: what is wrong now."""

    words: str
    fields: tuple[tuple[forms.BoundField, str], ...]
    now: str
    over: str = ""


class LimitsForm(PartForm):
    """The limits: a share and a number for each verb."""

    columns = (_("Change"), _("Share of all"), _("Number"), _("That means now"))

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

    def rows(self) -> list[LimitRow]:
        """The limits with their two fields."""
        means = _("Of your %(active)s people, more than %(most)s %(words)s need approval.")
        return [
            LimitRow(
                each.words,
                ((self[f"{each.verb}-share"], "%"), (self[f"{each.verb}-number"], "")),
                means % {"active": f"{each.active:,}", "most": f"{each.most:,}", "words": each.words},
            )
            for each in self.limits
        ]

    def save(self) -> None:
        cleaned = self.cleaned_data
        verbs = [each.verb for each in self.limits]
        limits = [f"{verb}={cleaned[f'{verb}-share'] / 100:f},{cleaned[f'{verb}-number']}" for verb in verbs]
        approval.limits_change(self.scope, settings=limits)


class ActiveForm(PartForm):
    """How many people may be active: a number for each role or set of roles that has a limit, or is common."""

    columns = (_("Role"), _("Allowed"), _("Active now"))

    def ask(self) -> None:
        self.limits = approval.active_limits_list(self.scope, also=_COMMON)
        for limit in self.limits:
            label = _("People with the role %s") % limit.words
            field = forms.IntegerField(min_value=0, required=False, initial=limit.allowed, label=label)
            field.widget.attrs |= {"class": "form-control form-control-sm", "aria-label": label}
            self.fields[limit.name] = field

    def rows(self) -> list[LimitRow]:
        """The limits with their field."""
        over = _("%s more than allowed: nobody can be added until there are fewer.")
        return [
            LimitRow(
                each.words, ((self[each.name], ""),), f"{each.active:,}", over % f"{each.over:,}" if each.over else ""
            )
            for each in self.limits
        ]

    def save(self) -> None:
        numbers = {name: "" if number is None else number for name, number in self.cleaned_data.items()}
        approval.active_limits_change(self.scope, settings=[f"{name}={number}" for name, number in numbers.items()])


class RetentionForm(PartForm):
    """For how many days uploaded files and plans are kept, and activation links work."""

    def ask(self) -> None:
        kept = expiry.retention_show(self.scope)
        for name, label, days in (
            ("files", _("files, days"), kept.files),
            ("plans", _("plans, days"), kept.plans),
            ("links", _("activation links, days"), kept.links),
        ):
            field = input_for("days", label=label, initial=days)
            field.widget.attrs |= {"min": 1, "max": _LONGEST, "class": "form-control days"}
            self.add(name, field=field)

    def save(self) -> None:
        expiry.retention_change(self.scope, **{name: self.cleaned_data[name] for name in ("files", "plans", "links")})


class TermsForm(PartForm):
    """The terms that people accept when they activate their account."""

    def ask(self) -> None:
        text = terms.terms_show(self.scope)
        self.add("terms", field=input_for("long", label=_("terms"), required=False, initial=text))

    def save(self) -> None:
        terms.terms_change(self.scope, text=self.cleaned_data["terms"])


class InvitationsForm(PartForm):
    """The organisation's own parts of invitations."""

    def ask(self) -> None:
        now = invitation_design.design_show(self.scope)
        self.add("message", field=input_for("long", label=_("message"), required=False, initial=now.message))
        for name, label, value in (
            ("reply_to", _("address for replies"), now.reply_to),
            ("logo", _("logo, the https address of an image"), now.logo),
            ("colour", _("colour of the button, such as #1f4fd8"), now.colour),
        ):
            self.add(name, field=input_for("text", label=label, required=False, initial=value))
        rate = forms.IntegerField(label=_("Mails a second"), min_value=1, initial=now.per_second)
        rate.widget.attrs |= {"class": "form-control days"}
        self.add("per_second", field=rate)

    def save(self) -> None:
        invitation_design.design_change(self.scope, values=self.cleaned_data)


PARTS: Final[Mapping[str, type[PartForm]]] = {
    "name": NameForm,
    "addresses": AddressesForm,
    "limits": LimitsForm,
    "active": ActiveForm,
    "retention": RetentionForm,
    "terms": TermsForm,
    "invitations": InvitationsForm,
}
