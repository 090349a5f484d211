"""From rows and a directory to a plan.

whole.py       plan(): the door            reference/     row by row, the specification and the oracle
vectorised.py  all rows at once            waves.py       which rows must wait for which
lookups.py     whom to ask the directory for
claims.py      who is called what, where every row is a new person: numbers.py counts
and one step per file: match.py, people.py, courses.py, in the order of step.py; net.py is where both planners end.
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
