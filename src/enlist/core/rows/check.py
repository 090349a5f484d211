"""Table → Rows: every cell cleaned and checked, column by column, before it is matched to people.

Bad cells are null in the Rows, and flagged with line and column. The planner handles defaults, except the username's
pattern, and everything that depends on existing people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial, reduce
from operator import and_
from typing import Final

import polars as pl

from enlist.core import clean
from enlist.core.clean import Cleaned, note
from enlist.core.directory.directory import Reference
from enlist.core.fields.fields import FIELDS, FULL_NAMES, GROUPS, LEAVES_ON, PASSWORD
from enlist.core.flags.flags import collect, flag
from enlist.core.headers.match import HeaderMatch
from enlist.core.headers.words import ANOTHER_HOST, THIS_HOST
from enlist.core.policy import (
    DateOrder,
    ExistingPeople,
    LeavingDates,
    MemberColumn,
    NewPeople,
    PasswordSource,
    Policy,
    WeakPasswords,
    patterns,
)
from enlist.core.table.table import Table

from .cleaners import cleaner, settle, spelling, usernames
from .left_out import leave_out
from .rows import MADE, Rows
from .sheet import MEANT, Sheet
from .states import ACCOUNT, add_states, leave

FROM_EMAIL: Final = "email"
# In these fields a letter of another alphabet turns one person into two.
_CHECKED_FOR_LOOKALIKES: Final = frozenset(
    {"username", "email", "idnumber", "firstname", "lastname", *(f.slug for f in FULL_NAMES)}
)
_NAMES: Final = ("firstname", "lastname")
# A shortened number in one of these mixes people up.
_IDS: Final = ("username", "idnumber", "oldusername")
_CALLED: Final = frozenset({"firstname", "lastname", "middlename", "fullname", "fullname_reversed", "city"})
_TEXTS: Final = _CALLED | {"institution", "department", "address", "description"}
_WHOLE_NAMES: Final = tuple(field.slug for field in FULL_NAMES)


def check(table: Table, headers: HeaderMatch, *, policy: Policy, reference: Reference) -> Rows:
    """The rows of a table as the policy reads them, with all flags about their cells (D3, D4, D6, D7).

    Flags about the whole file (from the reader and the headers) only come with the table's first rows, so the Rows of
    all slices of a table add up to the Rows of the table.

    Raises PolicyError if a default or fixed value of the policy is invalid for its field.
    """
    policy = settle(policy, reference=reference)
    sheet = Sheet(
        table=table,
        headers=headers.headers,
        policy=policy,
        flags=[_judged(table.flags, headers=headers, policy=policy)],
    )
    sheet.add_flags(headers.flags)
    _add_columns(sheet, headers=headers, reference=reference)
    _settle_blanks(sheet)
    add_states(sheet, headers=headers)
    leave(sheet, today=reference.today[:10])
    for slug, value in policy.fixed_values.items():
        sheet.values[slug] = pl.repeat(value, table.height, dtype=pl.String(), eager=True)
    _refuse_other_hosts(sheet, headers=headers)
    _refuse_shared_keys(sheet, headers=headers)
    _refuse_weak_passwords(sheet)
    _mark_passwords(sheet)
    _make_usernames(sheet)
    _require_keys(sheet)
    _require_names(sheet)
    leave_out(sheet, headers=headers)
    return sheet.rows()


def _add_columns(sheet: Sheet, *, headers: HeaderMatch, reference: Reference) -> None:
    """Add every column of the file that counts; regions last, as they need their country."""
    kinds = {field.slug: field.kind for field in reference.profile_fields}
    for slug, header in sorted(headers.headers.items(), key=lambda column: kinds.get(column[0]) == "region"):
        if slug in ACCOUNT or not _is_applied(slug, sheet=sheet):
            continue
        cells = sheet.table.frame.get_column(header)
        if slug in _WHOLE_NAMES:
            _add_names(sheet, slug=slug, headers=headers, reference=reference)
        elif kinds.get(slug) == "region":
            sheet.add(slug, cleaned=clean.region(cells, countries=_countries(sheet, kinds=kinds)))
        else:
            policy = _with_order(sheet.policy, order=headers.date_orders.get(slug))
            sheet.add(slug, cleaned=cleaner(slug, policy=policy, reference=reference)(cells))
        if slug in _CHECKED_FOR_LOOKALIKES:
            sheet.add_notes(clean.notes_on(cells, by=clean.mixed), slug=slug)
        if slug in _TEXTS:
            sheet.add_notes(clean.notes_on(cells, by=partial(clean.lost_text, is_name=slug in _CALLED)), slug=slug)


def _with_order(policy: Policy, *, order: str | None) -> Policy:
    """The policy with the order of a column's dates, if the column shows it and the policy leaves it open."""
    is_clear = policy.date_order == DateOrder.FIND_OUT and order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
    return policy.replace(date_order=order) if is_clear else policy


def _add_names(sheet: Sheet, *, slug: str, headers: HeaderMatch, reference: Reference) -> None:
    """Add a column of full names as first and last names (WL-05), or as the one that no other column has."""
    header, frame = sheet.headers[slug], sheet.table.frame
    given = [part for part in _NAMES if part in headers.headers]
    known = frame.get_column(headers.headers[given[0]]) if len(given) == 1 else None
    names = clean.full_name(frame.get_column(header), family_first=slug == _WHOLE_NAMES[1], known=known)
    for part, values in zip(_NAMES, (names.first, names.last), strict=True):
        if part not in given:
            sheet.headers[part] = header
            sheet.add(part, cleaned=cleaner(part, policy=sheet.policy, reference=reference)(values))
    sheet.add_notes(names.notes, slug=next(part for part in _NAMES if part not in given))


def _countries(sheet: Sheet, *, kinds: Mapping[str, str]) -> pl.Series:
    """The country of every row: its own, that of a profile field, or the default ("" for none)."""
    own = next((slug for slug, kind in kinds.items() if kind == "country" and slug in sheet.values), "country")
    given = sheet.column("country" if "country" in sheet.values else own)
    return given.fill_null("").replace("", sheet.policy.defaults.get("country", ""))


def _judged(flags: pl.DataFrame, *, headers: HeaderMatch, policy: Policy) -> pl.DataFrame:
    """The reader's flags: shortened keys are errors, and formulas too if the policy refuses them (WL-09)."""
    if policy.formulas == "refuse":
        flags = flags.with_columns(pl.col("code").replace({"formula": "formula_refused"}))
    keys = [headers.headers[slug] for slug in {*_IDS, *policy.match_by} if slug in headers.headers]
    is_lost = (pl.col("code") == "number_shortened") & pl.col("column").is_in(keys)
    return flags.with_columns(code=pl.when(is_lost).then(pl.lit("key_shortened")).otherwise("code"))


def _refuse_weak_passwords(sheet: Sheet) -> None:
    if sheet.policy.weak_passwords != WeakPasswords.REFUSE:
        return
    weak = sheet.table.sealed.filter("weak").get_column("line")
    at = sheet.table.lines.is_in(weak.implode()).arg_true()
    flagged = pl.DataFrame({"row": at.cast(pl.Int64) + sheet.table.first_row, "line": sheet.table.lines.gather(at)})
    sheet.flags.append(collect(flagged.with_columns(code=pl.lit("password_refused"), field=pl.lit(PASSWORD.slug))))


def _mark_passwords(sheet: Sheet) -> None:
    """If passwords only come from the file, mark the rows that have one; the passwords stay sealed."""
    table = sheet.table
    if sheet.policy.passwords == (PasswordSource.COLUMN,) and table.is_sealed:
        has = table.lines.is_in(table.sealed.get_column("line").implode())
        given = pl.repeat("given", table.height, dtype=pl.String(), eager=True)
        sheet.values[PASSWORD.slug] = given.set(~has, None)


def _refuse_other_hosts(sheet: Sheet, *, headers: HeaderMatch) -> None:
    """Fail rows about people of another host: they don't belong to this directory."""
    table = sheet.table
    for column in headers.columns:
        if column.flag != "column_not_handled" or column.detail != ANOTHER_HOST:
            continue
        cells = table.frame.get_column(column.header)
        at = (~cells.is_in(THIS_HOST)).arg_true()
        places = {"row": at.cast(pl.Int64) + table.first_row, "line": table.lines.gather(at), "value": cells.gather(at)}
        flagged = pl.DataFrame(places).with_columns(code=pl.lit("host_not_handled"), column=pl.lit(column.header))
        sheet.flags.append(collect(flagged))


def _refuse_shared_keys(sheet: Sheet, *, headers: HeaderMatch) -> None:
    """Fail rows that share a match key and are about different people (D16): the last would overwrite the others."""
    if sheet.policy.existing_people == ExistingPeople.COUNTER:
        return
    slugs = [str(key) for key in sheet.policy.match_by if str(key) in sheet.headers]
    first, table = sheet.table.first_row, sheet.table
    is_ours = pl.col("row").is_between(first, first + table.height - 1)
    shared = headers.same_keys.filter(pl.col("slug").is_in(slugs) & is_ours)
    lines = table.lines.gather(shared.get_column("row") - first)
    labels = {slug: FIELDS[slug].label for slug in slugs}
    sheet.flags.append(collect(shared.with_columns(
        lines.alias("line"), field="slug", code=pl.lit("key_of_several"),
        column=pl.col("slug").replace_strict({slug: sheet.headers[slug] for slug in labels}, return_dtype=pl.String),
    )))  # fmt: skip


def _is_applied(slug: str, *, sheet: Sheet) -> bool:
    """Whether the policy applies this column of the file; if not, a flag gives the reason."""
    header, policy = sheet.headers[slug], sheet.policy
    if header in policy.columns_left_out:
        sheet.add_file_flags(flag("column_left_out", value=header))
    elif slug in policy.fixed_values:
        sheet.add_file_flags(flag("column_overruled", value=header, detail=policy.fixed_values[slug]))
    elif slug == GROUPS.slug and policy.group_column == MemberColumn.OFF:
        sheet.add_file_flags(flag("groups_off", value=header))
    elif slug == LEAVES_ON.slug and policy.leaving_dates == LeavingDates.IGNORE:
        sheet.add_file_flags(flag("leaving_off", value=header))
    elif slug.startswith("cohort") and has_groups(sheet):
        # A person can't be put into a group by one column and taken out by another.
        sheet.add_file_flags(flag("cohorts_off", value=header, detail=sheet.headers[GROUPS.slug]))
    else:
        return True
    return False


def has_groups(sheet: Sheet) -> bool:
    """Whether the file has a column of groups that the policy applies."""
    header, policy = sheet.headers.get(GROUPS.slug), sheet.policy
    return header is not None and policy.group_column != MemberColumn.OFF and header not in policy.columns_left_out


def _settle_blanks(sheet: Sheet) -> None:
    """A blank cell means no group, or no leaving date, but not where the end of the row is missing.

    Without a column, nobody moves.
    """
    if sheet.policy.group_column == MemberColumn.MIRROR and not has_groups(sheet):
        sheet.add_file_flags(flag("groups_no_column"))
    for slug in [slug for slug in MEANT if slug in sheet.values]:
        short = sheet.table.flags.filter(pl.col("code") == "row_short").get_column("row").drop_nulls()
        here = short.filter(short.is_between(sheet.table.first_row, sheet.table.first_row + sheet.table.height - 1))
        values = sheet.values[slug]
        cut = pl.Series([False]).new_from_index(0, len(values)).scatter(here - sheet.table.first_row, True)
        sheet.values[slug] = values.set(cut & (values == "").fill_null(value=False), None)


def _name_sources(policy: Policy) -> tuple[str, ...] | None:
    """The fields that missing usernames are generated from; None if they are not generated."""
    if not policy.username_from:
        return None
    if policy.username_from == FROM_EMAIL:
        return ("email",)
    letters = patterns.references(policy.username_from)
    return tuple(slug for letter, slug in patterns.LETTERS.items() if letter in letters and slug != "username")


def _make_usernames(sheet: Sheet) -> None:
    """Generate the usernames that the file doesn't have (EC-14, EC-16)."""
    sources = _name_sources(sheet.policy)
    if sources is None:
        return
    wanting = sheet.column("username").is_null() & ~sheet.is_bad("username")
    at = reduce(and_, [sheet.has(slug) for slug in sources], wanting).arg_true()
    slugs = (*patterns.LETTERS.values(), "email")
    made = _generated(pl.DataFrame({slug: sheet.column(slug).gather(at) for slug in slugs}), policy=sheet.policy)
    # Nobody typed these usernames, so notes about cleaning them don't matter.
    notes = made.notes.filter(pl.col("code") != "username_cleaned")
    sheet.fill("username", at=at, cleaned=replace(made, notes=notes))
    if sheet.policy.existing_people != ExistingPeople.COUNTER:
        # Whether such a username is the person's own, the planner finds out.
        nothing = pl.repeat(None, sheet.table.height, dtype=pl.String(), eager=True)
        sheet.values[MADE] = nothing.scatter(at, "1")


def _generated(people: pl.DataFrame, *, policy: Policy) -> Cleaned:
    usual = spelling(policy)
    if policy.username_from != FROM_EMAIL:
        return usernames(people.select(patterns.expression(policy.username_from)).to_series(), spelling=usual)
    # Only the case may change: an address without its + would be another person's.
    addresses = clean.spell(people.get_column("email"), spelling=replace(usual, characters="extended"))
    return usernames(addresses, spelling=replace(usual, standardise=False))


def _require_names(sheet: Sheet) -> None:
    """If rows only create people, flag those that lack a name for which the file has a column (EC-26, §5.1.2)."""
    policy = sheet.policy
    if policy.new_people == NewPeople.CREATE and policy.existing_people in {
        ExistingPeople.SKIP,
        ExistingPeople.COUNTER,
    }:
        for slug in (name for name in ("firstname", "lastname") if name in sheet.values):
            code = f"{slug}_missing"
            sheet.add_notes(note(sheet.lacks(slug) & ~sheet.has_flag(code), code=code), slug=slug)


def _require_keys(sheet: Sheet) -> None:
    """Flag the rows that identify nobody, and what is missing."""
    keys = tuple(key.value for key in sheet.policy.match_by)
    nobody = reduce(and_, [sheet.lacks(key) for key in keys])
    unexplained = nobody
    for slug in (_name_sources(sheet.policy) or ()) if "username" in keys else ():
        sheet.add_notes(note(nobody & sheet.lacks(slug), code=f"{slug}_missing"), slug=slug)
        unexplained &= sheet.has(slug)
    if keys == ("username",):
        sheet.add_notes(note(unexplained, code="username_missing"), slug="username")
    else:
        labels = ", ".join(FIELDS[key].label for key in keys)
        sheet.add_notes(note(unexplained, code="key_missing", detail=labels), slug=keys[0])
