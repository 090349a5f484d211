"""Records of imports: one row per run, numbered within its organisation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from .states import NOT_ENDED as NOT_ENDED
from .states import OPEN as OPEN

# Key in an import's order: the bulk action it carries out.
MANY: Final = "many"
# Key in an import's order: the change of rules (`services.imports.rules`) that it makes instead of importing a file.
RULES: Final = "rules"
# Key in an import's order: the two people that it merges (`services.imports.merge`) instead of importing a file.
MERGE: Final = "merge"
# Key in an import's order: the option of a profile field that it replaces instead of importing a file.
OPTION: Final = "option"
# Key in an import's order: what somebody decided about new usernames that may be those of existing people.
TWINS: Final = "twins"
# Key in a draft's order: the headers of the columns that somebody has checked. No plan depends on it.
CONFIRMED: Final = "confirmed"
# Key in an import's order: whether its new people are invited, if its settings ask. No plan depends on it.
INVITE: Final = "invite"
# How many earlier imports are looked through for one of such a file.
_ALIKE: Final = 200


def new(scope: Scope, *, head: Head, note: str = "", key: str = "", split_from: Import | None = None) -> Import:
    """A new import of the scope's organisation, in state staged; an existing one with the same key starts again.

    Raises LeaseTaken if the import with the key has ended, PolicyError if it is about something else.
    """
    with short_transaction():
        # Numbers have no gaps and no duplicates.
        engine().lock_numbers(scope.organization.pk)
        existing = of_key(scope, key=key) if key else None
        if existing:
            return _restarted(existing, head=head)
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
    """The draft of an uploaded file, and whether the file has to be stored: not if it is there already.

    The file replaces one that was uploaded before with this key and couldn't be read.
    """
    with short_transaction():
        # Serialises requests with the same key.
        engine().lock_numbers(scope.organization.pk)
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
    """Whether the draft has the same file and settings, or its file was read, or it has ended."""
    uploaded = (head.file_sha256, head.preset, head.policy, order["reading"])
    is_same = uploaded == (record.sha256, record.preset, record.policy, record.order.get("reading"))
    return is_same or is_read(record) or record.state not in OPEN


def check_same(record: Import, *, head: Head) -> None:
    """Raise PolicyError if a key is reused for another file, preset or policy."""
    new, old = (head.file_sha256, head.preset, head.policy), (record.sha256, record.preset, record.policy)
    if new != old:
        what = "another file" if new[0] != old[0] else "other settings"
        raise PolicyError("import_key_reused", key=record.key, number=record.number, what=what)


def _restarted(record: Import, *, head: Head) -> Import:
    """An import whose process died before it was applied, reset to a new one."""
    check_same(record, head=head)
    if record.state not in OPEN:
        raise LeaseTaken("import_key_taken", key=record.key, number=record.number)
    Artifact.objects.filter(of_import=record).delete()
    Secret.objects.filter(of_import=record).delete()
    states.move_one(record, by=states.CHANGE, plan_head={}, figures={})
    return record


def get(scope: Scope, *, number: int) -> Import:
    """The organisation's import with this number. Raises NotFound."""
    try:
        related = Import.objects.select_related("undoes", "started_by", "split_from")
        found = related.get(organization=scope.organization, number=number)
    except Import.DoesNotExist:
        raise NotFound("import_unknown", number=number) from None
    found.organization = scope.organization
    return found


def of_key(scope: Scope, *, key: str) -> Import | None:
    """The organisation's import with this key."""
    return Import.objects.filter(organization=scope.organization, key=key).first()


@dataclass(frozen=True)
class Among:
    """A filter for imports; "" and None match any.

    text: part of the file name or note, or the number. states: as in the table. by: a username. since: created then or
    later. before: only lower numbers. busy: the numbers of imports with a running job; is_busy: only these, or only the
    others.
    """

    text: str = ""
    preset: str = ""
    states: tuple[str, ...] = ()
    by: str = ""
    since: datetime | None = None
    before: int | None = None
    busy: tuple[int, ...] = ()
    is_busy: bool | None = None


def latest(scope: Scope, *, limit: int, among: Among | None = None) -> list[Import]:
    """The organisation's latest imports that match, newest first (one query)."""
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
    if among.since is not None:
        found = found.filter(created_at__gte=among.since)
    if among.before is not None:
        found = found.filter(number__lt=among.before)
    if among.is_busy is not None:
        found = found.filter(number__in=among.busy) if among.is_busy else found.exclude(number__in=among.busy)
    return list(found.order_by("-number")[:limit])


def numbered(scope: Scope, *, numbers: list[int]) -> list[Import]:
    """The organisation's imports with these numbers, oldest first (one query)."""
    found = Import.objects.filter(organization=scope.organization, number__in=numbers).select_related("undoes")
    return list(found.order_by("number"))


def last_like(record: Import) -> Import | None:
    """The last applied import with the same preset and columns of the same names (one query)."""
    done = Import.objects.filter(
        organization=record.organization, preset=record.preset, kind="import", state__in=("applied", "nothing_to_do")
    ).exclude(pk=record.pk)
    mine = _names(record)
    found = done.only("number", "policy", "order").order_by("-number")[:_ALIKE]
    return next((each for each in found if mine and _names(each) == mine and MANY not in each.order), None)


def of_number(record: Import, *, number: int) -> Import:
    """The import of the same organisation with this number (one query)."""
    return Import.objects.get(organization=record.organization, number=number)


def _names(record: Import) -> frozenset[str]:
    return frozenset([*record.order.get("headers", ()), *record.order.get("secrets", ())])


def starters(scope: Scope) -> list[str]:
    """The usernames of everybody who ever started an import (one query)."""
    mine = Import.objects.filter(organization=scope.organization, started_by__username__gt="")
    return list(mine.values_list("started_by__username", flat=True).distinct().order_by("started_by__username"))


def is_read(record: Import) -> bool:
    """Whether its file has been read into rows."""
    return "source" in record.order


def is_shown_first(record: Import) -> bool:
    """Whether a person reviews its plan before it is applied (not that of a background import)."""
    return "reading" in record.order or is_without_file(record)


def is_without_file(record: Import) -> bool:
    """Whether it is an undo, a change of rules or options, or a merge, which are approved as a whole."""
    return record.undoes_id is not None or not {RULES, MERGE, OPTION}.isdisjoint(record.order)


def planned(record: Import, *, plan: Plan, by: states.Transition = states.PLAN) -> None:
    """Store the head and figures of a plan whose parts are stored.

    Raises StalePlan if the import has changed since the record was read: the plan may be from other rows or settings.
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
    """What its plan depends on."""
    order = {name: value for name, value in record.order.items() if name not in (CONFIRMED, INVITE)}
    return record.moves, json.dumps([record.policy, order], sort_keys=True)


def applied(scope: Scope, *, record: Import, plan: Plan, outcome: Outcome) -> None:
    """At the end of an apply, mark the import as applied, and the one it undoes as undone.

    Raises StalePlan if either already is, or if the import has since been changed or planned again.
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
    # From now on, its rest can be approved.
    states.move(Import.objects.filter(split_from=record), by=states.RELEASE)
    # The rest of an earlier plan, if this plan needs no approval.
    states.move(Import.objects.filter(split_from=record), by=states.LAPSE)
    if record.undoes is not None:
        _undone(record.undoes)
    if MANY in record.order and outcome.counts:
        activity.log(scope, action="many_changed", note=f"{record.note}: import {record.number}.")


def _undone(target: Import) -> None:
    """Mark an import as undone, with the undo of its undo; the import it had undone is applied again, and so on."""
    if not states.move(Import.objects.filter(pk=target.pk), by=states.UNDO):
        raise StalePlan("import_undone_meanwhile", number=target.number)
    states.move(Import.objects.filter(undoes__undoes=target), by=states.UNDO)
    by, other, below = states.REDO, states.UNDO, target.undoes
    while below is not None:
        states.move(Import.objects.filter(pk=below.pk), by=by)
        by, other, below = other, by, below.undoes


def failed(record: Import) -> None:
    """Mark an apply as failed: nothing of it is in the database, and it can be tried again."""
    with short_transaction():
        states.move(Import.objects.filter(pk=record.pk), by=states.FAIL)


def cancelled(record: Import) -> None:
    """Mark an import as cancelled, if nothing of it was applied."""
    whole = Import.objects.filter(Q(pk=record.pk) | Q(split_from=record))
    with short_transaction():
        if states.move(whole, by=states.CANCEL):
            Secret.objects.filter(of_import__in=whole).delete()


def is_carried_out(organization: int, *, number: int | None) -> bool:
    """Whether the tables say that the import with this number was applied, even if it was undone since."""
    ended = ("applied", "undone", "nothing_to_do")
    return Import.objects.filter(organization=organization, number=number or 0, state__in=ended).exists()


def is_open(record: Import) -> bool:
    """Whether the tables say that it can still be applied."""
    return Import.objects.filter(pk=record.pk, state__in=NOT_ENDED).exists()


def lock_open(record: Import, *, states: tuple[str, ...] = OPEN) -> Import:
    """The record as it is now, locked until the transaction ends.

    Raises PlanError if it is no longer in one of these states: it was applied, or ended in another way.
    """
    now = Import.objects.select_for_update().get(pk=record.pk)
    if now.state not in states:
        raise PlanError("import_closed", number=record.number, state=now.state.replace("_", " "))
    return now


def outdated(record: Import) -> None:
    """Mark its plan as stale, but keep it to look at. Raises PlanError as `lock_open` does."""
    with short_transaction():
        lock_open(record)
        states.move_one(record, by=states.CHANGE)


def restart(record: Import) -> None:
    """Delete its plan, and that of its part that waits for approval, because the file or settings have changed.

    Also updates the record with what others have changed. Raises PlanError as `lock_open` does.
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
    """Set another policy for a draft, which makes its plan stale. Raises PlanError as `lock_open` does."""
    with short_transaction():
        lock_open(record)
        states.move_one(record, by=states.CHANGE, policy=dict(policy), note=note)


def reread(record: Import, *, sha256: str) -> None:
    """Delete the rows of its file, before it is read again. Raises PlanError as `lock_open` does."""
    with short_transaction():
        lock_open(record)
        Artifact.objects.filter(of_import=record, kind=STAGED).delete()
        Secret.objects.filter(of_import=record).delete()
        record.sha256 = sha256
        record.save(update_fields=["sha256"])


def undo_new(scope: Scope, *, head: Head, undone: Import) -> Import:
    """The open undo of an import, created if there is none, so that two requests share one."""
    with short_transaction():
        engine().lock_numbers(scope.organization.pk)
        return undo_of(undone) or new(scope, head=head)


def undo_of(record: Import) -> Import | None:
    """An undo of it that hasn't been applied yet."""
    return Import.objects.filter(undoes=record, state__in=OPEN).order_by("-number").first()


def keep_order(record: Import, *, order: Mapping[str, Any]) -> None:
    """Store how the staged table was read and its columns are mapped."""
    record.order = dict(order)
    with short_transaction():
        record.save(update_fields=["order"])


def keep_answer(record: Import, *, invite: bool) -> None:
    """Store the answer to whether its new people are invited."""
    with short_transaction():
        now = Import.objects.select_for_update().only("order").get(pk=record.pk)
        now.order[INVITE] = record.order[INVITE] = invite
        now.save(update_fields=["order"])


def answer(record: Import) -> bool | None:
    """Whether the new people of an import, or of the part of one, are invited; None if nobody answered (one query)."""
    found = Import.objects.values_list("order", flat=True).get(pk=record.split_from_id or record.pk).get(INVITE)
    return found if found is None else bool(found)


def rename(record: Import, *, note: str) -> None:
    """Give an import a name of its own; "" for that of its file. No plan depends on it."""
    with short_transaction():
        Import.objects.filter(pk=record.pk).update(note=note)


def undos_of(found: Sequence[Import]) -> dict[int, Import]:
    """By primary key, the import that undid each of these that is undone (one query, none if none is)."""
    undone = [record.pk for record in found if record.state == "undone"]
    undos = Import.objects.filter(undoes__in=undone, state="applied") if undone else ()
    return {undo.undoes_id: undo for undo in undos if undo.undoes_id is not None}


def created(record: Import) -> range:
    """The ids of the people that an applied import created."""
    first = record.first.get("person", 0)
    return range(first, first + record.plan_head.get("new", {}).get("person", 0))


def ids_of(record: Import) -> Applied:
    """The version and real ids that applying the plan gave."""
    return Applied(stamp=record.stamp or 0, first=record.first)
