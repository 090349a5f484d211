"""Conditions of groups: list them, and the changes of rules that add, change, remove and use them.

Nothing changes at once: each change is planned, previewed and applied as an import (`rules.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from enlist.core.clean.names import one_line
from enlist.core.directory.conditions import MATCHES, Clause, from_text, known_fields, to_text
from enlist.core.directory.directory import Reference
from enlist.core.errors import NotFound, PolicyError
from enlist.core.plan.plan import Plan
from enlist.core.planner.clauses import read_clause
from enlist.services.access import Right, Scope, needs
from enlist.services.progress import Progress, silent
from enlist.store.directory import snapshot
from enlist.store.setup import groups

from .changes import change_apply
from .commit import Done
from .rules import RuleChange


@dataclass(frozen=True)
class ConditionValues:
    """What a condition says. clauses: as texts (`department is Biology`); match: all or any of them."""

    name: str
    clauses: tuple[str, ...] = ()
    match: str = "all"
    automatic_removal: bool = False


@dataclass(frozen=True)
class Condition(ConditionValues):
    """A stored condition, its requirements in parts, and the names of the groups that use it."""

    id: int = 0
    groups: tuple[str, ...] = ()
    parts: tuple[Clause, ...] = ()


@needs(Right.SEE_SETUP)
def conditions_list(scope: Scope) -> list[Condition]:
    """All conditions, by name."""
    return _conditions(snapshot.reference(scope.organization))


@needs(Right.SEE_SETUP)
def condition_show(scope: Scope, *, key: int | str) -> Condition:
    """A condition by its id or name. Raises NotFound."""
    return _found(conditions_list(scope), key=key)


@needs(Right.SEE_SETUP)
def clause_fields(scope: Scope) -> dict[str, str]:
    """The fields that requirements can use: slug → label."""
    return known_fields(snapshot.fields(scope.organization))


@needs(Right.SEE_SETUP)
def group_conditions(scope: Scope, *, group: int) -> list[str]:
    """The names of the conditions that a group (its id) uses."""
    reference = snapshot.reference(scope.organization)
    used = reference.frame("group_condition").join(reference.frame("condition"), on="condition")
    return sorted(name for key, name in used.select("people_group", "name").iter_rows() if key == group)


@needs(Right.CHANGE_CONDITIONS)
def condition_save(scope: Scope, *, key: int | str | None, values: Mapping[str, Any]) -> RuleChange:
    """The change that adds a condition (key: None), or sets these values (of ConditionValues) of one.

    Raises NotFound; PolicyError for invalid values.
    """
    reference = snapshot.reference(scope.organization)
    known = _conditions(reference)
    before = Condition("") if key is None else _found(known, key=key)
    after = replace(before, **values)
    name = one_line(after.name, what="name of a condition")
    if name in {each.name for each in known if each.id != before.id}:
        raise PolicyError("name_taken", kind="condition", name=name, field="name")
    if after.match not in MATCHES:
        raise PolicyError("condition_match_unknown", match=after.match, field="match")
    clauses = [_clause(text, number=number, reference=reference) for number, text in enumerate(after.clauses)]
    if not clauses:
        raise PolicyError("condition_without_clauses", field="clauses")
    line = [before.id or -1, name, after.match, after.automatic_removal, to_text(clauses)]
    title = f"Change the condition {name}" if before.id else f"Add the condition {name}"
    return RuleChange(title, begun={"condition": [line]})


@needs(Right.CHANGE_CONDITIONS)
def condition_remove(scope: Scope, *, key: int | str) -> RuleChange:
    """The change that removes a condition. Raises NotFound; PolicyError while a group uses it."""
    reference = snapshot.reference(scope.organization)
    found = _found(_conditions(reference), key=key)
    if found.groups:
        raise PolicyError("condition_in_use", condition=found.name, groups=", ".join(found.groups))
    lines = [row for row in reference.frame("condition").iter_rows() if row[0] == found.id]
    return RuleChange(f"Remove the condition {found.name}", ended={"condition": lines})


@needs(Right.CHANGE_CONDITIONS)
def group_conditions_set(scope: Scope, *, group: str, conditions: Iterable[str]) -> RuleChange:
    """The change after which a group (its ID number, name or #id) uses exactly these conditions. Raises NotFound."""
    found = groups.find(scope, name=group)
    reference = snapshot.reference(scope.organization)
    known = _conditions(reference)
    wanted = {_found(known, key=name).id for name in conditions}
    used = {line[1] for line in reference.frame("group_condition").iter_rows() if line[0] == found.pk}
    return RuleChange(
        f"Change the conditions of {found.name}",
        begun={"group_condition": _lines(found.pk, conditions=wanted - used)},
        ended={"group_condition": _lines(found.pk, conditions=used - wanted)},
    )


@needs(Right.CHANGE_CONDITIONS)
def rules_apply(scope: Scope, *, change: RuleChange, plan: Plan, progress: Progress = silent) -> Done:
    """Apply a plan of `plan_rules`, or let it wait for approval if it is over the limits. Raises as `import_apply`."""
    return change_apply(scope, change=change, plan=plan, progress=progress)


def _clause(text: str, *, number: int, reference: Reference) -> Clause:
    try:
        return read_clause(text, reference=reference)
    except PolicyError as error:
        error.fields["field"] = f"value{number}"
        raise


def _lines(group: int, *, conditions: Iterable[int]) -> list[list[int]]:
    return [[group, condition] for condition in sorted(conditions)]


def _conditions(reference: Reference) -> list[Condition]:
    names = dict(reference.groups.select("people_group", "name").iter_rows())
    using: dict[int, list[str]] = {}
    for group, condition in reference.frame("group_condition").iter_rows():
        using.setdefault(condition, []).append(names[group])
    return [
        Condition(
            name=line["name"],
            clauses=tuple(map(str, from_text(line["clauses"]))),
            match=line["match"],
            automatic_removal=line["removal"],
            id=line["condition"],
            groups=tuple(sorted(using.get(line["condition"], ()))),
            parts=from_text(line["clauses"]),
        )
        for line in reference.frame("condition").sort("name").iter_rows(named=True)
    ]


def _found(known: Sequence[Condition], *, key: int | str) -> Condition:
    for each in known:
        if key in (each.id, each.name):
            return each
    raise NotFound("record_unknown", kind="condition", plural="conditions", name=str(key))
