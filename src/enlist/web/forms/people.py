"""The form of a person: standard fields and profile fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from enlist.core.directory.directory import ProfileField
from enlist.core.fields.fields import COMMON_ROLES, FIELDS, LEAVES_ON, PERSON_SLUGS, Kind
from enlist.services.access import Scope
from enlist.services.people.edit import OWN_SLUGS
from enlist.services.people.listing import PersonDetail
from enlist.services.people.own import OwnDetails
from enlist.services.setup import lists

from .base import ServiceForm
from .inputs import chosen, input_for

_REQUIRED: Final = ("username", "firstname", "lastname", "email")
_INPUTS: Final = {
    Kind.USERNAME: "username",
    Kind.EMAIL: "email",
    Kind.COUNTRY: "country",
    Kind.TIMEZONE: "time_zone",
    Kind.PHONE: "phone",
    Kind.WEB_ADDRESS: "url",
    Kind.LONG_TEXT: "long",
}
# The purposes of HTML's attribute autocomplete.
_PURPOSES: Final = {
    "firstname": "given-name",
    "lastname": "family-name",
    "city": "address-level2",
    "country": "country",
    "phone1": "tel",
    "address": "street-address",
    "url": "url",
}


class PersonForm(ServiceForm):
    """The form of a new person (None), with a role, or of an existing one."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope, person: PersonDetail | None = None) -> None:
        super().__init__(sent)
        if person is None:
            roles = [(role, role) for role in COMMON_ROLES]
            self.add("role", field=input_for("choice", options=roles, label=_("role"), initial=COMMON_ROLES[0]))
        for slug in PERSON_SLUGS:
            self._add_field(slug, value=person.fields[slug] if person else "")
        if person is not None and person.state == "active":
            day = input_for(
                "date", value=person.leaves_on, label=LEAVES_ON.label, required=False, initial=person.leaves_on
            )
            self.add(LEAVES_ON.slug, field=day)
        for about in lists.fields_list(scope):
            value = person.profile.get(about.shortname, "") if person else about.default
            self._add_profile(about, value=value)

    def _add_field(self, slug: str, *, value: str) -> None:
        about = FIELDS[slug]
        field = input_for(
            _INPUTS.get(about.kind, "text"), value=value, label=about.label, required=slug in _REQUIRED, initial=value
        )
        self.add(slug, field=field)

    def _add_profile(self, about: ProfileField, *, value: str) -> None:
        kind = about.kind
        options = [(option, option) for option in about.options if option]
        field = input_for(
            kind,
            options=[("", ""), *options] if kind == "choice" else options,
            value="" if kind == "choices" else value,
            label=about.name,
            required=about.required,
            initial=chosen(value) if kind == "choices" else value,
        )
        self.add(about.slug, field=field)


class OwnDetailsForm(PersonForm):
    """The details that a person can change themselves."""

    def __init__(self, sent: Mapping[str, str] | None, *, own: OwnDetails) -> None:
        ServiceForm.__init__(self, sent)
        for slug in OWN_SLUGS:
            self._add_field(slug, value=own.person.fields[slug])
            # So that browsers and people with difficulties can fill it in (WCAG 2.2, 1.3.5).
            self.fields[slug].widget.attrs["autocomplete"] = _PURPOSES.get(slug, "off")
        for about in own.fields:
            if not about.locked:
                self._add_profile(about, value=own.person.profile.get(about.shortname, ""))
