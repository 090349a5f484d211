"""Passwords: whose password an import sets and from where; never the password itself.

Source: spec/policies.md (“Names, addresses, passwords”), spec/moodle-upload.md §2.3–2.5.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from enlist.core.changes import AFTER
from enlist.core.directory.directory import Directory
from enlist.core.fields.fields import OTHER_SIGN_IN, PASSWORD
from enlist.core.flags.flags import collect, mark
from enlist.core.plan.plan import PASSWORDS_SCHEMA, Part
from enlist.core.planner.circumstances import Circumstances
from enlist.core.policy import (
    ExistingPasswords,
    ExistingPeople,
    ForcePasswordChange,
    PasswordSource,
    Policy,
    UpdateDetails,
)
from enlist.core.rights import TEAM

from .protection import DETAIL, shield

# Sources of passwords: the file or a generator for new people, the file for existing people.
COLUMN, GENERATE, KNOWN = "column", "generate", "known"
_SHORTEST: Final = 8
_NEEDED: Final = (r"\p{Nd}", r"\p{Ll}", r"\p{Lu}", r"[^\p{L}\p{N}]")
# Statuses of rows that can set a password: not failed, skipped, deleted or deactivated.
_SETS: Final = ("created", "renamed", "reactivated", "updated", "enrolled", "grouped", "unchanged")


def are_weak(cells: pl.Series) -> pl.Series:
    """Which passwords are weak: shorter than 8, or without a digit, lower-case letter, capital or other sign (§2.5)."""
    lacks = [~cells.str.contains(kind) for kind in _NEEDED]
    return reduce(or_, lacks, cells.str.len_chars() < _SHORTEST)


def uses_file(policy: Policy) -> bool:
    """Whether an import with this policy sets any password from the file."""
    return PasswordSource.COLUMN in policy.passwords or _replaces(policy)


def assign(part: Part, *, given: pl.DataFrame, accounts: pl.DataFrame, elsewhere: pl.DataFrame, policy: Policy) -> Part:
    """The part with `passwords`: which line sets whose, and who must change theirs at the next sign-in.

    given: line, weak; one line per row of the file with a password. Of several rows about a person the last one counts.
    accounts: as `accounts` returns. elsewhere: people without a password here (`elsewhere`). The team never gets weak
    ones.
    """
    rows = part.statuses.filter(pl.col("row_status").is_in(_SETS) & pl.col("person").is_not_null())
    rows = rows.join(given.select("line", "weak"), on="line", how="left").join(elsewhere, on="person", how="left")
    rows = rows.join(accounts, on="person", how="left").with_columns(pl.col("why").fill_null(""))
    is_new, has = pl.col("row_status") == "created", pl.col("weak").is_not_null()
    requested = has & (is_new & pl.lit(PasswordSource.COLUMN in policy.passwords) | ~is_new & pl.lit(_replaces(policy)))
    too_weak = requested & (pl.col("why") == "") & pl.col("weak") & pl.col("role").is_in(TEAM)
    used = requested & (pl.col("why") == "") & ~too_weak.fill_null(value=False)
    source = pl.when(is_new).then(_of_new(policy, has=used)).when(used).then(pl.lit(KNOWN))
    rows = rows.with_columns(source=source)
    left_out = rows.filter(pl.col("auth").is_not_null() & pl.col("source").is_in([COLUMN, KNOWN]))
    part = replace(part, flags=collect(
        part.flags, _elsewhere(left_out), _shielded(rows.filter(requested)), _refused(rows.filter(too_weak)),
    ))  # fmt: skip
    chosen = rows.filter(pl.col("auth").is_null()).drop_nulls("source").sort("line")
    chosen = chosen.unique("person", keep="last", maintain_order=True).with_columns(force=_force(policy)).sort("person")
    if chosen.is_empty():
        return part
    return replace(
        part,
        passwords=chosen.select(*PASSWORDS_SCHEMA),
        statuses=_with_statuses(part.statuses, chosen=chosen),
        flags=collect(part.flags, _weak(chosen)),
    )


def _replaces(policy: Policy) -> bool:
    return (
        policy.existing_passwords == ExistingPasswords.FROM_FILE
        and policy.existing_people == ExistingPeople.UPDATE
        and policy.update_details not in (UpdateDetails.NONE, UpdateDetails.FILL_MISSING)
    )


def _of_new(policy: Policy, *, has: pl.Expr) -> pl.Expr:
    """The first usable source of the policy; a link leaves the person without a password."""
    source: pl.Expr = pl.lit(None, pl.String)
    for wanted in reversed(policy.passwords):
        if wanted == PasswordSource.COLUMN:
            source = pl.when(has).then(pl.lit(COLUMN)).otherwise(source)
        else:
            source = pl.lit(GENERATE if wanted == PasswordSource.GENERATE else None, pl.String)
    return source


def accounts(part: Part, *, directory: Directory, circumstances: Circumstances) -> pl.DataFrame:
    """The people whose passwords a part could set: person, name, role, why (their protection; no file sets theirs)."""
    why = shield(circumstances).alias("why")
    people = directory.people.select("person", why, name="username", role="site_role")
    if "create" not in part.frames:
        return people
    new = part.frames["create"].select("person", why=pl.lit(""), name="username", role="site_role")
    return pl.concat([people, new])


def elsewhere(part: Part, *, directory: Directory) -> pl.DataFrame:
    """The people who sign in elsewhere after the part, so have no password here (person, auth)."""
    ways = [pl.DataFrame(schema={"person": pl.Int64(), "auth": pl.String()})]
    if "auth" in directory.reference.hidden:
        updated, created = part.frames.get("update"), part.frames.get("create")
        ways.append(directory.people.select("person", "auth"))
        ways += [] if created is None else [created.select("person", "auth")]
        if updated is not None and AFTER + "auth" in updated.columns:
            ways.append(updated.select("person", auth=AFTER + "auth"))
    last = pl.concat(ways).unique("person", keep="last", maintain_order=True)
    return last.filter(pl.col("auth").is_in(OTHER_SIGN_IN))


def _force(policy: Policy) -> pl.Expr:
    weak = pl.col("weak").fill_null(value=False)
    forced = {ForcePasswordChange.ALL: pl.lit(value=True), ForcePasswordChange.WEAK: weak}
    return forced.get(policy.force_password_change, pl.lit(value=False)) | (pl.col("source") == GENERATE)


def _with_statuses(statuses: pl.DataFrame, *, chosen: pl.DataFrame) -> pl.DataFrame:
    """The statuses, where a row that changes only the password counts as an update."""
    changed = chosen.filter(pl.col("source") == KNOWN).get_column("row")
    is_ours = (pl.col("row_status") == "unchanged") & pl.col("row").is_in(changed.implode())
    return statuses.with_columns(row_status=pl.when(is_ours).then(pl.lit("updated")).otherwise("row_status"))


def _elsewhere(rows: pl.DataFrame) -> pl.DataFrame:
    about = {"field": pl.lit(PASSWORD.slug), "code": pl.lit("password_elsewhere")}
    return rows.select("row", "line", **about, detail="auth")


def _shielded(rows: pl.DataFrame) -> pl.DataFrame:
    """Flags for protected people whose password stays, with the reason."""
    found = {code: rows.filter(pl.col("why") == why) for why, code in DETAIL.items()}
    return collect(*(mark(f, code=code, field=PASSWORD.slug, value=pl.col("name")) for code, f in found.items()))


def _refused(rows: pl.DataFrame) -> pl.DataFrame:
    return mark(rows, code="password_weak_team", field=PASSWORD.slug, value=pl.col("name"))


def _weak(chosen: pl.DataFrame) -> pl.DataFrame:
    weak = chosen.filter(pl.col("weak") & (pl.col("source") != GENERATE))
    return weak.select("row", "line", field=pl.lit(PASSWORD.slug), code=pl.lit("password_weak"))
