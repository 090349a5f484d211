"""apply: one transaction, in the order of `VERBS`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from enlist.core.changes import VERBS, Does, KeptIn, relation_of, walks
from enlist.core.directory.directory import Reference
from enlist.core.errors import PlanError, StalePlan
from enlist.core.plan.plan import Head, Plan
from enlist.store import models
from enlist.store.database_errors import clear_database_errors
from enlist.store.directory import snapshot
from enlist.store.directory.stored import STORED
from enlist.store.engine import Engine, engine

from . import enrolments, facts, fields, people, plain
from .context import ApplyContext, Tally
from .survey import Survey, compare, survey
from .turn import turn

Writer = Callable[..., None]

# Verbs with their own writer.
_SPECIAL: Final[Mapping[str, Writer]] = {
    "unenrol": enrolments.unenrol,
    "change_enrolment": enrolments.change_enrolment,
    **dict.fromkeys(
        ("suspend_enrolment", "resume_enrolment"),
        partial(enrolments.change_enrolment, only=" AND e.source = 'group'"),
    ),
    "remove": people.remove,
    "add_option": fields.add_option,
    "update": people.update,
    "deactivate": people.deactivate,
    "reactivate": people.reactivate,
    "restore": people.restore,
    "create": people.create,
}
_PLAIN: Final[Mapping[Does, Writer]] = {Does.BEGIN: plain.begin, Does.CHANGE: plain.change, Does.END: plain.end}


def writer_of(verb: str) -> Writer:
    """The function that writes a verb's frame. Raises KeyError for a verb without one."""
    if verb in _SPECIAL:
        return _SPECIAL[verb]
    STORED[VERBS[verb].relation]
    return partial(_PLAIN[VERBS[verb].does], verb=verb)


@dataclass(frozen=True)
class Outcome:
    """The result of applying a plan.

    first: by relation, the real id of the plan's −1 (−2 is the next), if it creates records.
    stamp: the new version of everybody it changed, None for an empty plan. counts: the changes by verb.
    """

    first: Mapping[str, int] = field(default_factory=dict)
    stamp: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@clear_database_errors()
def apply(
    plan: Plan,
    *,
    organization: models.Organization,
    record: Callable[[Outcome], None] | None = None,
    progress: Callable[[str, int, int], None] = lambda phase, done, total: None,
) -> Outcome:
    """Make exactly the plan's changes, in one transaction; an empty plan writes nothing.

    record: called with the outcome at the end of the transaction, so that its writes are committed with the plan.
    progress: called with ("applying", changes made, changes in total); an exception from it undoes everything.
    Raises StalePlan if anything the plan builds on has changed, LeaseTaken if another import of the organisation is
    being applied, LeaseLost if another process considered this one dead, PlanError if the plan is another
    organisation's or invalid, DatabaseProblem.
    """
    if plan.head.organization != organization.slug:
        raise PlanError(
            "plan_of_other_organization",
            plan=plan.head.organization or "no organisation",
            organization=organization.slug,
        )
    at = engine()
    with turn(at, organization=organization.pk):
        tally = Tally(sum(plan.head.verbs.values()), progress)
        outcome = Outcome() if plan.is_empty else _apply(plan, at=at, organization=organization, tally=tally)
        if record:
            record(outcome)
    return outcome


def _apply(plan: Plan, *, at: Engine, organization: models.Organization, tally: Tally) -> Outcome:
    tally.add(0)
    reference = _same_reference(plan.head, at=at, organization=organization)
    found = survey(plan, reference=reference)
    compare(found, at=at, organization=organization.pk)
    case = facts.Case(plan.head, seen=found.seen, at=at, organization=organization.pk, reference=reference)
    facts.check(case, after=False)
    work = _begin(plan.head, at=at, organization=organization.pk, reference=reference, survey=found)
    _free(work, survey=found)
    for verbs in walks(found.counts):
        _do(verbs, work=work, plan=plan, tally=tally)
    enrolments.carry_progress(work, plan=plan)
    people.set_login_keys(work, people=found.signing_in)
    if tally.done != sum(found.counts.values()):
        raise PlanError("plan_partly_applied", done=tally.done, planned=sum(found.counts.values()))
    facts.check(case, after=True)
    return Outcome(first=work.first, stamp=work.stamp, counts=found.counts)


def _same_reference(head: Head, *, at: Engine, organization: models.Organization) -> Reference:
    """The reference data, locked against changes. Raises StalePlan if it has changed since the plan was made."""
    at.lock("store_organization", ids=str(int(organization.pk)))
    now = snapshot.reference(organization)
    if now.version != head.reference_version:
        raise StalePlan("setup_changed")
    return now


def _begin(head: Head, *, at: Engine, organization: int, reference: Reference, survey: Survey) -> ApplyContext:
    return ApplyContext(
        at=at,
        organization=organization,
        reference=reference,
        stamp=secrets.randbits(62) | 1,
        restored_stamps=survey.restored_stamps,
        first={name: at.draw_ids(_table(name), count=count) for name, count in head.new.items() if count},
    )


def _table(relation: str) -> str:
    return "store_person" if relation == "person" else STORED[relation].table


def _free(work: ApplyContext, *, survey: Survey) -> None:
    """Free the keys that others will take, and give a new version to people whose own row stays as it is."""
    if any(relation_of(verb).kept_in is KeptIn.REFERENCE for verb in survey.counts):
        work.at.execute(
            "UPDATE store_organization SET reference_version = %s WHERE id = %s", params=[work.stamp, work.organization]
        )
    people.free_login_keys(work, people=survey.signing_in)
    people.free_keys(work, renamed=survey.renamed, readdressed=survey.readdressed)
    people.stamp(work, people=survey.linked)
    people.void_links(work, people=survey.readdressed)


def _do(verbs: tuple[str, ...], *, work: ApplyContext, plan: Plan, tally: Tally) -> None:
    """Write the frames of these verbs, part by part."""
    for part in plan.parts:
        for verb in verbs:
            frame = part.frames.get(verb)
            if frame is not None and not frame.is_empty():
                writer_of(verb)(work, frame=frame)
                tally.add(frame.height)
