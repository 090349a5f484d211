"""Named conditions: clauses on the values of people, as column expressions.

A clause is a field, one of `OPERATORS`, and a value. As text: `department is Biology`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from enlist.core.fields.fields import FIELDS, PERSON_SLUGS

from .directory import Reference

MATCHES: Final = ("all", "any")
# Longer ones first: “is not blank” begins with “is not”.
OPERATORS: Final = ("is not blank", "is blank", "is not", "is", "contains", "at least", "at most")
WITHOUT_VALUE: Final = ("is blank", "is not blank")
# Only numbers and dates have an order.
ORDERED: Final = ("at least", "at most")
ORDERED_KINDS: Final = ("number", "date")


@dataclass(frozen=True)
class Clause:
    """One requirement: a person's value of a field, compared with a value as it is stored."""

    field: str
    operator: str
    value: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.field, self.operator, self.value)))


def known_fields(reference: Reference) -> dict[str, str]:
    """The fields that clauses can use: slug → label."""
    own = {slug: FIELDS[slug].label for slug in PERSON_SLUGS}
    return {**own, "state": "status"} | {field.slug: field.name for field in reference.profile_fields}


def to_text(clauses: Iterable[Clause]) -> str:
    """Clauses as they are stored."""
    return json.dumps([[each.field, each.operator, each.value] for each in clauses], ensure_ascii=False)


def from_text(stored: str) -> tuple[Clause, ...]:
    """The clauses of a stored condition."""
    return tuple(Clause(*parts) for parts in json.loads(stored))


def fields_of(reference: Reference) -> list[str]:
    """The fields on which the conditions in use depend."""
    used = reference.frame("condition").join(reference.frame("group_condition"), on="condition", how="semi")
    found = {clause.field for stored in used.get_column("clauses") for clause in from_text(stored)}
    return sorted(found)


def qualifies(condition: Mapping[str, Any], *, reference: Reference) -> pl.Expr:
    """Whether a condition (a line of CONDITIONS_SCHEMA) holds for a line of `Directory.people`."""
    kinds = {field.slug: field.kind for field in reference.profile_fields}
    held = [_holds(clause, kind=kinds.get(clause.field, "")) for clause in from_text(condition["clauses"])]
    if not held:
        return pl.lit(value=False)
    return pl.all_horizontal(held) if condition["match"] == "all" else pl.any_horizontal(held)


def _holds(clause: Clause, *, kind: str) -> pl.Expr:
    cell, value = pl.col(clause.field).fill_null(""), clause.value
    same = _folded(cell) == _folded(pl.lit(value))
    if kind == "choices":
        same = pl.concat_str(pl.lit(";"), cell, pl.lit(";")).str.contains(f";{value};", literal=True)
    match clause.operator:
        case "is":
            return same
        case "is not":
            return ~same
        case "contains":
            return _folded(cell).str.contains(_folded(pl.lit(value)), literal=True)
        case "is blank":
            return cell == ""
        case "is not blank":
            return cell != ""
    number = pl.Float64 if kind == "number" else pl.String
    there = cell.cast(number, strict=False)
    limit = pl.lit(value).cast(number)
    beyond = there >= limit if clause.operator == "at least" else there <= limit
    return (cell != "") & beyond.fill_null(value=False)


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase()
