"""What a row changes about its person: all values of a new one, the changed values of an existing one."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from enlist.core.clean import fold
from enlist.core.directory.directory import Reference
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
from enlist.core.flags.catalogue import DROPPED_CELLS
from enlist.core.headers.account_states import UNREAD
from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.edits import FLAGS, manual_edit
from enlist.core.planner.people.numbers import DIGITS
from enlist.core.planner.people.protection import DETAIL, shield_of
from enlist.core.planner.reference.defaults import Defaults
from enlist.core.planner.reference.ledger import Cells, Ledger
from enlist.core.planner.reference.system_roles import SystemRoles
from enlist.core.planner.reference.visit import Visit
from enlist.core.planner.roles import addable
from enlist.core.policy import ManualEdit, Policy
from enlist.core.rows.rows import MADE, TWIN, Rows

_NEEDED: Final = {"firstname": "firstname_missing", "lastname": "lastname_missing", "email": "email_missing"}
_WIPED_WITH_A_WARNING: Final = tuple(_NEEDED)


class Details:
    """The rules about people's own fields."""

    def __init__(self, rows: Rows, *, ledger: Ledger, policy: Policy, circumstances: Circumstances) -> None:
        self.ledger = ledger
        self.policy = policy
        self.circumstances = circumstances
        self.fields = ledger.reference.profile_fields
        # Names first, since patterns use them; the username is not a detail.
        self.slugs = (*PERSON_SLUGS[1:], *ledger.reference.profile_slugs)
        self.system_roles = SystemRoles(rows, reference=ledger.reference)
        self.changeable = [
            slug
            for slug in self.slugs
            if slug in (*rows.frame.columns, *policy.defaults) or (slug == SYSTEM_ROLES and self.system_roles.slugs)
        ]
        self.hidden = ledger.reference.hidden
        self.edited = ledger.edited
        choices = {known.slug for known in self.fields if known.kind == "choice" and "" not in known.options}
        self.never_wiped = {"lang", "auth", *choices}
        self.never_missing = {known.slug for known in self.fields if known.default}
        self.refused = _refused(rows.flags)
        self.counts = policy.existing_people == "counter" and not rows.named
        self.counted: dict[str, int] = {}
        self.is_email_unique = is_email_unique(policy, reference=ledger.reference)
        self.defaults = Defaults(rows, policy=policy, reference=ledger.reference)

    def of_new(self, row: Visit) -> Cells:
        """All values of a new person, checked."""
        cells: Cells = {"username": row.text("username"), "username_key": row.text("username_key")}
        if self.counts and self.ledger.owners("username", text=cells["username_key"]):
            cells |= self._numbered(row)
        for slug in self.slugs:
            cells[slug] = self._first_value(row, slug=slug, person=cells)
        for known in self.fields:
            own = known.default if self._is_left_out(row, slug=known.slug) else ""
            cells[known.slug] = cells[known.slug] or own or None
        cells |= {slug: cells[slug] or None for slug in self.hidden}
        if SYSTEM_ROLES in self.hidden:
            cells[SYSTEM_ROLES] = self.system_roles.after(row, held=None)
        cells |= {"site_role": self._site_role(row), "state": _requested(row) or ACTIVE, "source": "import"}
        cells["email_key"] = fold(cells["email"])
        self._check_new(row, cells=cells)
        return cells

    def of_existing(self, row: Visit, *, person: int) -> Cells:
        """The values that change for an existing person, checked."""
        old = self.ledger.people[person]
        changes: Cells = self._renamed(row, person=old)
        after = old | changes
        for slug in self.changeable:
            wanted = self._wanted(row, slug=slug, person=after)
            if wanted is not None and self._may_change(row, slug=slug, wanted=wanted, person=old):
                after[slug] = changes[slug] = wanted if wanted or slug in PERSON_SLUGS else None
        self._check_unique(row, cells=changes, person=person)
        if "auth" in changes:
            self._check_sign_in(row, auth=changes["auth"])
        if "email" in changes:
            changes["email_key"] = fold(changes["email"])
            self._check_email(row, email=changes["email"], person=person)
        changes |= self._with_state(row, person=old)
        if row.text("site_role") not in ("", old["site_role"], *addable(self.policy)):
            row.flag("not_allowed", slug="site_role", value=row.text("site_role"))
        return changes

    def _numbered(self, row: Visit) -> Cells:
        """The next free username: jdoe, jdoe2, jdoe3; jdoe9, jdoe10 (§4.3)."""
        name, key = row.text("username"), row.text("username_key")
        stem = name.rstrip(DIGITS)
        # Usernames never become free here, so numbers once passed stay in use.
        number = self.counted.get(key, int(name[len(stem) :] or 1) + 1)
        while self.ledger.owners("username", text=fold(f"{stem}{number}")):
            number += 1
        self.counted[key] = number
        row.flag("username_numbered", slug="username", value=name, detail=f"{stem}{number}")
        return {"username": f"{stem}{number}", "username_key": fold(f"{stem}{number}")}

    # cells

    def _is_left_out(self, row: Visit, *, slug: str) -> bool:
        """Whether the row has no cell for a field, not even a refused one."""
        return row.cells.get(slug) is None and (row.cells["row"], slug) not in self.refused

    def _first_value(self, row: Visit, *, slug: str, person: Cells) -> str:
        is_left_out = self._is_left_out(row, slug=slug)
        return (self._default(row, slug=slug, person=person) if is_left_out else None) or row.text(slug)

    def _wanted(self, row: Visit, *, slug: str, person: Cells) -> str | None:
        """The value that the row wants for a detail; None to keep it."""
        cell: str | None = row.cells.get(slug)
        if slug in ALWAYS_FOLLOW:
            return self._following(row, slug=slug, held=person[slug])
        is_left_out = slug != "email" and self._is_left_out(row, slug=slug)
        match self.policy.update_details:
            case "fill_missing" if slug == "auth":
                return None
            case "from_file":
                return cell
            case "from_file_and_defaults":
                return self._default(row, slug=slug, person=person) if is_left_out else cell
            case "fill_missing" if not person[slug] and slug not in self.never_missing:
                return (self._default(row, slug=slug, person=person) if is_left_out else cell) or None
            case _:
                return None

    def _following(self, row: Visit, *, slug: str, held: str | None) -> str | None:
        """The wanted interests and system roles, whatever `update_details` says; a blank cell has no effect."""
        if self.policy.existing_people != "update":
            return None
        if slug == SYSTEM_ROLES:
            return self.system_roles.after(row, held=held) or ""
        return row.text(slug) or None

    def _default(self, row: Visit, *, slug: str, person: Cells) -> str | None:
        made = self.defaults.value_for(slug, person=person)
        for note in made.notes:
            row.flag(note["code"], slug=slug, value=note["value"], detail=note["detail"])
        return made.value

    def _may_change(self, row: Visit, *, slug: str, wanted: str, person: Cells) -> bool:
        stored = person[slug] or ""
        if wanted == stored or (slug == "email" and fold(wanted) == person["email_key"]):
            return False
        if not wanted and slug in self.never_wiped:
            row.flag("blank_kept", slug=slug, detail=stored)
            return False
        if slug == "email" and (code := DETAIL.get(self._shield(person))):
            row.flag(code, slug=slug, value=person["username"])
            return False
        if (person["person"], slug) in self.edited:
            how = manual_edit(slug, policy=self.policy)
            row.flag(FLAGS[how], slug=slug, value=wanted, detail=stored)
            if how != ManualEdit.FILE_WINS:
                return False
        if not wanted and slug in _WIPED_WITH_A_WARNING:
            row.flag("blank_wipes", slug=slug, detail=stored)
        return True

    def _renamed(self, row: Visit, *, person: Cells) -> Cells:
        """The new username of an existing person, from a row that renames or matches by another key."""
        name, key = row.text("username"), row.text("username_key")
        if key in ("", person["username_key"]) or row.text(MADE):
            return {}
        may = self.policy.renames == "allow" and self.policy.existing_people == "update"
        if not may and not row.text(TWIN):
            row.flag("not_allowed", slug="username", value=name)
            return {}
        if code := DETAIL.get(self._shield(person)):
            row.flag(code, slug="username", value=person["username"])
            return {}
        if not self.ledger.is_free("username", text=key, row=row, person=person["person"]):
            row.flag("rename_taken", slug="username", value=name, detail=person["username"])
        return {"username": name, "username_key": key}

    def _with_state(self, row: Visit, *, person: Cells) -> Cells:
        """The new state: as the row asks, else active if listed people are reactivated."""
        requested, account_state = _requested(row), row.text(STATE.slug)
        may = self.policy.suspensions == "allow" and self.policy.existing_people == "update"
        if requested not in ("", person["state"]) and not may:
            if not account_state:
                row.flag("not_allowed", slug="suspended", value=row.text("suspended"))
            elif requested == INACTIVE and self.policy.suspensions == "refuse":
                row.flag("state_refused", slug=STATE.slug, value=person["username"])
            else:
                row.flag("not_allowed", slug=STATE.slug, value=account_state)
        # What can't be read says nothing, and nobody is reactivated by it.
        reactivates = self.policy.inactive_listed == "reactivate" and not account_state.startswith(UNREAD)
        wanted = requested if may and requested else ACTIVE if reactivates else person["state"]
        if wanted == person["state"]:
            return {}
        if code := DETAIL.get(self._shield(person)):
            row.flag(code, slug="state", value=person["username"])
            return {}
        return {"state": wanted}

    def _shield(self, person: Cells) -> str:
        return shield_of(person, circumstances=self.circumstances)

    def _site_role(self, row: Visit) -> str:
        given = row.text("site_role")
        if self.policy.site_role == "column":
            return given or "learner"
        if given not in ("", self.policy.site_role):
            row.flag("not_allowed", slug="site_role", value=given)
        return str(self.policy.site_role)

    # checks

    def _check_new(self, row: Visit, *, cells: Cells) -> None:
        if cells["site_role"] in self.circumstances.above:
            row.flag("site_role_above", slug="site_role", value=cells["site_role"])
        elif cells["site_role"] in self.circumstances.guarded:
            row.flag("site_role_team", slug="site_role", value=cells["site_role"])
        for slug, code in _NEEDED.items():
            if not cells[slug]:
                is_odd = slug == "email" and self.policy.missing_email == "warn"
                row.flag("email_lacking" if is_odd else code, slug=slug)
        for known in self.fields:
            if known.required and not cells[known.slug]:
                row.flag("profile_missing", slug=known.slug)
        auth = cells.get("auth") or OWN_SIGN_IN[0]
        self._check_sign_in(row, auth=auth)
        if PASSWORD.slug in row.cells and not row.text(PASSWORD.slug) and auth in OWN_SIGN_IN:
            row.flag("password_missing", slug=PASSWORD.slug)
        if (account_state := row.text(STATE.slug)).startswith(UNREAD):
            row.flag("state_unclear", slug=STATE.slug, value=account_state.removeprefix(UNREAD))
        if not cells["username"]:
            row.flag("username_missing", slug="username")
        if len(cells["username"]) > FIELDS["username"].max_length:
            row.flag("too_long", slug="username", value=cells["username"], detail=str(FIELDS["username"].max_length))
        # With numbering, a failed row may have a username that another row gets.
        key = cells["username_key"]
        is_numbered = self.policy.existing_people == "counter"
        is_free = is_numbered or self.ledger.is_free("username", text=key, row=row, person=None)
        for owner in () if is_free else self.ledger.owners("username", text=key):
            name = "{firstname} {lastname}".format(**self.ledger.people[owner])
            row.flag("username_taken", slug="username", value=cells["username"], detail=name.strip())
        self._check_unique(row, cells=cells, person=None)
        self._check_email(row, email=cells["email"], person=None)

    def _check_unique(self, row: Visit, *, cells: Cells, person: int | None) -> None:
        """Flag values of unique fields that another person has."""
        for slug in self.ledger.reference.unique_slugs:
            value = cells.get(slug) or ""
            if not self.ledger.is_free(slug, text=value, row=row, person=person):
                others = self.ledger.owners(slug, text=value) - {person}
                row.flag("profile_taken", slug=slug, value=value, detail=self.ledger.names(others))

    def _check_sign_in(self, row: Visit, *, auth: str) -> None:
        if auth not in SIGN_INS:
            row.flag("auth_unknown", slug="auth", value=auth, detail=", ".join(SIGN_INS))

    def _check_email(self, row: Visit, *, email: str, person: int | None) -> None:
        others = self.ledger.other_owners(fold(email), but=person)
        if not others:
            return
        if self.is_email_unique:
            if not self.ledger.is_free("email", text=fold(email), row=row, person=person):
                row.flag("email_taken", slug="email", value=email, detail=others)
        elif self.policy.same_email == "warn":
            row.flag("email_shared", slug="email", value=email, detail=others)


def is_email_unique(policy: Policy, *, reference: Reference) -> bool:
    """Whether the organisation or the policy refuses an address that somebody else has."""
    return policy.same_email == "refuse" or not reference.shared_email


def _requested(row: Visit) -> str:
    """The state that a row asks for; "" if it asks for none."""
    if account_state := row.text(STATE.slug):
        return {ACTIVE: ACTIVE, INACTIVE: INACTIVE, LEFT: INACTIVE}.get(account_state, "")
    return {"1": INACTIVE, "0": ACTIVE}.get(row.text("suspended"), "")


def _refused(flags: pl.DataFrame) -> set[tuple[Any, ...]]:
    return set(flags.filter(pl.col("code").is_in([*DROPPED_CELLS, "choice_left"])).select("row", "field").iter_rows())
