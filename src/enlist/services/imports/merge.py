"""Merge two people who are one, as an import of its own (docs/decisions/0022-merged-people.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

from enlist.core.clean import fold
from enlist.core.directory.directory import Directory, Reference
from enlist.core.errors import NotAllowed, NotFound, PolicyError
from enlist.core.plan.labels import Labels
from enlist.core.plan.plan import Head, Plan, assemble
from enlist.core.planner.merge import exchanged, merge_fields, merged
from enlist.core.rights import TEAM, may_change_account
from enlist.services.access import Right, Scope, needs
from enlist.store import models
from enlist.store.directory import snapshot
from enlist.store.imports import records
from enlist.store.people import people

from .limits import counted, limits_of


@dataclass(frozen=True)
class MergeChange:
    """Two people, by their ids; one of them stays. take: the fields (slugs) whose values are those of the other.

    The title has no names: it stays when a person is erased.
    """

    kept: int
    other: int
    take: tuple[str, ...] = ()
    title: ClassVar[str] = "Merge two people"
    right: ClassVar[Right] = Right.CHANGE_LINKS

    def order(self) -> dict[str, Any]:
        """As an import's order keeps it."""
        return {records.MERGE: [self.kept, self.other, *self.take]}

    @classmethod
    def of(cls, record: models.Import) -> MergeChange | None:
        """The merge that an import makes; None for other imports."""
        stored = record.order.get(records.MERGE)
        return None if stored is None else cls(stored[0], stored[1], tuple(stored[2:]))


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of two people: its slug and label, and what each has. exchanged: the two exchange it if it is taken."""

    slug: str
    label: str
    kept: str
    other: str
    exchanged: bool

    @property
    def differs(self) -> bool:
        """Whether a person has to choose; blank fields are filled from the other."""
        return bool(self.kept and self.other) and self.kept != self.other


@needs(Right.CHANGE_LINKS)
def merge_between(scope: Scope, *, kept: str, other: str, take: tuple[str, ...] = ()) -> MergeChange:
    """The change that merges two people, by their usernames. Raises NotFound; PolicyError, NotAllowed if it can't."""
    found = [people.by_username(scope.organization, key=fold(name)) for name in (kept, other)]
    for name, person in zip((kept, other), found, strict=True):
        if person is None:
            raise NotFound("person_unknown", username=name)
    stays, goes = (person.pk for person in found if person is not None)
    change = MergeChange(stays, goes, take)
    _directory(scope, change=change, reference=snapshot.reference(scope.organization))
    return change


@needs(Right.CHANGE_LINKS)
def merge_compare(scope: Scope, *, change: MergeChange) -> list[MergeField]:
    """The fields of two people side by side, without those that are blank for both."""
    reference = snapshot.reference(scope.organization)
    directory = _directory(scope, change=change, reference=reference)
    stays, goes = (
        directory.people.row(by_predicate=pl.col("person") == each, named=True) for each in (change.kept, change.other)
    )
    labels, both_ways = Labels.of(directory), exchanged(reference)
    found = (
        MergeField(slug, labels.field_label(slug), stays[slug] or "", goes[slug] or "", slug in both_ways)
        for slug in merge_fields(reference)
    )
    return [each for each in found if each.kept or each.other]


@needs(Right.CHANGE_LINKS)
def plan_merge(scope: Scope, *, change: MergeChange) -> Plan:
    """The plan of a merge; over the limits, all of it needs approval (see its head).

    Raises PolicyError, NotAllowed if it isn't possible (any more).
    """
    reference = snapshot.reference(scope.organization)
    directory = _directory(scope, change=change, reference=reference)
    head = Head(
        organization=scope.organization.slug,
        kind="change",
        file_name=change.title,
        reference_version=reference.version,
        actor=scope.actor.pk if scope.actor else None,
        rank=scope.role,
        hidden=reference.hidden,
    )
    plan = assemble(head, [merged(directory, kept=change.kept, other=change.other, take=change.take)])
    return counted(plan) if limits_of(scope).over(plan) else plan


def _directory(scope: Scope, *, change: MergeChange, reference: Reference) -> Directory:
    """Both people with their records. Raises PolicyError, NotAllowed if they can't be merged by this person."""
    keys = pl.DataFrame({"person": [change.kept, change.other]}, schema={"person": pl.Int64()})
    directory = snapshot.snapshot(scope.organization, reference=reference, keys=keys)
    pair = keys.join(directory.people, on="person", maintain_order="left").select("username", "site_role").rows()
    if change.kept == change.other:
        raise PolicyError("merge_with_oneself", username=pair[0][0] if pair else "")
    if len(pair) < 2:
        raise PolicyError("merge_changed_since")
    (kept, role), (other, others_role) = pair
    if role != others_role:
        for name, each, besides in ((kept, role, other), (other, others_role, kept)):
            if each in TEAM:
                raise NotAllowed("merge_across_roles", username=name, other=besides)
    if scope.actor is not None:
        if change.other == scope.actor.pk:
            raise PolicyError("cannot_deactivate_yourself")
        if not may_change_account(role, by=scope.actor.site_role):
            raise NotAllowed("account_of_team", username=kept)
    return directory
