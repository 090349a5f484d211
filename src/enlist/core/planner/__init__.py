"""From rows and a directory to a plan.

assembly.py    plan(), the entry point        reference/     row by row: the specification and the oracle
vectorised.py  all rows at once               waves.py       which rows must wait for which
lookups.py     the keys to look up            net.py         where both planners end
claims.py      usernames if every row is a new person; numbers.py numbers them
and one step per file, in the order of step.py: match.py, people.py, courses.py.
"""

from .assembly import plan
from .claims import Claims, claims_of, renamed, settle_names
from .claims import combined as claims_together
from .lookups import lookups, makes_addresses_of_numbers, reachable
from .stop import stop_all
from .vectorised import keys_of, plan_batch, plan_rows
from .waves import entangled, following, one_by_one

__all__ = [
    "Claims",
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
]
