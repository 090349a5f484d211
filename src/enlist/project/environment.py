"""Settings from the environment that have to be something."""

import os

from enlist.core.errors import PolicyError


def whole_number(name: str, *, default: int, least: int, most: int) -> int:
    """The whole number that an environment variable holds, or the default. Raises PolicyError for anything else."""
    said = os.environ.get(name) or str(default)
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= most:
        raise PolicyError("environment_not_number", name=name, value=said, least=least, most=most)
    return int(said)


def one_of(name: str, *, choices: tuple[str, ...]) -> str:
    """The choice that an environment variable names in whatever case, or the first. Raises PolicyError for others."""
    said = os.environ.get(name) or choices[0]
    found = [choice for choice in choices if choice.casefold() == said.casefold()]
    if not found:
        raise PolicyError("environment_not_choice", name=name, value=said, choices=", ".join(choices).lower())
    return found[0]
