"""People: the values of new people, and what changes for existing ones."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from enlist.core.clean import fold_key
from enlist.core.directory.directory import Directory, Reference, people_schema
from enlist.core.fields.account_states import ACTIVE, INACTIVE, LEFT
from enlist.core.fields.fields import (
    ALWAYS_FOLLOW,
    FIELDS,
    OWN_SIGN_IN,
    PASSWORD,
    PERSON_SLUGS,
    SIGN_INS,
    STATE,
    SYSTEM_ROLES,
)
from enlist.core.flags.flags import collect, mark
from enlist.core.headers.account_states import UNREAD
from enlist.core.headers.words import numbered
from enlist.core.planner.context import Context
from enlist.core.planner.edits import FLAGS, edited, manual_edit
from enlist.core.planner.roles import addable
from enlist.core.planner.system_roles import system_roles
from enlist.core.policy import ManualEdit
from enlist.core.rows.rows import MADE, TWIN

from .details import GIVEN, NAMES, STORED, default_values, details, left_out, never_missing, never_wiped
from .match import names_by
from .protection import DETAIL, shield

_NEEDED = ("firstname", "lastname", "email")
# Other columns of a row that matter for an existing person.
_OTHER_COLUMNS = ("username", "username_key", "email_key", "site_role", "suspended", "state", MADE, TWIN)
# The Boolean columns of `updated`.
RESULTS = ("_changed", "_renamed", "_with_state", "_beside")
RENAMED = "happens:renamed"
STATE_CHANGED = "happens:turned"
SHIELD = "shield"
EDITED = "edited:"


def created(rows: pl.DataFrame, *, state: Directory, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """New people for these rows (columns: row, line and `people_schema`), and flags; some flags fail their rows."""
    reference, schema = state.reference, people_schema(state.reference)
    people = _whole(rows, schema=schema).with_columns(pl.col("username", "username_key").fill_null(""))
    flags = []
    for name in [name for name in details(reference) if name in context.policy.defaults]:
        usual, notes = default_values(
            people, name=name, uses=left_out(name, given=name, context=context), context=context
        )
        people = people.with_columns(pl.coalesce(name, usual).alias(name))
        flags.append(notes)
    people = people.with_columns(_own_defaults(reference, context=context)).with_columns(
        pl.when(pl.col(slug) != "").then(slug) for slug in reference.hidden
    )
    if SYSTEM_ROLES in reference.hidden:
        roles, notes = system_roles(people, held=SYSTEM_ROLES, reference=reference, context=context)
        people = people.with_columns(pl.when(roles != "").then(roles).alias(SYSTEM_ROLES))
        flags.append(notes)
    people = people.with_columns(
        pl.col(PERSON_SLUGS).fill_null(""),
        person=-1 - pl.col("row"),
        version=pl.lit(0, pl.Int64),
        site_role=_site_role(context),
        state=_state_of_new(rows),
        source=pl.lit("import"),
        _asked="site_role",
    )
    people = people.with_columns(email_key=fold_key(people.get_column("email")))
    flags += _missing(people, reference=reference, context=context)
    flags.append(_missing_password(people, reference=reference, context=context))
    if "auth" in reference.hidden:
        flags.append(_unknown_sign_in(people, context=context))
    flags.append(_unclear(rows, context=context))
    flags += [_username(people, state=state, context=context), _other_role(people, context=context)]
    flags.append(_role_above(people, context=context))
    flags.append(_shared_address(people, state=state, context=context))
    flags += _taken_values(people, slugs=reference.unique_slugs, state=state, context=context)
    return people.select("row", "line", *schema), collect(*flags)


def updated(rows: pl.DataFrame, *, state: Directory, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The existing people of these rows as they will be afterwards, and flags; some flags fail their rows.

    Columns: row, line, `people_schema`, and Booleans: _changed (a detail changes), _renamed, _with_state (the state
    changes) and _beside (only details that always follow their cell change).
    """
    schema = people_schema(state.reference)
    live = _live(rows, reference=state.reference, context=context)
    keys = [name for name in (*_OTHER_COLUMNS, *live) if name in rows.columns]
    system = numbered(rows.columns, family="sysrole")
    given = rows.select("row", "line", "person", *system, pl.col(*keys).name.prefix(GIVEN))
    both = given.join(state.people, on="person", how="left", maintain_order="left")
    both = _whole(both, schema={GIVEN + name: pl.String() for name in (*live, *_OTHER_COLUMNS)})
    both = both.with_columns(pl.col(name).alias(STORED + name) for name in (*live, "email_key"))
    both = both.with_columns(shield(context.circumstances).alias(SHIELD), *_edited(state, names=live))
    both, name_flags = _renamed(both, state=state, context=context)
    both, state_flags = _with_state(both, context=context)
    flags = [name_flags, state_flags, _other_site_role(both, context=context)]
    groups: list[list[str]] = [[name] for name in NAMES if name in live]
    groups.append([name for name in live if name not in NAMES])
    for group in groups:
        both, found = _changed(both, names=group, reference=state.reference, context=context)
        flags += found
    if "email" in live:
        moved = both.filter(pl.col("email_key") != pl.col(STORED + "email_key"))
        flags.append(_shared_address(moved, state=state, context=context))
    for slug in [slug for slug in state.reference.unique_slugs if slug in live]:
        moved = both.filter(pl.col(slug).ne_missing(pl.col(STORED + slug)))
        flags += _taken_values(moved, slugs=(slug,), state=state, context=context)
    if "auth" in live:
        moved = both.filter(pl.col("auth").ne_missing(pl.col(STORED + "auth")))
        flags.append(_unknown_sign_in(moved, context=context))
    both = both.with_columns(_changed=_differs(live), _renamed=RENAMED, _with_state=STATE_CHANGED)
    plain = _differs([name for name in live if name not in ALWAYS_FOLLOW]) | pl.col("_renamed") | pl.col("_with_state")
    both = both.with_columns(_beside=pl.col("_changed") & ~plain)
    return both.select("row", "line", *schema, *RESULTS), collect(*flags)


def _live(rows: pl.DataFrame, *, reference: Reference, context: Context) -> list[str]:
    usable = {*rows.columns, *context.policy.defaults}
    if numbered(rows.columns, family="sysrole"):
        usable.add(SYSTEM_ROLES)
    if context.policy.existing_people != "update":
        usable -= {*ALWAYS_FOLLOW}
    return [name for name in details(reference) if name in usable]


def _differs(names: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(value=False), *(pl.col(name).ne_missing(pl.col(STORED + name)) for name in names))


def _shielded(asked: pl.DataFrame, *, codes: Mapping[str, str], field: str, column: str | None) -> pl.DataFrame:
    """Flags for protected people whose field stays, with the reason."""
    name = pl.col("username")
    found = {code: asked.filter(pl.col(SHIELD) == why) for why, code in codes.items()}
    return collect(*(mark(f, code=code, field=field, column=column, value=name) for code, f in found.items()))


def _renamed(both: pl.DataFrame, *, state: Directory, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give people the username of their row if it differs; adds a Boolean column RENAMED."""
    policy, cell = context.policy, pl.col(GIVEN + "username_key")
    # A generated username is for new people.
    other = (cell != "") & (cell != pl.col("username_key")) & (pl.col(GIVEN + MADE).fill_null("") == "")
    allowed = pl.lit(policy.renames == "allow" and policy.existing_people == "update")
    may = allowed | (pl.col(GIVEN + TWIN) != "").fill_null(value=False)
    about = {"field": "username", "column": context.headers.get("username")}
    refused, differing = both.filter(other & ~may), both.filter(other & may)
    taken = cell.is_in(state.people.get_column("username_key").implode())
    flags = collect(
        mark(refused, code="not_allowed", value=pl.col(GIVEN + "username"), **about),
        _shielded(differing, codes=DETAIL, field="username", column=about["column"]),
        mark(differing.filter((pl.col(SHIELD) == "") & taken), code="rename_taken", value=pl.col(GIVEN + "username"),
             detail=pl.col("username"), **about),
    )  # fmt: skip
    both = both.with_columns((other & may & (pl.col(SHIELD) == "")).fill_null(value=False).alias(RENAMED))
    return both.with_columns(
        pl.when(RENAMED).then(GIVEN + name).otherwise(name).alias(name) for name in ("username", "username_key")
    ), flags


def _with_state(both: pl.DataFrame, *, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give people the state their row asks for, or reactivate listed people; adds a Boolean column TURNED."""
    policy, cell, account_state = context.policy, pl.col(GIVEN + "suspended"), pl.col(GIVEN + STATE.slug)
    requested = _requested(account_state, suspended=cell)
    may = policy.suspensions == "allow" and policy.existing_people == "update"
    # What can't be read says nothing, and nobody is reactivated by it.
    reactivates = pl.lit(policy.inactive_listed == "reactivate") & ~account_state.str.starts_with(UNREAD).fill_null(
        value=False
    )
    listed = pl.when(reactivates).then(pl.lit("active")).otherwise("state")
    wanted = pl.coalesce(requested, listed) if may else listed
    # The column comes first: Polars returns one row for a literal compared with a constant column.
    both = both.with_columns((pl.col("state") != wanted).alias(STATE_CHANGED), _wanted=wanted)
    refused = both.filter((requested != pl.col("state")) & pl.lit(not may))
    off = account_state.is_in([INACTIVE, LEFT]).fill_null(value=False) & pl.lit(policy.suspensions == "refuse")
    column, about = context.headers.get("suspended"), _about_state(context)
    flags = collect(
        mark(refused.filter(account_state.is_null()), code="not_allowed", field="suspended", column=column, value=cell),
        mark(refused.filter(account_state.is_not_null() & ~off), code="not_allowed", value=account_state, **about),
        mark(refused.filter(off), code="state_refused", value=pl.col("username"), **about),
        _shielded(both.filter(STATE_CHANGED), codes=DETAIL, field="state", column=None),
    )  # fmt: skip
    both = both.with_columns((pl.col(STATE_CHANGED) & (pl.col(SHIELD) == "")).alias(STATE_CHANGED))
    return both.with_columns(state=pl.when(STATE_CHANGED).then("_wanted").otherwise("state")).drop("_wanted"), flags


def _requested(account_state: pl.Expr, *, suspended: pl.Expr) -> pl.Expr:
    """The state that a row asks for; null if it asks for none."""
    off = account_state.is_in([INACTIVE, LEFT]) | (account_state.is_null() & (suspended == "1"))
    on = (account_state == ACTIVE) | (account_state.is_null() & (suspended == "0"))
    return pl.when(off).then(pl.lit(INACTIVE)).when(on).then(pl.lit(ACTIVE))


def _state_of_new(rows: pl.DataFrame) -> pl.Expr:
    account_state, suspended = (
        pl.col(name) if name in rows.columns else pl.lit(None, pl.String) for name in (STATE.slug, "suspended")
    )
    return _requested(account_state, suspended=suspended).fill_null(ACTIVE)


def _unclear(rows: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    """Flags for new people whose state can't be read: nobody gets in by a word that may mean the opposite."""
    if STATE.slug not in rows.columns:
        return collect()
    account_state = pl.col(STATE.slug)
    unread = rows.filter(account_state.str.starts_with(UNREAD))
    return mark(unread, code="state_unclear", value=account_state.str.strip_prefix(UNREAD), **_about_state(context))


def _about_state(context: Context) -> dict[str, str | None]:
    return {"field": STATE.slug, "column": context.headers.get(STATE.slug)}


def _whole(rows: pl.DataFrame, *, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows with every text column of the schema; missing ones are null."""
    absent = [n for n, dtype in schema.items() if n not in rows.columns and dtype == pl.String]
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)


def _own_defaults(reference: Reference, *, context: Context) -> list[pl.Expr]:
    """Defaults of profile fields, the last resort for new people; an intentional blank stays without value."""
    own = {
        field.slug: pl.when(left_out(field.slug, given=field.slug, context=context)).then(pl.lit(field.default))
        for field in reference.profile_fields
    }
    values = {slug: pl.coalesce(slug, default) for slug, default in own.items()}
    return [pl.when(value != "").then(value).alias(slug) for slug, value in values.items()]


def _site_role(context: Context) -> pl.Expr:
    role = context.policy.site_role
    given = pl.when(pl.col("site_role") != "").then("site_role")
    return given.fill_null("learner") if role == "column" else pl.lit(str(role))


def _changed(
    both: pl.DataFrame, *, names: list[str], reference: Reference, context: Context
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Set these details to what the rows leave them at; before, their columns have the stored values."""
    wanted_values = [_wanted_value(both, name=name, reference=reference, context=context) for name in names]
    flags = [frame for _, found in wanted_values for frame in found]
    both = both.with_columns(wanted for wanted, _ in wanted_values)
    if "email" in names:
        both = both.with_columns(_email_key=fold_key(both.get_column("_email")))
    both, found = _without_edits(both, names=names, reference=reference, context=context)
    flags += found
    for name in names:
        flags += _blank_flags(both, name=name, reference=reference, context=context)
    both = both.with_columns(_after(name, reference=reference).alias(name) for name in names)
    if "email" in names:
        kept = pl.col("email") == pl.col(STORED + "email")
        both = both.with_columns(email_key=pl.when(kept).then("email_key").otherwise("_email_key"))
    return both.drop(column for column in both.columns if column.startswith("_")), flags


def _edited(state: Directory, *, names: list[str]) -> list[pl.Expr]:
    """Whether the value of each field that somebody edited manually was entered so."""
    known = {*state.frame("manual_edit").get_column("field")}
    return [
        pl.col("person").is_in(edited(state, slug=name).implode()).alias(EDITED + name)
        for name in names
        if name in known
    ]


def _without_edits(
    both: pl.DataFrame, *, names: list[str], reference: Reference, context: Context
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Keep values that were entered manually, as the policy says; flags for cells that differ from them."""
    flags = []
    for name in [name for name in names if EDITED + name in both.columns]:
        how = manual_edit(name, policy=context.policy)
        meets = pl.col(EDITED + name) & _is_written(name, reference=reference)
        about = {"field": name, "column": context.headers.get(name), "detail": pl.col(STORED + name).fill_null("")}
        flags.append(mark(both.filter(meets), code=FLAGS[how], value=pl.col("_" + name), **about))  # type: ignore[arg-type]
        if how != ManualEdit.FILE_WINS:
            both = both.with_columns(pl.when(~meets.fill_null(value=False)).then("_" + name).alias("_" + name))
    return both, flags


def _wanted_value(
    both: pl.DataFrame, *, name: str, reference: Reference, context: Context
) -> tuple[pl.Expr, list[pl.DataFrame]]:
    """The value that rows want for a detail, as a column _<name>, null to keep it; and flags of invalid defaults."""
    if name in ALWAYS_FOLLOW:
        return _following(both, name=name, reference=reference, context=context)
    how, flags = context.policy.update_details, []
    if name == "auth" and how == "fill_missing":
        return pl.lit(None, pl.String).alias("_" + name), []
    blank = pl.lit(name not in never_missing(reference)) & (pl.col(STORED + name).fill_null("") == "")
    wanted: pl.Expr = pl.lit(None, pl.String) if how == "none" else pl.col(GIVEN + name)
    # Whether a default address is in use depends on stored names, so it cannot be checked beforehand.
    if how in ("from_file_and_defaults", "fill_missing") and name in context.policy.defaults and name != "email":
        uses = left_out(name, given=GIVEN + name, context=context)
        usual, notes = default_values(
            both, name=name, uses=uses & blank if how == "fill_missing" else uses, context=context
        )
        wanted = pl.coalesce(wanted, usual)
        flags.append(notes)
    if how == "fill_missing":
        wanted = pl.when(blank & (wanted != "")).then(wanted)
    return wanted.alias("_" + name), flags


def _following(
    both: pl.DataFrame, *, name: str, reference: Reference, context: Context
) -> tuple[pl.Expr, list[pl.DataFrame]]:
    """The wanted interests and system roles, whatever `update_details` says; a blank cell has no effect."""
    if name == SYSTEM_ROLES:
        roles, notes = system_roles(both, held=STORED + name, reference=reference, context=context)
        return roles.alias("_" + name), [notes]
    return pl.when(pl.col(GIVEN + name) != "").then(GIVEN + name).alias("_" + name), []


def _is_changed(name: str) -> pl.Expr:
    """Whether the wanted value differs from the stored one; an address must differ in more than case (§2.8)."""
    wanted, stored = pl.col("_" + name), pl.col(STORED + name)
    is_changed = wanted.is_not_null() & (wanted != stored.fill_null(""))
    return is_changed & (pl.col("_email_key") != pl.col(STORED + "email_key")) if name == "email" else is_changed


def _is_written(name: str, *, reference: Reference) -> pl.Expr:
    """Whether the wanted value differs and may replace the stored one."""
    is_changed = _is_changed(name)
    if name in never_wiped(reference):
        is_changed = is_changed & (pl.col("_" + name) != "")
    if name == "email":
        is_changed = is_changed & (pl.col(SHIELD) == "")
    return is_changed


def _after(name: str, *, reference: Reference) -> pl.Expr:
    wanted = pl.col("_" + name)
    value = wanted if name in PERSON_SLUGS else pl.when(wanted != "").then(wanted)
    return pl.when(_is_written(name, reference=reference)).then(value).otherwise(STORED + name)


def _blank_flags(both: pl.DataFrame, *, name: str, reference: Reference, context: Context) -> list[pl.DataFrame]:
    """Flags for cells that wipe a stored value, or would but cannot."""
    header, blank, stored = context.headers.get(name), pl.col("_" + name) == "", pl.col(STORED + name)
    flags = []
    if name == "email":
        flags.append(_shielded(both.filter(_is_changed(name)), codes=DETAIL, field=name, column=header))
        blank = blank & (pl.col(SHIELD) == "")
    if context.policy.blank_cell == "literal" and (name in _NEEDED or name in never_wiped(reference)):
        code = "blank_kept" if name in never_wiped(reference) else "blank_wipes"
        flags.append(mark(both.filter(_is_changed(name) & blank), code=code, field=name, column=header, detail=stored))
    return flags


def _missing(people: pl.DataFrame, *, reference: Reference, context: Context) -> list[pl.DataFrame]:
    """Flags for new people without a name (D14), an address, a username or a required profile field."""
    codes = {name: f"{name}_missing" for name in ("username", *_NEEDED)}
    if context.policy.missing_email == "warn":
        codes["email"] = "email_lacking"
    flags = [
        mark(people.filter(pl.col(name) == ""), code=code, field=name, column=context.headers.get(name))
        for name, code in codes.items()
    ]
    required = [field.slug for field in reference.profile_fields if field.required]
    return flags + [
        mark(
            people.filter(pl.col(slug).is_null()), code="profile_missing", field=slug, column=context.headers.get(slug)
        )
        for slug in required
    ]


def _missing_password(people: pl.DataFrame, *, reference: Reference, context: Context) -> pl.DataFrame:
    """Flags for people who need a password from the file and have none; those who sign in elsewhere don't (§2.4)."""
    if PASSWORD.slug not in people.columns:
        return collect()
    auth = pl.col("auth").fill_null(OWN_SIGN_IN[0]) if "auth" in reference.hidden else pl.lit(OWN_SIGN_IN[0])
    lacks = pl.col(PASSWORD.slug).fill_null("") == ""
    column = context.headers.get(PASSWORD.slug)
    return mark(
        people.filter(lacks & auth.is_in(OWN_SIGN_IN)), code="password_missing", field=PASSWORD.slug, column=column
    )


def _unknown_sign_in(people: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    unknown = people.filter(~pl.col("auth").is_in(SIGN_INS))
    return mark(unknown, code="auth_unknown", field="auth", column=context.headers.get("auth"), value=pl.col("auth"),
                detail=", ".join(SIGN_INS))  # fmt: skip


def _username(people: pl.DataFrame, *, state: Directory, context: Context) -> pl.DataFrame:
    """Flags for usernames in use; with numbering all are free, but a number can make one too long."""
    about = {"field": "username", "column": context.headers.get("username"), "value": pl.col("username")}
    most = FIELDS["username"].max_length
    longer = people.filter(pl.col("username").str.len_chars() > most)
    long = mark(longer, code="too_long", detail=str(most), **about)  # type: ignore[arg-type]
    if context.policy.existing_people == "counter":
        return long
    owner = pl.concat_str("firstname", pl.lit(" "), "lastname").str.strip_chars(" ")
    taken = people.join(state.people.select("username_key", _owner=owner), on="username_key", how="inner")
    return collect(long, mark(taken, code="username_taken", detail=pl.col("_owner"), **about))  # type: ignore[arg-type]


def _taken_values(
    people: pl.DataFrame, *, slugs: tuple[str, ...], state: Directory, context: Context
) -> list[pl.DataFrame]:
    """Flags for people who would get another person's value of a unique field."""
    flags = []
    for slug in slugs:
        wanted = people.filter(pl.col(slug).is_not_null()).select("row", "line", slug, _own="person")
        owners = state.people.select(slug, "person", "username", "username_key")
        others = wanted.join(owners, on=slug, how="inner").filter(pl.col("person") != pl.col("_own"))
        taken = wanted.join(names_by(others, by="row"), on="row", how="inner")
        column = context.headers.get(slug)
        flags.append(
            mark(taken, code="profile_taken", field=slug, column=column, value=pl.col(slug), detail=pl.col("names"))
        )
    return flags


def _role_above(people: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    """Flags for roles above the importer's own, and for team roles if the importer may not change the team."""
    above, role = pl.col("site_role").is_in(context.circumstances.above), pl.col("site_role")
    refused = people.filter(role.is_in(context.circumstances.guarded))
    about = {"field": "site_role", "column": context.headers.get("site_role"), "value": role}
    return collect(
        mark(refused.filter(above), code="site_role_above", **about),  # type: ignore[arg-type]
        mark(refused.filter(~above), code="site_role_team", **about),  # type: ignore[arg-type]
    )


def _other_role(people: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    other = people.filter((pl.col("_asked") != "") & (pl.col("_asked") != pl.col("site_role")))
    return mark(other, code="not_allowed", field="site_role", column=context.headers.get("site_role"),
                value=pl.col("_asked"))  # fmt: skip


def _other_site_role(both: pl.DataFrame, *, context: Context) -> pl.DataFrame:
    """Flags for site roles that differ from the person's, unless they are added to it: imports don't change it."""
    cell = pl.col(GIVEN + "site_role")
    other = both.filter((cell != "") & (cell != pl.col("site_role")) & ~cell.is_in(addable(context.policy)))
    return mark(other, code="not_allowed", field="site_role", column=context.headers.get("site_role"), value=cell)


def _shared_address(people: pl.DataFrame, *, state: Directory, context: Context) -> pl.DataFrame:
    """Flags for people with another person's address, by `same_email`, unless the organisation allows it."""
    how, shared = context.policy.same_email, state.reference.shared_email
    if how == "allow" and shared:
        return collect()
    code = "email_shared" if how == "warn" and shared else "email_taken"
    wanted = people.filter(pl.col("email_key") != "").select("row", "line", "email", "email_key", _own="person")
    owners = state.people.select("email_key", "person", "username", "username_key")
    others = wanted.join(owners, on="email_key", how="inner").filter(pl.col("person") != pl.col("_own"))
    shared_by = wanted.join(names_by(others, by="row"), on="row", how="inner")
    return mark(shared_by, code=code, field="email", column=context.headers.get("email"), value=pl.col("email"),
                detail=pl.col("names"))  # fmt: skip
