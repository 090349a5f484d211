"""The form of a record, made from the description of its kind (`core.setup_kinds`)."""

from __future__ import annotations

from collections.abc import Mapping

from enlist.core.setup_kinds import PROFILE_FIELDS, SetupKind
from enlist.services.access import Scope
from enlist.services.setup.records import record_form
from enlist.web.words import KINDS

from .base import ServiceForm
from .inputs import Options, input_for


class SetupForm(ServiceForm):
    """The form of a new record, or of an existing one (key)."""

    def __init__(
        self, sent: Mapping[str, str] | None, *, scope: Scope, kind: SetupKind, key: int | str | None = None
    ) -> None:
        values, options = record_form(scope, kind=kind, key=key)
        super().__init__(sent, initial=values)
        for name in values:
            attribute = kind.by_name[name]
            field = input_for(
                attribute.input,
                options=_titled(options.get(name, ()), kind=kind),
                label=attribute.label,
                help_text=attribute.help,
                required=attribute.is_required,
            )
            self.add(name, field=field)


def _titled(options: Options, *, kind: SetupKind) -> Options:
    """The options of a choice; kinds of profile fields have their own names on pages."""
    return [(value, KINDS.get(value, title)) for value, title in options] if kind is PROFILE_FIELDS else options
