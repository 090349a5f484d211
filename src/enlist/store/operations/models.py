"""The tables of the operations; without foreign keys to others, since on SQLite they have a file of their own."""

from __future__ import annotations

from django.db import models

from enlist.store.models.columns import moment, one_of, text

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN_STATES = ("queued", "running")


class Lease(models.Model):
    """Who is working on something (`subject`) of an organisation.

    fence: grows with every new owner. heartbeat: the owner's last sign of life, by the database's clock.
    """

    organization_id = models.BigIntegerField()
    subject = text()
    owner = text()
    heartbeat = models.DateTimeField()
    fence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "subject"], name="lease_subject")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.owner}"


class Job(models.Model):
    """A job, its progress and its result; the queue consists of the jobs in state queued, by id.

    kind: what to do (`JOBS` in `services/worker.py`); import_number: the import it is about; by: the person who asked.
    background: whether a worker runs it, or the process that created it. started_at, attempts: when it was last
    started, and by how many workers in all. done, total: rows of the current phase, which began at phase_at; told_at:
    when that was reported. error: why it failed, as a code and fields. seen, mailed: whether the person who asked saw
    the result on a page or was sent a mail.
    """

    organization_id = models.BigIntegerField()
    kind = text()
    import_number = models.PositiveIntegerField(null=True)
    by = models.BigIntegerField(null=True)
    arguments = models.JSONField(default=dict, blank=True)
    background = models.BooleanField(default=False)
    state = text(default="queued")
    started_at = moment()
    attempts = models.PositiveIntegerField(default=0)
    cancel = models.BooleanField(default=False)
    phase = text()
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    phase_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.JSONField(default=dict, blank=True)
    created_at = moment()
    ended_at = models.DateTimeField(null=True)
    seen = models.BooleanField(default=False, db_default=False)
    mailed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("state", values=JOB_STATES), name="job_state"),
            models.UniqueConstraint(
                fields=["organization_id", "import_number"],
                condition=one_of("state", values=OPEN_STATES),
                name="job_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="job_queue"),
            models.Index(fields=["organization_id", "import_number", "id"], name="job_of_import"),
            models.Index(fields=["organization_id", "by"], name="job_unseen", condition=models.Q(seen=False)),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.kind}"


class FailedAttempts(models.Model):
    """How often signing in failed: for one name or account from one address, or from one network.

    key: a keyed hash of what is counted, which isn't stored itself. in_minute: since minute_start; in_a_row: since the
    last success.
    """

    key = text()
    in_minute = models.PositiveIntegerField(default=0)
    minute_start = models.DateTimeField()
    in_a_row = models.PositiveIntegerField(default=0)
    last_attempt = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="failed_attempts_key")]

    def __str__(self) -> str:
        return f"{self.in_a_row} in a row"


class PasswordRequest(models.Model):
    """Somebody asked for a new password; deleted when its mail is in the outbox.

    A request for an account that doesn't exist has a row too (person: null), so that it takes as long.
    """

    person = models.BigIntegerField(null=True)
    created_at = moment()

    def __str__(self) -> str:
        return f"password request {self.pk}"
