"""The tables of the operations: no key leads out of them, for on SQLite they are a file of their own."""

from __future__ import annotations

from django.db import models

from enlist.store.models.columns import moment, one_of, text

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
OPEN_STATES = ("queued", "running")


class Lease(models.Model):
    """Who is at work on something (`subject`) of an organisation; `fence` grows with every owner.

    `heartbeat` is when the owner was last heard of, by the database's clock.
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
    """A background job, how far it is, and how it ended; the queue is those that are queued, by id.

    kind: what is to be done (`JOBS` of `services/worker.py`); import_number: the import it is about; by: the person who
    asked; background: whether workers do it, or the process that made it. started_at: when it was last begun, attempts:
    by how many workers. `done` of `total` rows of a phase that began at phase_at; told_at is when that was said.
    result: its answer; error: why it failed, as a code and fields. seen, mailed: the person who asked saw how it ended,
    on a page or by mail.
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
    """How often guesses at passwords failed: of one name or account from one place, or from one network.

    key: a keyed hash of what is counted, none of which is kept. in_minute: since minute_start; in_a_row: since the
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
