"""Operations that a row asks for: deleting or renaming its person (§5.3, §5.5)."""

from __future__ import annotations

from enlist.core.planner.circumstances import Circumstances
from enlist.core.planner.people.protection import DELETE, RENAME, shield_of
from enlist.core.planner.reference.ledger import Cells, Ledger
from enlist.core.planner.reference.visit import Visit
from enlist.core.policy import Policy
from enlist.core.rows.rows import TWIN


def asks_for_name(row: Visit) -> bool:
    """Whether the row renames by an old username; rows that delete match by the usual keys."""
    return bool(row.text("oldusername_key")) and row.text("deleted") != "1"


class Operations:
    """The rules about deletes and renames; suspensions are a detail."""

    def __init__(self, ledger: Ledger, *, policy: Policy, circumstances: Circumstances) -> None:
        self.ledger = ledger
        self.circumstances = circumstances
        self.may_delete = policy.deletes == "allow" and policy.existing_people == "update"
        self.may_rename = policy.renames == "allow" and policy.existing_people == "update"

    def end(self, row: Visit) -> bool:
        """Whether the row ends here: it deletes its person, or what it asks for is impossible."""
        if row.text("deleted") == "1":
            self._delete(row)
            return True
        return asks_for_name(row) and not self._can_rename(row)

    def _delete(self, row: Visit) -> None:
        person = self.ledger.people.get(row.person or 0)
        name = row.text("username") or row.text("email") or row.text("idnumber")
        if not self.may_delete:
            row.flag("delete_refused", slug="deleted", value=name)
            row.events.add("skipped")
        elif person is None:
            row.flag("delete_unknown", slug="deleted", value=name)
        elif code := DELETE.get(self._shield(person)):
            row.flag(code, slug="deleted", value=person["username"])
        else:
            self.ledger.remove(person["person"], row=row.cells["row"])
            row.events.add("deleted")

    def _can_rename(self, row: Visit) -> bool:
        person, old = self.ledger.people.get(row.person or 0), row.text("oldusername")
        if not self.may_rename and not row.text(TWIN):
            row.flag("rename_refused", slug="oldusername", value=old, detail=row.text("username"))
            row.events.add("skipped")
            return False
        key = row.text("username_key")
        is_own = row.person in self.ledger.owners("username", text=key)
        if is_own or not self.ledger.is_free("username", text=key, row=row, person=row.person):
            row.flag("rename_taken", slug="username", value=row.text("username"), detail=old)
        elif person is None:
            row.flag("rename_unknown", slug="oldusername", value=old)
        elif code := RENAME.get(self._shield(person)):
            row.flag(code, slug="oldusername", value=person["username"])
        return not row.has_failed

    def _shield(self, person: Cells) -> str:
        return shield_of(person, circumstances=self.circumstances)
