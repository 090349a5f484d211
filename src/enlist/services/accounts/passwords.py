"""Passwords of an applied import: hash them in parallel, queue the generated ones to be mailed, hand out the rest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl
from django.conf import settings

from enlist.core.errors import PlanError
from enlist.core.planner.circumstances import Circumstances
from enlist.formats.files.new_file import new_file
from enlist.formats.text.delimited import write
from enlist.services.access import Right, Scope, may_touch
from enlist.services.jobs.run import Run
from enlist.services.progress import Progress, silent
from enlist.store import models
from enlist.store.accounts import mails
from enlist.store.imports import artifacts, records, sealed_passwords
from enlist.store.jobs import jobs
from enlist.store.models import Mail
from enlist.store.operations.models import Job
from enlist.store.secrets.sealing import unsealed

from .inviting import invitations_add_rest
from .mail_text import Content
from .outbox import Writer
from .protection import guarded_roles, rank_of

AT_ONCE: Final = 200
KIND: Final = "passwords.settle"
DONE: Final = ("applied", "undone", "nothing_to_do")


@dataclass(frozen=True)
class Settled:
    """How many passwords of an import were settled, and how.

    hashed: set. unreadable: encrypted under another key, so not set. mailed: generated, and now in the outbox. refused:
    the mail server refused the address, and now gets the mail again. waiting: of people without an address, for
    `passwords_hand_out`. shielded: not set, because the person has joined the team.
    """

    hashed: int = 0
    unreadable: int = 0
    mailed: int = 0
    refused: int = 0
    waiting: int = 0
    shielded: int = 0


def passwords_settle(scope: Scope, *, number: int, progress: Progress = silent) -> Settled:
    """Set the passwords of an applied import, and queue invitations to people who got none.

    If it is interrupted, the next call continues. Raises NotFound; PlanError if the import isn't applied.
    """
    record = passwords_check(scope, number=number)
    if not record.figures.get("passwords"):
        sealed_passwords.forget_import(record)
        return Settled()
    if not record.plan_removed_at:
        for part in artifacts.plan_of(record).parts:
            sealed_passwords.assign(record, part=part)
    sealed_passwords.drop_unused(record)
    hashed, unreadable, shielded = _hash(record, progress=progress)
    refused = mails.retry_passwords(scope.organization, number=number)
    mailed = sealed_passwords.to_outbox(record)
    invitations_add_rest(record)
    left = len(sealed_passwords.to_hand_out(record))
    return Settled(
        hashed=hashed, unreadable=unreadable, mailed=mailed, refused=refused, waiting=left, shielded=shielded
    )


def passwords_check(scope: Scope, *, number: int) -> models.Import:
    """The import, if its passwords can be set now. Raises NotFound, NotAllowed, PlanError."""
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    if record.state not in DONE:
        raise PlanError("import_sets_no_passwords", number=number, state=record.state.replace("_", " "))
    return record


def passwords_work(run: Run) -> Settled:
    """`passwords_settle` as a job. Its arguments name the import."""
    return passwords_settle(run.scope, number=run.job.arguments["import"], progress=run)


def passwords_hand_over(scope: Scope, *, number: int) -> Job | None:
    """Queue a job that sets the passwords of an applied import; the job, if there are any. Raises NotFound."""
    record, arguments = records.get(scope, number=number), {"import": number}
    if record.state not in DONE or not record.figures.get("passwords"):
        sealed_passwords.forget_import(record)
        return None
    job = jobs.open_job(scope.organization.pk, kind=KIND, arguments=arguments)
    return job or jobs.put(scope, kind=KIND, arguments=arguments)[0]


def passwords_hand_out(scope: Scope, *, number: int, to: Path) -> int:
    """Write the passwords generated for people without an address to a new file, then delete them; how many.

    It works once. Raises NotFound, FileError; then nothing is deleted.
    """
    record = records.get(scope, number=number)
    may_touch(scope, record=record, others=Right.UNDO_IMPORTS)
    guarded = guarded_roles(scope)
    ready = [each for each in sealed_passwords.to_hand_out(record) if each.person.site_role not in guarded]
    if ready:
        cells = [(each.person.username, each.person.firstname, each.person.lastname, each.password) for each in ready]
        frame = pl.DataFrame(cells, schema=["username", "firstname", "lastname", "password"], orient="row")
        with new_file(to) as file:
            file.write(write(frame))
        sealed_passwords.forget(ready)
    return len(ready)


def _hash(record: models.Import, *, progress: Progress) -> tuple[int, int, int]:
    """Hash passwords in batches, on all processors: Argon2 releases Python's lock.

    How many were set, couldn't be read, and belong to people who have joined the team.
    """
    total, done, unreadable, shielded = sealed_passwords.waiting(record).count(), 0, 0, 0
    guarded = Circumstances(role=rank_of(record)).guarded
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while batch := list(islice(sealed_passwords.waiting(record), AT_ONCE)):
            progress("hashing passwords", done, total)
            hashes = list(pool.map(sealed_passwords.hashed, batch))
            shielded += sealed_passwords.settle(batch, hashes=hashes, guarded=guarded)
            done += len(batch)
            unreadable += hashes.count(None)
    return done - unreadable - shielded, unreadable, shielded


def _password(mail: Mail) -> Content | None:
    """A one-time password; None if another one counts now, or it can't be decrypted any more."""
    person, password = mails.recipient(mail), unsealed(mail.sealed)
    if person is None or password is None:
        return None
    return Content(person, mail.organization, "one_time", address=f"{settings.SITE_ADDRESS}/", password=password)


WRITERS: Final[Mapping[str, Writer]] = {mails.ONE_TIME: _password}
