"""Settings that are numbers, from the environment."""

import os

from enlist.core.errors import PolicyError


def whole_number(name: str, *, default: int, least: int, most: int) -> int:
    """The whole number that an environment variable holds, or the default. Raises PolicyError for anything else."""
    said = os.environ.get(name) or str(default)
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= most:
        raise PolicyError(f"{name} is “{said}”.", hint=f"Give it a whole number from {least} to {most}.")
    return int(said)
