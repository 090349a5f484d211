"""Makes the changes of a plan, all of them or none, and nothing else."""

from .run import Outcome, apply

__all__ = ["Outcome", "apply"]
