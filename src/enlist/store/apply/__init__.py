"""Makes the changes of a plan, all of them or none, and nothing else."""

from .run import Outcome, apply
from .turn import is_over

__all__ = ["Outcome", "apply", "is_over"]
