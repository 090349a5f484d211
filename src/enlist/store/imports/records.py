"""Records of imports: one row per run, numbered within its organisation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, Q
from django.utils import timezone

from enlist.core.errors import LeaseTaken, NotFound, PlanError, PolicyError, StalePlan
from enlist.core.plan.applied import Applied
from enlist.core.plan.plan import Head, Plan, head_to_json
from enlist.store import activity
from enlist.store.apply import Outcome
from enlist.store.engine import engine
from enlist.store.models import Artifact, Import, Secret
from enlist.store.scope import Scope
from enlist.store.transactions import short_transaction

from . import states
from .artifacts import PLAN, SOURCE, STAGED
from .states import OPEN as OPEN
from .states import UNDONE_YET as UNDONE_YET

# Of an import's order: what it does to people who were chosen from a list.
MANY: Final = "many"


def new(scope: Scope, *, head: Head, note: str = "", key: str = "", split_from: Import | None = None) -> Import:
    """A new import of the scope's organisation, in state staged; that of the key begun anew, where there is one.

    Raises LeaseTaken where the import of the key is done, PolicyError where it is about something else.
    """
    with short_transaction():
        # Numbers have no gaps and no twins.
        engine().number_alone(scope.organization.pk)
        known = of_key(scope, key=key) if key else None
        if known:
            return _restarted(known, head=head)
        last = Import.objects.filter(organization=scope.organization).aggregate(last=Max("number"))["last"] or 0
        return Import.objects.create(
            organization=scope.organization,
            number=last + 1,
            kind=head.kind,
            preset=head.preset,
            policy=head.policy,
            file_name=head.file_name,
            sha256=head.file_sha256,
            key=key or None,
            note=note,
            started_by=scope.actor,
            split_from=split_from,
            undoes=None if head.undoes is None else get(scope, number=head.undoes),
        )


def new_upload(scope: Scope, *, head: Head, key: str, order: Mapping[str, Any]) -> tuple[Import, bool]:
    """The draft of an uploaded file, and whether that file is to be kept with it: not where it is there already.

    What was handed in before with this key, and could not be read, makes way for it.
    """
    with short_transaction():
        # Who asks with the key at the same time comes before or after.
        engine().number_alone(scope.organization.pk)
        record = of_key(scope, key=key) if key else None
        if record is None or "reading" not in record.order:
            record = new(scope, head=head, note=head.policy["note"], key=key)
        elif is_same_upload(record, head=head, order=order):
            return record, False
        Artifact.objects.filter(of_import=record, kind=SOURCE).delete()
        record.file_name, record.sha256, record.preset = head.file_name, head.file_sha256, head.preset
        record.policy, record.note, record.order = head.policy, head.policy["note"], dict(order)
        record.save(update_fields=["file_name", "sha256", "preset", "policy", "note", "order"])
        return record, True


def is_same_upload(record: Import, *, head: Head, order: Mapping[str, Any]) -> bool:
    """Whether a key names a draft of this file already, or one whose file was read, or that ended."""
    asked = (head.file_sha256, head.preset, head.policy, order["reading"])
    is_same = asked == (record.sha256, record.preset, record.policy, record.order.get("reading"))
    return is_same or is_read(record) or record.state not in OPEN


def check_same(record: Import, *, head: Head) -> None:
    """Raise PolicyError where a key is given again for another file, preset or policy."""
    asked, known = (head.file_sha256, head.preset, head.policy), (record.sha256, record.preset, record.policy)
    if asked != known:
        what = "another file" if asked[0] != known[0] else "other settings"
        raise PolicyError("import_key_reused", key=record.key, number=record.number, what=what)


def _restarted(known: Import, *, head: Head) -> Import:
    """An import whose maker died before it was carried out, as if it had just been made."""
    check_same(known, head=head)
    if known.state not in OPEN:
        raise LeaseTaken("import_key_taken", key=known.key, number=known.number)
    Artifact.objects.filter(of_import=known).delete()
    Secret.objects.filter(of_import=known).delete()
    states.move_one(known, by=states.CHANGE, plan_head={}, figures={})
    return known


def get(scope: Scope, *, number: int) -> Import:
    """The organisation's import of this number. Raises NotFound."""
    try:
        related = Import.objects.select_related("undoes", "started_by", "split_from")
        found = related.get(organization=scope.organization, number=number)
    except Import.DoesNotExist:
        raise NotFound("import_unknown", number=number) from None
    found.organization = scope.organization
    return found


def of_key(scope: Scope, *, key: str) -> Import | None:
    """The organisation's import that was asked for with this key."""
    return Import.objects.filter(organization=scope.organization, key=key).first()


@dataclass(frozen=True)
class Among:
    """Which imports are looked for; "" and None stand for any.

    text: what their file or note has in it, or their number. states: as they stand in the table. by: a username.
    before: those of lower numbers. busy: numbers of those at work; is_busy: whether it is these that are looked for.
    """

    text: str = ""
    preset: str = ""
    states: tuple[str, ...] = ()
    by: str = ""
    before: int | None = None
    busy: tuple[int, ...] = ()
    is_busy: bool | None = None


def latest(scope: Scope, *, limit: int, among: Among | None = None) -> list[Import]:
    """The organisation's last imports of those that are looked for, the newest first (one query)."""
    among = among or Among()
    found = Import.objects.filter(organization=scope.organization).select_related("undoes", "started_by", "split_from")
    if among.text:
        mine = Q(file_name__icontains=among.text) | Q(note__icontains=among.text)
        is_number = among.text.isdecimal() and len(among.text) < 10
        found = found.filter(mine | Q(number=int(among.text)) if is_number else mine)
    if among.preset:
        found = found.filter(preset=among.preset)
    if among.states:
        found = found.filter(state__in=among.states)
    if among.by:
        found = found.filter(started_by__username=among.by)
    if among.before is not None:
        found = found.filter(number__lt=among.before)
    if among.is_busy is not None:
        found = found.filter(number__in=among.busy) if among.is_busy else found.exclude(number__in=among.busy)
    return list(found.order_by("-number")[:limit])


def numbered(scope: Scope, *, numbers: list[int]) -> list[Import]:
    """The organisation's imports of these numbers, the oldest first (one query)."""
    found = Import.objects.filter(organization=scope.organization, number__in=numbers).select_related("undoes")
    return list(found.order_by("number"))


def starters(scope: Scope) -> list[str]:
    """Who ever started an import: usernames (one query)."""
    mine = Import.objects.filter(organization=scope.organization, started_by__username__gt="")
    return list(mine.values_list("started_by__username", flat=True).distinct().order_by("started_by__username"))


def is_read(record: Import) -> bool:
    """Whether rows of its file are there."""
    return "source" in record.order


def is_shown_first(record: Import) -> bool:
    """Whether somebody looks at its plan before it is applied: a draft, or an undo of one (not what is handed over)."""
    return "reading" in record.order or record.undoes_id is not None


def planned(record: Import, *, plan: Plan, by: states.Transition = states.PLAN) -> None:
    """The plan's parts are stored; keep its head and figures.

    Raises StalePlan where somebody changed the import since the record was looked up: the plan may be of another
    reading, or of other settings.
    """
    figures = {"verbs": plan.head.verbs, "statuses": plan.head.statuses, "flags": plan.head.flags}
    values = {
        "plan_head": json.loads(head_to_json(plan.head)),
        "figures": {**figures, **({"passwords": plan.head.passwords} if plan.head.passwords else {})},
        "planned_at": timezone.now(),
        "planned_moves": record.moves,
    }
    with short_transaction():
        now = Import.objects.select_for_update().get(pk=record.pk)
        if _content(now) != _content(record) or not states.move_one(record, by=by, **values):
            raise StalePlan("import_file_changed", number=record.number)


def _content(record: Import) -> tuple[int, str]:
    """What a plan of it depends on, as it is or was stored."""
    return record.moves, json.dumps([record.policy, record.order], sort_keys=True)


def applied(scope: Scope, *, record: Import, plan: Plan, outcome: Outcome) -> None:
    """The last act of an apply: the import is done, what it undoes is undone.

    Raises StalePlan when either is so already, and where the import was changed, or planned again, meanwhile.
    """
    now = Import.objects.select_for_update().only("plan_head").get(pk=record.pk)
    if now.plan_head != json.loads(head_to_json(plan.head)):
        raise StalePlan("import_replanned", number=record.number)
    done = states.move(
        Import.objects.filter(pk=record.pk),
        by=states.APPLY if outcome.counts or record.figures.get("passwords") else states.APPLY_NOTHING,
        applied_at=timezone.now(),
        first=dict(outcome.first),
        stamp=outcome.stamp,
    )
    if not done:
        raise StalePlan("import_changed", number=record.number)
    # What waits of it can be approved from now on.
    states.move(Import.objects.filter(split_from=record), by=states.RELEASE)
    # Of an earlier plan something waited, and of this one nothing does.
    states.move(Import.objects.filter(split_from=record), by=states.LAPSE)
    if record.undoes is not None:
        _undone(record.undoes)
    if MANY in record.order and outcome.counts:
        activity.log(scope, action="many_changed", note=f"{record.note}: import {record.number}.")


def _undone(target: Import) -> None:
    """What is taken back is undone, with the undo of its undo; what it had taken back is applied again, and so on."""
    if not states.move(Import.objects.filter(pk=target.pk), by=states.UNDO):
        raise StalePlan("import_undone_meanwhile", number=target.number)
    states.move(Import.objects.filter(undoes__undoes=target), by=states.UNDO)
    by, other, below = states.REDO, states.UNDO, target.undoes
    while below is not None:
        states.move(Import.objects.filter(pk=below.pk), by=by)
        by, other, below = other, by, below.undoes


def failed(record: Import) -> None:
    """The apply was refused or broke; nothing of it is in the database, and it may be tried again."""
    with short_transaction():
        states.move(Import.objects.filter(pk=record.pk), by=states.FAIL)


def cancelled(record: Import) -> None:
    """It was cancelled before anything of it was applied."""
    whole = Import.objects.filter(Q(pk=record.pk) | Q(split_from=record))
    with short_transaction():
        if states.move(whole, by=states.CANCEL):
            Secret.objects.filter(of_import__in=whole).delete()


def is_carried_out(organization: int, *, number: int | None) -> bool:
    """Whether the organisation's import of this number is in the directory, or was and is undone, by the tables."""
    ended = ("applied", "undone", "nothing_to_do")
    return Import.objects.filter(organization=organization, number=number or 0, state__in=ended).exists()


def is_open(record: Import) -> bool:
    """Whether nothing of it is in the directory, by the tables."""
    return Import.objects.filter(pk=record.pk, state__in=UNDONE_YET).exists()


def lock_open(record: Import, *, states: tuple[str, ...] = OPEN) -> Import:
    """The record as it is now, which nobody else changes or applies until the transaction ends.

    Raises PlanError where it is in none of these states any more: it was applied, or ended otherwise.
    """
    now = Import.objects.select_for_update().get(pk=record.pk)
    if now.state not in states:
        raise PlanError("import_closed", number=record.number, state=now.state.replace("_", " "))
    return now


def outdated(record: Import) -> None:
    """Its plan is not to be carried out any more, but can still be looked at: what it is about has changed.

    Raises PlanError as `lock_open`.
    """
    with short_transaction():
        lock_open(record)
        states.move_one(record, by=states.CHANGE)


def restart(record: Import) -> None:
    """Its plan counts no more: what it is about has changed. What waited of it waits no more either.

    The record is as others left it by now. Raises PlanError as `lock_open`.
    """
    waiting = Import.objects.filter(split_from=record, state__in=OPEN)
    with short_transaction():
        now = lock_open(record)
        record.policy, record.order, record.note, record.moves = now.policy, now.order, now.note, now.moves
        Artifact.objects.filter(of_import=record, kind=PLAN).delete()
        Artifact.objects.filter(of_import__in=waiting).delete()
        Secret.objects.filter(of_import__in=waiting).delete()
        states.move(waiting, by=states.CHANGE, plan_head={}, figures={})
        states.move_one(record, by=states.CHANGE, plan_head={}, figures={})


def change(record: Import, *, policy: Mapping[str, Any], note: str) -> None:
    """Another policy for a draft, whose plan counts no more. Raises PlanError as `lock_open`."""
    with short_transaction():
        lock_open(record)
        states.move_one(record, by=states.CHANGE, policy=dict(policy), note=note)


def reread(record: Import, *, sha256: str) -> None:
    """What was read of its file is taken away, for another reading to be put in its place.

    Raises PlanError as `lock_open`.
    """
    with short_transaction():
        lock_open(record)
        Artifact.objects.filter(of_import=record, kind=STAGED).delete()
        Secret.objects.filter(of_import=record).delete()
        record.sha256 = sha256
        record.save(update_fields=["sha256"])


def undo_new(scope: Scope, *, head: Head, undone: Import) -> Import:
    """The undo of an import that is not carried out yet, made where there is none; asked for twice it is one."""
    with short_transaction():
        engine().number_alone(scope.organization.pk)
        return undo_of(undone) or new(scope, head=head)


def undo_of(record: Import) -> Import | None:
    """An undo of it that is not carried out yet."""
    return Import.objects.filter(undoes=record, state__in=OPEN).order_by("-number").first()


def keep_order(record: Import, *, order: Mapping[str, Any]) -> None:
    """How the staged table was read and is meant."""
    record.order = dict(order)
    with short_transaction():
        record.save(update_fields=["order"])


def ids_of(record: Import) -> Applied:
    """What the import's apply gave its plan."""
    return Applied(stamp=record.stamp or 0, first=record.first)
