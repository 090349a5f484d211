"""People, their accounts, and unique values of profile fields."""

from __future__ import annotations

from functools import reduce
from operator import and_

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from enlist.core.fields.fields import COMMON_ROLES, PERSON_FIELDS, SITE_ROLES, STATES

from .columns import moment, one_of, organization_of_bulk, text

SOURCES = ("manual", "import")
TOKEN_PURPOSES = ("activate", "reset", "address")
PRESENT = ~models.Q(state="removed")


def lengths() -> models.Q:
    """A condition: no field is longer than core allows."""
    return reduce(and_, (models.Q(LessThanOrEqual(Length(field.slug), field.max_length)) for field in PERSON_FIELDS))


class Person(models.Model):
    """A row of the directory: administrator, teacher or learner.

    username_key and email_key: folded by core, cleared when the person is removed. email_claim: the email_key, or null
    if the organisation lets people share addresses. firstname_key and lastname_key: without accents, to search and to
    sort; the store derives them whenever it writes a name. version: a unique number from the last change that makes
    plans stale. profile: profile field id (as text) or hidden field → text, without nulls, always written as a whole.
    """

    organization = organization_of_bulk()
    version = models.BigIntegerField()
    username_key = models.TextField(null=True)  # noqa: DJ001 null frees the key
    email_key = text()
    email_claim = models.TextField(null=True)  # noqa: DJ001 null claims nothing
    firstname_key = text()
    lastname_key = text()
    username = text()
    firstname = text()
    lastname = text()
    email = text()
    idnumber = text()
    institution = text()
    department = text()
    city = text()
    country = text()
    lang = text()
    timezone = text()
    phone1 = text()
    phone2 = text()
    address = text()
    url = text()
    description = text()
    site_role = text(default="learner")
    state = text(default="active")
    source = text(default="manual")
    profile = models.JSONField(default=dict, blank=True)
    created_at = moment()

    class Meta:
        # All but the primary key are partial: removed people leave these indexes.
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "username_key"],
                condition=models.Q(username_key__isnull=False),
                name="person_username",
            ),
            models.UniqueConstraint(
                fields=["organization", "email_claim"],
                condition=models.Q(email_claim__isnull=False),
                name="person_email_claim",
            ),
            models.CheckConstraint(condition=one_of("site_role", values=SITE_ROLES), name="person_site_role"),
            models.CheckConstraint(condition=one_of("state", values=STATES), name="person_state"),
            models.CheckConstraint(condition=one_of("source", values=SOURCES), name="person_source"),
            models.CheckConstraint(condition=lengths(), name="person_lengths"),
            models.CheckConstraint(
                condition=PRESENT | models.Q(username_key=None, email_key="", email_claim=None),
                name="person_removed_without_keys",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "email_key", "id"], condition=PRESENT, name="person_email"),
            # Sorts by last name, and has all that a search reads.
            models.Index(
                fields=["organization", "lastname_key", "id", "firstname_key", "username_key", "email_key"],
                condition=models.Q(username_key__isnull=False),
                name="person_search",
            ),
            models.Index(
                fields=["organization", "idnumber"],
                condition=~models.Q(idnumber="") & PRESENT,
                name="person_idnumber",
            ),
            # For short lists: an import of learners adds nothing to these indexes.
            models.Index(
                fields=["organization", "state"], condition=models.Q(state="inactive"), name="person_inactive"
            ),
            models.Index(
                fields=["organization", "source"],
                condition=models.Q(source="manual") & PRESENT,
                name="person_manual",
            ),
            models.Index(
                fields=["organization", "site_role"],
                condition=~models.Q(site_role="learner") & PRESENT,
                name="person_role",
            ),
        ]

    def __str__(self) -> str:
        return self.username


class PersonRole(models.Model):
    """A role that a person has besides `site_role`, and how it was added."""

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="roles", db_index=False)
    site_role = text()
    source = text(default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "site_role"], name="person_role_once"),
            # So site_role of the person is their rank: the roles of the team are only there.
            models.CheckConstraint(condition=one_of("site_role", values=COMMON_ROLES), name="person_role_common"),
            models.CheckConstraint(condition=one_of("source", values=SOURCES), name="person_role_source"),
        ]
        indexes = [models.Index(fields=["organization", "site_role"], name="person_role_held")]

    def __str__(self) -> str:
        return self.site_role


class Accounts(BaseUserManager["Account"]):
    """Accounts with their people and organisations, which every request of a signed-in person needs (one query)."""

    def get_queryset(self) -> models.QuerySet[Account]:
        """Accounts, their people and organisations."""
        return super().get_queryset().select_related("organization", "person")


class Account(AbstractBaseUser):
    """A person's account, created when they get a password.

    login_key: "<organisation id>:<username_key>", null if the person has no username_key. must_change: the person has
    to change the password at the next sign-in.
    """

    organization = organization_of_bulk()
    person = models.OneToOneField(Person, models.CASCADE, null=True, related_name="account")
    login_key = models.TextField(null=True)  # noqa: DJ001 null frees the key
    must_change = models.BooleanField(default=False, db_default=False)

    objects = Accounts()

    USERNAME_FIELD = "login_key"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["login_key"], name="account_login_key")]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account may sign in (a query unless the person is loaded)."""
        return self.person is not None and self.person.state == "active"


class AccountToken(models.Model):
    """A single-use link that chooses a password or confirms an address; only the hash of its token is stored.

    purpose: activate, reset or address; of each kind, a person has at most one, so a new one replaces the old one.
    """

    organization = organization_of_bulk()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    purpose = text()
    hash = text()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "purpose"], name="account_token_purpose"),
            models.UniqueConstraint(fields=["hash"], name="account_token_hash"),
            models.CheckConstraint(condition=one_of("purpose", values=TOKEN_PURPOSES), name="account_token_purposes"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.person_id}"


class ProfileUniqueValue(models.Model):
    """A value of a unique profile field."""

    organization = organization_of_bulk()
    profile_field = models.ForeignKey("store.ProfileField", models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile_field", "value"], name="profile_unique_value"),
            models.UniqueConstraint(fields=["person", "profile_field"], name="profile_unique_person"),
        ]

    def __str__(self) -> str:
        return self.value
