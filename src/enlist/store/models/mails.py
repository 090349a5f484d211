"""Mails that are sent after a commit."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from .columns import moment, one_of, organization_of_bulk, text
from .people import Person

MAIL_PURPOSES = ("invitation", "one_time", "reset", "address", "address_changed", "children", "notice")
# Somebody waits for these, while others may be many at once.
URGENT_PURPOSES = ("reset", "address", "address_changed", "notice")
MAIL_STATES = ("due", "sent", "refused", "dropped")


class Mail(models.Model):
    """A mail to a person: written in the same transaction as what it is about, and sent by a worker afterwards.

    Of each purpose, a person has one; sent again, it is the same row with a higher edition, which makes it another
    message. state: due, sent, refused for good, or dropped because it isn't wanted any more. due_at: when a worker may
    take it; taken, it is due again later, in case that worker dies. attempts: how often the server put this edition
    off. problem: the code of what went wrong last. import_number: the import that created the person, if one did.
    email: where it goes, if not to the person's present address. about: the job or request that it answers. sealed: the
    one-time password that it brings, encrypted, until it is sent.
    """

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    purpose = text()
    email = text()
    edition = models.PositiveIntegerField(default=1, db_default=1)
    import_number = models.PositiveIntegerField(null=True)
    about = models.BigIntegerField(null=True)
    sealed = text()
    state = text(default="due")
    due_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    problem = text()
    changed_at = models.DateTimeField(db_default=Now())
    created_at = moment()
    # Of its import; `mails.take` reads it.
    message: str | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose"], name="mail_person_purpose"),
            models.CheckConstraint(condition=one_of("purpose", values=MAIL_PURPOSES), name="mail_purpose"),
            models.CheckConstraint(condition=one_of("state", values=MAIL_STATES), name="mail_state"),
        ]
        indexes = [
            models.Index(fields=["organization", "due_at"], condition=models.Q(state="due"), name="mail_due"),
            models.Index(
                fields=["organization", "due_at"],
                condition=models.Q(state="due") & one_of("purpose", values=URGENT_PURPOSES),
                name="mail_urgent",
            ),
            models.Index(
                fields=["organization", "taken_at"], condition=models.Q(taken_at__isnull=False), name="mail_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.person_id}"
