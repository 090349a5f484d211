"""Secrets: keep the sealed passwords of a file, learn whose they become, hash them, forget them."""

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
from enlist.store.engine import engine
from enlist.store.models import Account, Import, Organization, Person, Secret
from enlist.store.secrets.sealing import seal, unsealed
from enlist.store.transactions import short_transaction

from .records import ids_of

# No letter or digit that is taken for another; nothing that a spreadsheet could run.
ALPHABET: Final = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 14
# States of passwords that nobody has hashed yet.
UNHASHED: Final = ("given", "generated")
HANDED_OUT: Final = ("hashed", "sending")


@dataclass(frozen=True)
class Ready:
    """A password that was made here, for whom."""

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
    """The sealed passwords (`table.SEALED_SCHEMA`) that are kept of an import's file (one query)."""
    at = engine()
    with at.reading():
        found = at.read(
            "SELECT line, weak, sealed FROM store_secret WHERE import_id = %s",
            columns=SEALED_SCHEMA,
            params=[record.pk],
        )
    return found.sort("line")


def assign(record: Import, *, part: Part) -> None:
    """Learn from a part of the applied plan whose the passwords are, and make those that are to be made."""
    told = part.passwords
    if "create" in part.frames:
        is_new = pl.col("person").is_in(part.frames["create"].get_column("person").implode())
        told = told.filter((pl.col("source") != GENERATE) | is_new)
    told = ids_of(record).realise(told)
    at, place = engine(), {"organization_id": record.organization_id, "import_id": record.pk}
    with short_transaction():
        made = _to_be_made(record, told=told.filter(pl.col("source") == GENERATE))
        if not made.is_empty():
            at.execute(
                "DELETE FROM store_secret WHERE import_id = %s AND line IN (SELECT line FROM enlist_made)",
                params=[record.pk],
            )
            passwords = pl.Series([new_password() for _ in range(made.height)], dtype=pl.String)
            columns = {name: pl.lit(value, pl.Int64) for name, value in place.items()}
            new = made.with_columns(**columns, state=pl.lit("generated"), force=True, sealed=seal(passwords))
            at.load("store_secret", frame=new)
        at.temporary("enlist_given", frame=told.filter(pl.col("source") != GENERATE).select("line", "person", "force"))
        at.execute(
            "UPDATE store_secret AS s SET person = g.person, force = g.force FROM enlist_given g"
            " WHERE s.import_id = %s AND s.line = g.line",
            params=[record.pk],
        )


def _to_be_made(record: Import, *, told: pl.DataFrame) -> pl.DataFrame:
    """line, person: those of whom nobody has made one, be it in an attempt before."""
    at = engine()
    at.temporary("enlist_made", frame=told.select("line", "person"))
    return at.read(
        "SELECT m.line, m.person FROM enlist_made m"
        " WHERE NOT EXISTS (SELECT 1 FROM store_account a WHERE a.person_id = m.person)"
        " AND NOT EXISTS (SELECT 1 FROM store_secret s"
        " WHERE s.import_id = %s AND s.line = m.line AND NOT (s.state = 'given'))",
        columns={"line": pl.Int64(), "person": pl.Int64()},
        params=[record.pk],
    )


def drop_unused(record: Import) -> int:
    """Forget the passwords of lines that set none; how many."""
    return drop(Secret.objects.filter(of_import=record, person=None))


def waiting(record: Import) -> QuerySet[Secret]:
    """The passwords of an import that are to be hashed."""
    return Secret.objects.filter(of_import=record, state__in=UNHASHED).exclude(person=None).order_by("line")


def hashed(secret: Secret) -> str | None:
    """The hash of a password (slow, on purpose); None where the key is another one."""
    password = unsealed(secret.sealed)
    return None if password is None else make_password(password)


def settle(batch: Sequence[Secret], *, hashes: Sequence[str | None], guarded: Collection[str] = ()) -> int:
    """Give people the hashes of their passwords, and forget what was hashed, in one transaction.

    Who is not there any more gets none. What nobody can read is forgotten too. guarded: the roles of people who get
    none, since they may have come into the team after the plan was made; nor does anybody of the team get a weak one.
    How many those are.
    """
    with short_transaction():
        wanted = {each.person or 0: (each, print_) for each, print_ in zip(batch, hashes, strict=True) if print_}
        here = Person.objects.filter(organization__in={each.organization_id for each in batch})
        found = here.filter(pk__in=wanted.keys()).exclude(state="removed")
        there = {person.pk: person for person in found.select_for_update(of=("self",))}
        people = {
            pk: person
            for pk, person in there.items()
            if person.site_role not in guarded and not (wanted[pk][0].weak and person.site_role in TEAM)
        }
        accounts = [
            Account(
                organization_id=person.organization_id,
                person=person,
                login_key=f"{person.organization_id}:{person.username_key}",
                password=wanted[pk][1],
                must_change=wanted[pk][0].force,
            )
            for pk, person in people.items()
        ]
        Account.objects.bulk_create(
            accounts, update_conflicts=True, unique_fields=["person"], update_fields=["password", "must_change"]
        )
        kept = [each.pk for each in batch if each.state == "generated" and each.person in people]
        Secret.objects.filter(pk__in=kept).update(state="hashed")
        Secret.objects.filter(pk__in=[each.pk for each in batch]).exclude(pk__in=kept).delete()
        return len(there) - len(people)


def to_hand_out(record: Import, *, mailed: bool) -> list[Ready]:
    """The passwords made here that nobody has yet: of people with an e-mail address, or of those without."""
    found = list(Secret.objects.filter(of_import=record, state__in=HANDED_OUT).order_by("line"))
    people = Person.objects.in_bulk([each.person for each in found if each.person])
    ready = []
    for each in found:
        person = people.get(each.person or 0)
        password = unsealed(each.sealed)
        if person and password is not None and bool(person.email) == mailed:
            ready.append(Ready(each, person, password))
    return ready


def sending(ready: Ready) -> None:
    """A mail with it is on its way."""
    with short_transaction():
        Secret.objects.filter(pk=ready.secret.pk).update(state="sending")


def forget(ready: Iterable[Ready]) -> None:
    """They were handed out."""
    drop(Secret.objects.filter(pk__in=[each.secret.pk for each in ready]))


def forget_import(record: Import) -> int:
    """Forget all passwords of an import; how many."""
    return drop(Secret.objects.filter(of_import=record))


def over(organization: Organization, *, before: datetime) -> QuerySet[Secret]:
    """The passwords of files that came before then: who was to have them got them, or never will."""
    return Secret.objects.filter(organization=organization, of_import__created_at__lte=before)


def drop(found: QuerySet[Secret]) -> int:
    """Forget these passwords; how many."""
    with short_transaction():
        return found.delete()[0]


def new_password() -> str:
    """A password nobody can guess, without letters that are taken for others."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
