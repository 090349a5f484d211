"""From rows and a directory to a plan.

assembly.py    plan(), the entry point        reference/     row by row: the specification and the oracle
vectorised.py  all rows at once               waves.py       which rows must wait for which
lookups.py     the keys to look up            net.py         where both planners end
groups.py      groups named in cohortN        named_groups.py  groups named in the column of groups
The steps, in the order of step.py, are in people/ (match.py, values.py, …) and courses/; undo/ reverses an import.
"""

from enlist.core.planner.people.claims import Claims, claims_of, renamed, settle_names
from enlist.core.planner.people.claims import combined as claims_together

from .assembly import plan
from .lookups import lookups, makes_addresses_of_numbers, reachable
from .stop import bad_rows, stop_all, stopped
from .vectorised import keys_of, plan_batch, plan_rows
from .waves import entangled, following, one_by_one

__all__ = [
    "Claims",
    "bad_rows",
    "claims_of",
    "claims_together",
    "entangled",
    "following",
    "keys_of",
    "lookups",
    "makes_addresses_of_numbers",
    "one_by_one",
    "plan",
    "plan_batch",
    "plan_rows",
    "reachable",
    "renamed",
    "settle_names",
    "stop_all",
    "stopped",
]
