"""What a plan depends on beside the rows, the directory and the policy."""

from __future__ import annotations

from dataclasses import dataclass

from enlist.core.fields.fields import SITE_ROLES
from enlist.core.rights import may_change_account


@dataclass(frozen=True)
class Circumstances:
    """Who imports, and what is known of earlier imports.

    actor: the importer's id in the directory; null for anybody with access to the machine. role: theirs on the site.
    last_rows: the number of rows in the last applied file that listed people; 0 if there was none.
    stay: why unlisted people stay for now; "" if nothing prevents their deactivation.
    leaves_on: the day on which people leave who are marked today (`Policy.grace_days`); "" if today is unknown.
    approved: an administrator has approved this part, so none of it waits.
    """

    actor: int | None = None
    role: str = "owner"
    last_rows: int = 0
    stay: str = ""
    leaves_on: str = ""
    approved: bool = False

    @property
    def above(self) -> tuple[str, ...]:
        """The roles on the site that rank above the importer's."""
        return SITE_ROLES[SITE_ROLES.index(self.role) + 1 :]

    @property
    def guarded(self) -> tuple[str, ...]:
        """The roles whose accounts the importer cannot change: higher ones, and the team's (`may_change_account`)."""
        return tuple(role for role in SITE_ROLES if not may_change_account(role, by=self.role))


USUAL = Circumstances()
