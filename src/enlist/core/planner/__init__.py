"""From rows and a directory to a plan.

whole.py       plan(): the door            reference/     row by row, the specification and the oracle
vectorised.py  all rows at once            waves.py       which rows must wait for which
lookups.py     whom to ask the directory for
and one step per file: match.py, people.py, courses.py, in the order of step.py; net.py is where both planners end.
"""

from .lookups import lookups, reachable
from .stop import stop_all
from .vectorised import keys_of, plan_batch, plan_rows
from .waves import entangled, following
from .whole import plan

__all__ = ["entangled", "following", "keys_of", "lookups", "plan", "plan_batch", "plan_rows", "reachable", "stop_all"]
