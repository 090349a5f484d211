"""Circumstances: what a plan depends on beside the rows, the directory and the policy."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.fields.fields import SITE_ROLES
from enlist.core.rights import may_change_account


@dataclass(frozen=True)
class Circumstances:
    """Who imports, and what is known of the imports before.

    actor: the importer's id in the directory; null for whoever may use the machine itself. role: theirs on the site.
    last_rows: how many rows the last applied file had that said who is listed; 0 where there was none.
    stay: why those whom the file does not name stay for now; "" where nothing speaks against their leaving.
    approved: an administrator has approved this very part, so nothing of it waits.
    """

    actor: int | None = None
    role: str = "owner"
    last_rows: int = 0
    stay: str = ""
    approved: bool = False

    @property
    def above(self) -> tuple[str, ...]:
        """The roles on the site that rank above the importer's."""
        return SITE_ROLES[SITE_ROLES.index(self.role) + 1 :]

    @property
    def guarded(self) -> tuple[str, ...]:
        """The roles whose accounts the importer may not change: those above, and the team's (`may_change_account`)."""
        return tuple(role for role in SITE_ROLES if not may_change_account(role, by=self.role))


USUAL = Circumstances()
