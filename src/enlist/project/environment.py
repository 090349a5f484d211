"""Settings from the environment, with checks."""

import os
import re

from enlist.core.errors import PolicyError


def whole_number(name: str, *, default: int, least: int, most: int) -> int:
    """The whole number in an environment variable, or the default. Raises PolicyError for anything else."""
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise PolicyError("environment_not_number", name=name, value=value, least=least, most=most)
    return int(value)


def one_of(name: str, *, choices: tuple[str, ...]) -> str:
    """The choice in an environment variable (ignoring case), or the first. Raises PolicyError for anything else."""
    value = os.environ.get(name) or choices[0]
    found = [choice for choice in choices if choice.casefold() == value.casefold()]
    if not found:
        raise PolicyError("environment_not_choice", name=name, value=value, choices=", ".join(choices).lower())
    return found[0]


def site_address(*, default: str) -> str:
    """The address in ENLIST_ADDRESS, or the default, without a slash at its end. Raises PolicyError if it isn't one."""
    value = (os.environ.get("ENLIST_ADDRESS") or default).rstrip("/")
    if not re.fullmatch(r"https?://[^\s/?#]+", value):
        raise PolicyError("site_address_refused", value=value)
    return value
