"""create, update, deactivate, reactivate, remove, restore: write frames of people, with one statement each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from enlist.core.changes import AFTER, kept_with_people
from enlist.core.clean import plain_key
from enlist.core.fields.fields import PERSON_SLUGS
from enlist.store.directory.stored import STORED

from . import unique
from .context import ApplyContext

KEYS = ("username_key", "email_key")
PLAIN = (*KEYS, *PERSON_SLUGS, "site_role", "state", "source")
NAMES = ("firstname", "lastname")


def create(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Load new people, sorted by username_key, so that neighbours in the index are written together."""
    rows = work.realise(frame.sort("username_key")).select(
        pl.col("person").alias("id"),
        work.of_organization(),
        *PLAIN,
        *_name_keys(NAMES),
        work.claims(),
        _profile(work, frame=frame).alias("profile"),
        version=pl.lit(work.stamp, pl.Int64),
    )
    work.at.load("store_person", frame=rows)
    unique.give(work, frame=frame)


def update(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Set the fields of the frame for people whose version is the plan's."""
    names = [name.removeprefix(AFTER) for name in frame.columns if name.startswith(AFTER)]
    fields = [name for name in names if name in PLAIN]
    slugs = [slug for slug in work.reference.profile_keys if slug in names]
    rows = work.stamped(frame).select(
        "person", "version", "stamp", *(pl.col(AFTER + n).alias(n) for n in (*fields, *slugs))
    )
    named = [name for name in NAMES if name in fields]
    rows = rows.with_columns(_name_keys(named))
    changes = [f"{name} = t.{name}" for name in (*fields, *(f"{name}_key" for name in named))]
    if "email_key" in fields:
        rows = rows.with_columns(work.claims())
        changes.append("email_claim = t.email_claim")
    if slugs:
        rows = rows.with_columns(_patch(work, slugs=slugs).alias("profile")).drop(slugs)
        changes.append(f"profile = {work.at.merged_json('p.profile', patch='t.profile')}")
    _write(work, rows=rows, changes=changes)
    unique.change(work, frame=frame)


def deactivate(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Stop people from signing in; all of their data stays."""
    _turn(work, frame=frame, old="active", new="inactive")
    void_links(work, people=frame.get_column("person"))


def reactivate(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Let inactive people sign in again."""
    _turn(work, frame=frame, old="inactive", new="active")


def remove(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Remove people from the directory: their rows stay, their keys become free, their enrolments end."""
    rows = work.stamped(frame.select("person", "version"))
    _write(
        work,
        rows=rows,
        changes=["state = 'removed'", "username_key = NULL", "email_key = ''", "email_claim = NULL"],
    )
    for sql in removal_statements():
        work.at.execute(sql)
    unique.take(work, people=frame.get_column("person"))
    void_links(work, people=frame.get_column("person"))


def void_links(work: ApplyContext, *, people: pl.Series) -> None:
    """Make people's links void: to activate an account or choose a new password. They don't come back with the state
    or the address, because somebody may still have them.
    """
    if not people.is_empty():
        work.at.temporary("enlist_void", frame=pl.DataFrame({"person": people}))
        work.at.execute("DELETE FROM store_accounttoken WHERE person_id IN (SELECT person FROM enlist_void)")


def removal_statements() -> Iterator[str]:
    """Statements that end the enrolments, memberships and so on of the people in the temporary table enlist_people."""
    for relation in kept_with_people():
        where = STORED[relation.name]
        for column in relation.people if relation.ends else ():
            whose = f"{where.column(column, relation=relation)} IN (SELECT person FROM enlist_people)"
            if where.ended:
                yield f"UPDATE {where.table} AS t SET {where.ended} WHERE {where.live} AND t.{whose}"
            else:
                yield f"DELETE FROM {where.table} WHERE {whose}"


def restore(work: ApplyContext, *, frame: pl.DataFrame) -> None:
    """Bring removed people back with the keys and the state they had."""
    restored = (*KEYS, "email_claim", "state")
    rows = work.stamped(frame.with_columns(work.claims()).select("person", "version", *restored))
    _write(work, rows=rows, changes=[f"{name} = t.{name}" for name in restored])
    unique.give(work, frame=frame)


def free_keys(work: ApplyContext, *, renamed: pl.Series, readdressed: pl.Series) -> None:
    """Set the keys that updates change to null first, so that another person can take one of them."""
    for people, column in ((renamed, "username_key"), (readdressed, "email_claim")):
        if not people.is_empty():
            work.at.temporary("enlist_parked", frame=pl.DataFrame({"person": people}))
            work.at.execute(f"UPDATE store_person SET {column} = NULL WHERE id IN (SELECT person FROM enlist_parked)")


def stamp(work: ApplyContext, *, people: pl.Series) -> None:
    """Give a new version to people whose own row doesn't change, only their enrolments or course groups."""
    if not people.is_empty():
        rows = work.stamped(pl.DataFrame({"person": people}))
        work.at.temporary("enlist_people", frame=rows)
        work.write_all(
            "UPDATE store_person AS p SET version = t.stamp FROM enlist_people t WHERE p.id = t.person", of=rows
        )


def free_login_keys(work: ApplyContext, *, people: pl.Series) -> None:
    """Set the login keys of people whose username_key changes to null first."""
    if not people.is_empty():
        work.at.temporary("enlist_signing_in", frame=pl.DataFrame({"person": people}))
        work.at.execute(
            "UPDATE store_account SET login_key = NULL WHERE person_id IN (SELECT person FROM enlist_signing_in)"
        )


def set_login_keys(work: ApplyContext, *, people: pl.Series) -> None:
    """Let the people of `free_login_keys` sign in with the username they have now."""
    if not people.is_empty():
        work.at.execute(
            "UPDATE store_account SET login_key = (SELECT CAST(p.organization_id AS text) || ':' || p.username_key"
            " FROM store_person p WHERE p.id = store_account.person_id)"
            " WHERE person_id IN (SELECT person FROM enlist_signing_in)"
        )


def _turn(work: ApplyContext, *, frame: pl.DataFrame, old: str, new: str) -> None:
    rows = work.stamped(frame.select("person", "version"))
    work.at.temporary("enlist_people", frame=rows)
    # People who are also updated have the new version already.
    work.write_all(
        f"UPDATE store_person AS p SET version = t.stamp, state = '{new}' FROM enlist_people t"
        f" WHERE p.id = t.person AND p.version IN (t.version, t.stamp) AND p.state = '{old}'",
        of=rows,
    )


def _write(work: ApplyContext, *, rows: pl.DataFrame, changes: list[str]) -> None:
    """Change people by a frame of person, version, stamp and the columns that the changes read from `t`."""
    work.at.temporary("enlist_people", frame=rows)
    settings = ", ".join(["version = t.stamp", *changes])
    work.write_all(
        f"UPDATE store_person AS p SET {settings} FROM enlist_people t WHERE p.id = t.person AND p.version = t.version",
        of=rows,
    )


def _name_keys(names: Sequence[str]) -> list[pl.Expr]:
    """Columns firstname_key and lastname_key."""
    return [pl.col(name).map_batches(plain_key, return_dtype=pl.String).alias(f"{name}_key") for name in names]


def _profile(work: ApplyContext, *, frame: pl.DataFrame) -> pl.Expr:
    """The profile as JSON text without nulls."""
    members = [
        pl.when(pl.col(slug).is_not_null())
        .then(pl.struct(pl.col(slug).alias(key)).struct.json_encode())
        .str.strip_prefix("{")
        .str.strip_suffix("}")
        for slug, key in work.reference.profile_keys.items()
        if slug in frame.columns
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True) if members else pl.lit("")
    return pl.concat_str(pl.lit("{"), joined, pl.lit("}"))


def _patch(work: ApplyContext, *, slugs: list[str]) -> pl.Expr:
    """A merge patch (RFC 7396) as JSON text: null removes a value."""
    keys = work.reference.profile_keys
    return pl.struct(pl.col(slug).alias(keys[slug]) for slug in slugs).struct.json_encode()
