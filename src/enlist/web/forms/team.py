"""The forms of the team: add a person, change a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from .base import ServiceForm
from .inputs import input_for

_NAMES: Final = (
    ("firstname", _("first name"), "text"),
    ("lastname", _("last name"), "text"),
    ("email", _("e-mail address"), "email"),
)
_NOBODY: Final = ("", _("– remove from the team –"))


class ColleagueForm(ServiceForm):
    """Adds a colleague by their names and address."""

    def __init__(self, sent: Mapping[str, str] | None, *, roles: Sequence[str]) -> None:
        super().__init__(sent, auto_id="new_%s")
        for name, label, kind in _NAMES:
            self.fields[name] = input_for(kind, label=label)
        options = [(role, role_words(role)) for role in roles]
        self.fields["role"] = input_for("choice", options=options, label=_("role"), initial=roles[-1])

    def names(self) -> dict[str, str]:
        """The names and the address."""
        return {name: self.cleaned_data[name] for name, _label, _kind in _NAMES}


class MemberForm(ServiceForm):
    """Adds a person of the directory to the team."""

    def __init__(self, sent: Mapping[str, str] | None, *, roles: Sequence[str]) -> None:
        super().__init__(sent)
        options = [(role, role_words(role)) for role in roles]
        self.add("username", field=input_for("username", label=_("username")))
        self.add("role", field=input_for("choice", options=options, label=_("role"), initial=roles[-1]))


class RoleForm(ServiceForm):
    """Changes a team member's role, or removes them."""

    def __init__(self, sent: Mapping[str, str] | None, *, roles: Sequence[str], username: str, role: str) -> None:
        super().__init__(sent, auto_id=f"id_{username}_%s")
        options = [*((each, role_words(each)) for each in roles), _NOBODY]
        field = input_for("choice", options=options, label=_("role"), required=False, initial=role)
        field.widget.attrs |= {"class": "form-select form-select-sm w-auto", "aria-label": _("Role of %s") % username}
        self.add("role", field=field)


def role_words(role: str) -> str:
    """A role as pages show it."""
    return role.replace("_", " ")
