"""Edit or add a person manually: a plan for one person that is applied at once and logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE
from enlist.core.errors import NotAllowed, PolicyError
from enlist.core.fields.fields import COMMON_ROLES, LEAVES_ON
from enlist.core.plan.plan import Head, Plan, assemble
from enlist.core.planner.manual import edit, keys_of, new_person
from enlist.core.report.changes import Cell, changes
from enlist.core.rights import may_change_account, ranks_above
from enlist.services.access import Right, Scope, needs, person_asking
from enlist.services.setup.labels import reference_labels
from enlist.store import activity, apply
from enlist.store.directory import snapshot
from enlist.store.models import Person

from .listing import person_of

TAKEN: Final = "person_value_taken"
_OF_ACCOUNT: Final = ("username", "email", "state", LEAVES_ON.slug)
# The fields that people can change themselves. Files find people by the others, or the organisation knows them better.
OWN_SLUGS: Final = (
    "firstname", "lastname", "city", "country", "lang", "timezone", "phone1", "phone2", "address", "url", "description",
)  # fmt: skip


@needs(Right.CHANGE_PEOPLE)
def person_set(scope: Scope, *, username: str, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Give a person these values (slug → text, "" removes one); what changed.

    Raises NotFound; PolicyError for an unknown field, an invalid value, a username or address that is taken; StalePlan,
    LeaseTaken, DatabaseProblem as `store.apply.apply`.
    """
    person = person_of(scope, username=username)
    if scope.actor is not None and ranks_above(person.site_role, other=scope.actor.site_role):
        raise NotAllowed("person_above", username=person.username)
    if (
        scope.actor is not None
        and person.pk == scope.actor.pk
        and (values.get("state") == "inactive" or values.get(LEAVES_ON.slug))
    ):
        raise PolicyError("cannot_deactivate_yourself")
    return person_change(scope, person=person, values=values)


def own_details_set(scope: Scope, *, values: Mapping[str, str]) -> tuple[Cell, ...]:
    """Give the acting person these details (slug → text, "" removes one); what changed. It needs no right.

    Raises NotFound; NotAllowed for a field that people can't change themselves; PolicyError, StalePlan, LeaseTaken,
    DatabaseProblem as `person_set`.
    """
    person = person_asking(scope)
    fields = snapshot.fields(scope.organization).profile_fields
    own = {*OWN_SLUGS, *(field.slug for field in fields if not field.locked)}
    if locked := sorted(values.keys() - own):
        raise NotAllowed("field_locked", field=locked[0])
    with about_oneself():
        return person_change(scope, person=person, values=values)


@contextmanager
def about_oneself() -> Iterator[None]:
    """Inside, an error about a value that somebody else has doesn't name them."""
    try:
        yield
    except PolicyError as error:
        if error.code != TAKEN:
            raise
        raise PolicyError("own_value_taken", field=error.fields["field"], value=error.fields["value"]) from None


def person_change(
    scope: Scope, *, person: Person, values: Mapping[str, str], also: Callable[[], None] = lambda: None
) -> tuple[Cell, ...]:
    """Give a person these values; what changed. also: called in the same transaction."""
    plan = person_plan(scope, person=person.pk, values=values)
    if plan.is_empty:
        return ()
    cells = (*changes(plan, limit=1)[0].cells, *_dates(plan))
    _check_account(scope, person=person, cells=cells)

    note = _followed(scope, plan=plan)

    def record(_: apply.Outcome) -> None:
        _log(scope, action="person_changed", person=person.pk, cells=cells, note=note)
        also()

    apply.apply(plan, organization=scope.organization, record=record)
    return cells


@needs(Right.CHANGE_PEOPLE)
def person_add(scope: Scope, *, username: str, values: Mapping[str, str], role: str = "learner") -> None:
    """Add a person with these values (slug → text), cleaned and checked like a row of a file. They get no e-mail.

    Profile fields without a value get their default. role: one of COMMON_ROLES; the team has its own page. Raises
    PolicyError as `person_set`, and if a name, the address or a required field is blank; StalePlan, LeaseTaken,
    DatabaseProblem.
    """
    if role not in COMMON_ROLES:
        raise PolicyError("person_role_unknown", role=role, roles=", ".join(COMMON_ROLES))
    reference = snapshot.reference(scope.organization)
    usual = {field.slug: field.default for field in reference.profile_fields}
    given = {**usual, **{slug: value for slug, value in values.items() if value.strip()}, "username": username}
    keys = {key: [value] for key, value in keys_of(given, reference=reference).items()}
    directory = snapshot.snapshot(scope.organization, reference=reference, keys=pl.DataFrame(keys))
    part = new_person(directory, values=given, site_role=role)
    head = Head(organization=scope.organization.slug, reference_version=reference.version, new={"person": 1})
    plan = assemble(head, [part])
    cells, note = changes(plan, limit=1)[0].cells, _followed(scope, plan=plan)

    def record(done: apply.Outcome) -> None:
        _log(scope, action="person_added", person=done.first["person"], cells=cells, note=note)

    apply.apply(plan, organization=scope.organization, record=record)


def _check_account(scope: Scope, *, person: Person, cells: tuple[Cell, ...]) -> None:
    """Raise NotAllowed if the change concerns the account of a team member; people may change their own."""
    if scope.actor is None or scope.actor.pk == person.pk:
        return
    is_account = any(cell.field in _OF_ACCOUNT for cell in cells)
    if is_account and not may_change_account(person.site_role, by=scope.actor.site_role):
        raise NotAllowed("account_of_team", username=person.username)


def person_plan(scope: Scope, *, person: int, values: Mapping[str, str]) -> Plan:
    """The plan that gives a person (their id) these values. Raises PolicyError as `person_set`."""
    reference = snapshot.reference(scope.organization)
    whose = pl.DataFrame(
        {"person": [person], **{key: [value] for key, value in keys_of(values, reference=reference).items()}}
    )
    directory = snapshot.snapshot(scope.organization, reference=reference, keys=whose)
    head = Head(organization=scope.organization.slug, reference_version=reference.version)
    return assemble(head, [edit(directory, person=person, values=values)])


def _dates(plan: Plan) -> Iterator[Cell]:
    """The leaving date before and after."""
    columns = {"mark_leaving": ("", "leaves_on"), "unmark_leaving": ("leaves_on", "")}
    columns["change_leaving"] = (BEFORE + "leaves_on", AFTER + "leaves_on")
    for part in plan.parts:
        for verb, (old, new) in columns.items():
            for row in part.frames[verb].iter_rows(named=True) if verb in part.frames else ():
                yield Cell(LEAVES_ON.slug, row.get(old, ""), row.get(new, ""))


def _followed(scope: Scope, *, plan: Plan) -> str:
    """The groups that the person joins and leaves by it, in words (queries only if there are any)."""
    if not {"join_group", "leave_group"} & plan.head.verbs.keys():
        return ""
    (change,) = changes(plan, limit=1, labels=reference_labels(scope))
    words = "; ".join(each.sentence() for each in change.record_changes if each.verb in ("join_group", "leave_group"))
    return f"{words[:1].upper()}{words[1:]}."


def _log(scope: Scope, *, action: str, person: int | None, cells: tuple[Cell, ...], note: str) -> None:
    activity.log(scope, action=action, person=person, cells=cells, note=note)
