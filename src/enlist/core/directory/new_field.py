"""Checks of the profile fields that an organisation adds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from enlist.core.errors import PolicyError
from enlist.core.fields.fields import PROFILE_KINDS

from .directory import ProfileField

_SHORTNAME: Final = re.compile(r"[a-z][a-z0-9_]{0,99}")
# Kinds of fields that have options.
OPTIONED: Final = ("choice", "choices")
# What separates options in a cell.
_BETWEEN: Final = (";", "|")


def check_new(field: ProfileField, *, beside: Sequence[ProfileField]) -> None:
    """Raise PolicyError if the organisation, which has the fields `beside`, cannot add this one."""
    if not _SHORTNAME.fullmatch(field.shortname):
        raise PolicyError("field_name_refused", field="shortname", name=field.shortname)
    if field.shortname in {each.shortname for each in beside}:
        raise PolicyError("field_name_taken", field="shortname", name=field.shortname)
    if field.kind not in PROFILE_KINDS:
        raise PolicyError("field_kind_unknown", field="kind", kind=field.kind, kinds=", ".join(PROFILE_KINDS))
    _check_options(field)
    if field.unique and field.default:
        raise PolicyError("field_unique_with_default", field="default")


def _check_options(field: ProfileField) -> None:
    if (field.kind in OPTIONED) != bool(field.options):
        code = "field_needs_options" if field.kind in OPTIONED else "field_without_options"
        raise PolicyError(code, kind=field.kind, field="options")
    folded = [option.strip().casefold() for option in field.options]
    # One option of a choice may be blank, but blanks mean nothing among several (NE-14).
    if (field.kind == "choices" and "" in folded) or len(set(folded)) < len(folded):
        raise PolicyError("options_alike", field="options")
    if field.kind == "choices" and any(mark in option for mark in _BETWEEN for option in field.options):
        raise PolicyError("options_with_separator", field="options")
    if field.kind == "choice" and field.default and field.default not in field.options:
        options = ", ".join(field.options)
        raise PolicyError("default_not_an_option", field="default", default=field.default, options=options)
