"""The forms of a condition, and of the conditions and courses of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from enlist.core.directory.conditions import OPERATORS, WITHOUT_VALUE
from enlist.services.access import Scope
from enlist.services.imports.conditions import Condition, clause_fields, conditions_list, group_conditions
from enlist.services.imports.group_courses import courses_to_give, group_courses

from .base import ServiceForm
from .inputs import YES_NO, input_for

# Blank lines below the requirements that there are.
_MORE: Final = 2
_MATCHES: Final = (("all", _("all requirements hold")), ("any", _("at least one requirement holds")))


class ConditionForm(ServiceForm):
    """The form of a new condition (None), or of an existing one: some lines of field, operator and value."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope, condition: Condition | None) -> None:
        super().__init__(sent)
        now = condition or Condition("")
        self.add("name", field=input_for("text", label=_("name"), required=True, initial=now.name))
        removal = _("Whether people that a condition added are removed from its groups once they no longer meet it.")
        self.add(
            "automatic_removal",
            field=input_for(
                "yes_no", options=YES_NO, label=_("automatic removal"), help_text=removal,
                initial="yes" if now.automatic_removal else "no",
            ),
        )  # fmt: skip
        self.add("match", field=input_for("choice", options=_MATCHES, label=_("people qualify if"), initial=now.match))
        fields = [("", ""), *clause_fields(scope).items()]
        self.lines = max(len(now.parts) + _MORE, _lines_in(sent))
        for number in range(self.lines):
            part = now.parts[number] if number < len(now.parts) else None
            inputs = {
                "field": input_for("choice", options=fields, label=_("field"), initial=part.field if part else ""),
                "operator": input_for(
                    "choice", options=[(each, _(each)) for each in reversed(OPERATORS)], label=_("comparison"),
                    initial=part.operator if part else "is",
                ),
                "value": input_for("text", label=_("value"), initial=part.value if part else ""),
            }  # fmt: skip
            for name, field in inputs.items():
                field.required = False
                self.add(f"{name}{number}", field=field)

    @property
    def rows(self) -> list[list[Any]]:
        """The inputs of each requirement."""
        return [[self[f"{name}{number}"] for name in ("field", "operator", "value")] for number in range(self.lines)]

    @property
    def others(self) -> list[Any]:
        """The other inputs."""
        return [self[name] for name in ("name", "automatic_removal", "match")]

    def wanted(self) -> dict[str, Any]:
        """The values of the condition (`ConditionValues`); lines without a field are left out."""
        sent = self.values(changed=False)
        return {
            "name": sent["name"],
            "match": sent["match"],
            "automatic_removal": sent["automatic_removal"] == "yes",
            "clauses": tuple(self._clause(sent, number=number) for number in self._used()),
        }

    def field_of(self, error: Any) -> str:
        """The input of the requirement that an error is about: blank lines above it don't count."""
        name = super().field_of(error)
        used = self._used()
        if name.startswith("value") and int(name.removeprefix("value")) < len(used):
            return f"value{used[int(name.removeprefix('value'))]}"
        return "field0" if name == "clauses" else name

    def _used(self) -> list[int]:
        return [number for number in range(self.lines) if self.cleaned_data.get(f"field{number}")]

    def _clause(self, sent: Mapping[str, str], *, number: int) -> str:
        operator = sent[f"operator{number}"] or "is"
        value = "" if operator in WITHOUT_VALUE else sent[f"value{number}"]
        return f"{sent[f'field{number}']} {operator} {value}"


class GroupConditionsForm(ServiceForm):
    """The conditions that a group uses."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope, group: int) -> None:
        super().__init__(sent)
        options = [(each.name, each.name) for each in conditions_list(scope)]
        used = group_conditions(scope, group=group)
        self.add("conditions", field=input_for("choices", options=options, label=_("conditions"), initial=used))
        self.fields["conditions"].required = False
        self.used = used


class GroupCoursesForm(ServiceForm):
    """The courses that a group gives."""

    def __init__(self, sent: Mapping[str, str] | None, *, scope: Scope, group: int) -> None:
        super().__init__(sent)
        self.given = group_courses(scope, group=f"#{group}")
        options = courses_to_give(scope)
        self.add("courses", field=input_for("choices", options=options, label=_("courses"), initial=self.given))
        self.fields["courses"].required = False


def _lines_in(sent: Mapping[str, str] | None) -> int:
    """How many requirements were sent; as many as a page can reasonably have."""
    return min(sum(name.startswith("field") for name in sent or ()), 50)
