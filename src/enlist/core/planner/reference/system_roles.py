"""What a row says about system roles: sysroleN adds one, or removes it with a minus in front (§1.3)."""

from __future__ import annotations

from enlist.core.directory.directory import Reference
from enlist.core.headers.words import numbered
from enlist.core.planner.reference.ledger import is_id
from enlist.core.planner.reference.visit import Visit
from enlist.core.rows.rows import Rows


class SystemRoles:
    """The rules about sysroleN."""

    def __init__(self, rows: Rows, *, reference: Reference) -> None:
        self.slugs = numbered(rows.frame.columns, family="sysrole")
        given = reference.roles.sort("role").filter("on_site")
        self.roles = {line["role"]: str(line["shortname"]) for line in given.iter_rows(named=True)}

    def after(self, row: Visit, *, held: str | None) -> str | None:
        """The system roles of a person after the row, given those before; unknown ones are flagged."""
        names = {name for name in (held or "").split(",") if name}
        for slug in self.slugs:
            text = row.text(slug)
            name = self._named(text.removeprefix("-"))
            if text and name is None:
                row.flag("system_role_unknown", slug=slug, value=text)
            elif name is not None:
                names = names - {name} if text.startswith("-") else names | {name}
        return ",".join(sorted(names)) or None

    def _named(self, text: str) -> str | None:
        """The short name of the role that a cell names: by id if it consists of digits, else by short name."""
        if is_id(text):
            return self.roles.get(int(text))
        return text if text in self.roles.values() else None
