"""New fields: what a profile field that an organisation adds may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .directory import ProfileField
from .errors import PolicyError
from .fields import PROFILE_KINDS

_SHORTNAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")
# Kinds of fields whose values are options.
OPTIONED: Final = ("choice", "choices")
# What parts the options of a cell.
_BETWEEN: Final = (";", "|")


def check_new(field: ProfileField, *, beside: Sequence[ProfileField]) -> None:
    """Raise PolicyError where a field cannot be one of an organisation that has those `beside`."""
    if not _SHORTNAME.fullmatch(field.shortname):
        raise PolicyError(
            f"“{field.shortname}” cannot name a profile field.",
            hint="Use small letters, digits and underscores, a letter first; files call it profile_field_NAME.",
        )
    if field.shortname in {each.shortname for each in beside}:
        raise PolicyError(f"There is a profile field {field.shortname} already.", hint="`enlist fields list` shows it.")
    if field.kind not in PROFILE_KINDS:
        raise PolicyError(f"“{field.kind}” is no kind of field.", hint=f"It can be {', '.join(PROFILE_KINDS)}.")
    _check_options(field)
    if field.unique and field.default:
        raise PolicyError("A unique field has no default: it would be everybody's.", hint="Leave out one of the two.")


def _check_options(field: ProfileField) -> None:
    if (field.kind in OPTIONED) != bool(field.options):
        wants = "needs options" if field.kind in OPTIONED else "has no options"
        raise PolicyError(f"A field of the kind {field.kind} {wants}.", hint="--option, once for each, names them.")
    folded = [option.strip().casefold() for option in field.options]
    if "" in folded or len(set(folded)) < len(folded):
        raise PolicyError("Options are not blank, and no two are the same, whatever their case.")
    if field.kind == "choices" and any(mark in option for mark in _BETWEEN for option in field.options):
        raise PolicyError("Options of several to be chosen hold neither ; nor |: these stand between them in a cell.")
    if field.kind == "choice" and field.default and field.default not in field.options:
        raise PolicyError(f"The default “{field.default}” is none of the options.")


def with_option(field: ProfileField, *, option: str) -> tuple[str, ...]:
    """The options of a field with another one at their end. Raises PolicyError where it cannot have that."""
    if field.kind not in OPTIONED:
        raise PolicyError(f"{field.shortname} is a field of the kind {field.kind}, which has no options.")
    options = (*field.options, option.strip())
    _check_options(replace(field, options=options))
    return options
