"""Sealed passwords of a file: store them, assign them to people, hash them, delete them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from enlist.core.plan.plan import Part
from enlist.core.planner.people.passwords import GENERATE
from enlist.core.rights import TEAM
from enlist.core.table.table import SEALED_SCHEMA
from enlist.store.accounts import accounts, mails
from enlist.store.engine import engine
from enlist.store.models import Import, Organization, Person, Secret
from enlist.store.secrets.sealing import seal, unsealed
from enlist.store.transactions import short_transaction

from .records import ids_of

# No characters that look alike, and none that could start a formula in a spreadsheet.
ALPHABET: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 14
# States of passwords that nobody has hashed yet.
UNHASHED: Final = ("given", "generated")


@dataclass(frozen=True)
class Ready:
    """A generated password and its person."""

    secret: Secret
    person: Person
    password: str


def keep(record: Import, *, sealed: pl.DataFrame) -> None:
    """Store the sealed passwords (`table.SEALED_SCHEMA`) of an import's file."""
    frame = sealed.select(
        "line",
        "sealed",
        "weak",
        organization_id=pl.lit(record.organization_id, pl.Int64),
        import_id=pl.lit(record.pk, pl.Int64),
    )
    if not frame.is_empty():
        with short_transaction():
            engine().load("store_secret", frame=frame)


def of(record: Import) -> pl.DataFrame:
    """The stored passwords (`table.SEALED_SCHEMA`) of an import's file (one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            "SELECT line, weak, sealed FROM store_secret WHERE import_id = %s",
            columns=SEALED_SCHEMA,
            params=[record.pk],
        )
    return found.sort("line")


def assign(record: Import, *, part: Part) -> None:
    """Assign the passwords to people by a part of the applied plan, and generate those it asks for."""
    wanted = part.passwords
    if "create" in part.frames:
        is_new = pl.col("person").is_in(part.frames["create"].get_column("person").implode())
        wanted = wanted.filter((pl.col("source") != GENERATE) | is_new)
    wanted = ids_of(record).realise(wanted)
    at, place = engine(), {"organization_id": record.organization_id, "import_id": record.pk}
    with short_transaction():
        missing = _missing(record, wanted=wanted.filter(pl.col("source") == GENERATE))
        if not missing.is_empty():
            at.execute(
                "DELETE FROM store_secret WHERE import_id = %s AND line IN (SELECT line FROM enlist_generated)",
                params=[record.pk],
            )
            passwords = pl.Series([new_password() for _ in range(missing.height)], dtype=pl.String)
            columns = {name: pl.lit(value, pl.Int64) for name, value in place.items()}
            new = missing.with_columns(**columns, state=pl.lit("generated"), force=True, sealed=seal(passwords))
            at.load("store_secret", frame=new)
        given = wanted.filter(pl.col("source") != GENERATE).select("line", "person", "force")
        at.temporary("enlist_given", frame=given)
        at.execute(
            "UPDATE store_secret AS s SET person = g.person, force = g.force FROM enlist_given g"
            " WHERE s.import_id = %s AND s.line = g.line",
            params=[record.pk],
        )


def _missing(record: Import, *, wanted: pl.DataFrame) -> pl.DataFrame:
    """line, person: those without an account or a password from an earlier attempt."""
    at = engine()
    at.temporary("enlist_generated", frame=wanted.select("line", "person"))
    return at.read(
        "SELECT m.line, m.person FROM enlist_generated m"
        " WHERE NOT EXISTS (SELECT 1 FROM store_account a WHERE a.person_id = m.person)"
        " AND NOT EXISTS (SELECT 1 FROM store_secret s"
        " WHERE s.import_id = %s AND s.line = m.line AND NOT (s.state = 'given'))",
        columns={"line": pl.Int64(), "person": pl.Int64()},
        params=[record.pk],
    )


def drop_unused(record: Import) -> int:
    """Delete the passwords of lines whose person gets none, and return how many."""
    return drop(Secret.objects.filter(of_import=record, person=None))


def waiting(record: Import) -> QuerySet[Secret]:
    """The passwords of an import that have to be hashed."""
    return Secret.objects.filter(of_import=record, state__in=UNHASHED).exclude(person=None).order_by("line")


def hashed(secret: Secret) -> str | None:
    """The hash of a password (slow on purpose); None if it was sealed with another key."""
    password = unsealed(secret.sealed)
    return None if password is None else make_password(password)


def settle(batch: Sequence[Secret], *, hashes: Sequence[str | None], guarded: Collection[str] = ()) -> int:
    """Store the hashes of people's passwords, and delete the passwords, in one transaction.

    Also deletes passwords of people who are gone, and those without a hash. guarded: the roles that get no password,
    since people may have joined the team after the plan was made; and nobody in the team gets a weak password. Returns
    how many people that affects.
    """
    with short_transaction():
        new = {each.person or 0: (each, hash_) for each, hash_ in zip(batch, hashes, strict=True) if hash_}
        here = Person.objects.filter(organization__in={each.organization_id for each in batch})
        found = here.filter(pk__in=new.keys()).exclude(state="removed")
        present = {person.pk: person for person in found.select_for_update(of=("self",))}
        people = {
            pk: person
            for pk, person in present.items()
            if person.site_role not in guarded and not (new[pk][0].weak and person.site_role in TEAM)
        }
        accounts.give([(person, new[pk][1], new[pk][0].force) for pk, person in people.items()])
        kept = [each.pk for each in batch if each.state == "generated" and each.person in people]
        Secret.objects.filter(pk__in=kept).update(state="hashed")
        Secret.objects.filter(pk__in=[each.pk for each in batch]).exclude(pk__in=kept).delete()
        return len(present) - len(people)


def to_outbox(record: Import) -> int:
    """Move the generated passwords of people with an e-mail address to the outbox; how many."""
    at = engine()
    with short_transaction():
        found = at.read(
            "SELECT s.person, s.sealed FROM store_secret s JOIN store_person p ON p.id = s.person"
            " WHERE s.import_id = %s AND s.state = 'hashed' AND p.state <> 'removed' AND p.email <> ''",
            columns={"person": pl.Int64(), "sealed": pl.String()},
            params=[record.pk],
        )
        mails.add_passwords(record.organization, sealed=found, number=record.number)
        moved = Secret.objects.filter(of_import=record, state="hashed")
        moved.extra(where=["person IN (SELECT person FROM enlist_mailed_passwords)"]).delete()
    return found.height


def to_hand_out(record: Import) -> list[Ready]:
    """The generated passwords of people without an e-mail address."""
    found = list(Secret.objects.filter(of_import=record, state="hashed").order_by("line"))
    people = Person.objects.in_bulk([each.person for each in found if each.person])
    ready = []
    for each in found:
        person = people.get(each.person or 0)
        password = unsealed(each.sealed)
        if person and password is not None and not person.email:
            ready.append(Ready(each, person, password))
    return ready


def forget(ready: Iterable[Ready]) -> None:
    """Delete passwords that were delivered."""
    drop(Secret.objects.filter(pk__in=[each.secret.pk for each in ready]))


def forget_import(record: Import) -> int:
    """Delete all passwords of an import, and return how many."""
    return drop(Secret.objects.filter(of_import=record))


def expired(organization: Organization, *, before: datetime) -> QuerySet[Secret]:
    """The passwords of imports created before then, whether they were delivered or not."""
    return Secret.objects.filter(organization=organization, of_import__created_at__lte=before)


def drop(found: QuerySet[Secret]) -> int:
    """Delete these passwords, and return how many."""
    with short_transaction():
        return found.delete()[0]


def new_password() -> str:
    """A random password without characters that look alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
