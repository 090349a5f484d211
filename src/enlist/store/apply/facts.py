"""Facts about everybody, looked at again inside the transaction: people whom the plan has not seen may change them."""

from __future__ import annotations

import polars as pl

from enlist.core.circumstances import Circumstances
from enlist.core.errors import StalePlan
from enlist.core.fields import ADMINISTRATORS
from enlist.core.plan import Head
from enlist.core.planner.departures import SAID
from enlist.store.engine import Engine

# Where one of these was said, nobody left for not being in the file.
_STAYED = {*SAID, "import_stopped"} - {"absent_deactivated", "absent_kept"}


def check_absence(head: Head, *, seen: pl.DataFrame, at: Engine, organization: int) -> None:
    """Refuse a plan that deactivates whom its file does not name, where others came who are not in the file either.

    seen: of `SEEN_SCHEMA`, everybody the plan has looked at. Raises StalePlan.
    """
    if head.kind != "import" or head.policy.get("unlisted") != "deactivate" or _STAYED & head.flags.keys():
        return
    staying = {*ADMINISTRATORS, *Circumstances(role=head.rank).guarded}
    by_hand = " AND p.source <> 'manual'" if head.policy.get("absent_manual_people") == "protect" else ""
    at.temporary("enlist_listed", frame=seen.select("person"))
    come = at.value(
        "SELECT count(*) FROM store_person p LEFT JOIN enlist_listed s ON s.person = p.id"
        f" WHERE p.organization_id = %s AND p.state = 'active' AND p.id <> %s{by_hand} AND s.person IS NULL"
        f" AND p.site_role NOT IN ({', '.join(['%s'] * len(staying))})",
        params=[organization, head.actor or 0, *sorted(staying)],
    )
    if come:
        raise StalePlan(
            f"People who are not in the file came since this plan was made ({come:,}); nothing was applied.",
            hint="Make the plan anew.",
        )
