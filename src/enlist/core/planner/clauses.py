"""Clauses of conditions as people write them: `department is Biology`."""

from __future__ import annotations

from enlist.core.clean import fold
from enlist.core.directory.conditions import OPERATORS, ORDERED, ORDERED_KINDS, WITHOUT_VALUE, Clause, known_fields
from enlist.core.directory.directory import Reference
from enlist.core.errors import PolicyError
from enlist.core.errors.about import about_field

from .manual import as_stored


def read_clause(text: str, *, reference: Reference) -> Clause:
    """The clause that a text means; a value is stored as a person's would be (Germany: DE).

    Raises PolicyError for an unknown field or operator, or a value that the field can't have.
    """
    field, _, rest = text.strip().partition(" ")
    slug = _slug(field, reference=reference)
    operator = next((each for each in OPERATORS if f"{rest.strip()} ".startswith(f"{each} ")), "")
    value = rest.strip().removeprefix(operator).strip()
    if not operator or (value == "") != (operator in WITHOUT_VALUE):
        raise PolicyError("clause_misspelled", clause=text.strip(), operators=", ".join(reversed(OPERATORS)))
    kind = next((each.kind for each in reference.profile_fields if each.slug == slug), "")
    if operator in ORDERED and kind not in ORDERED_KINDS:
        raise PolicyError("clause_without_order", name=field, operator=operator)
    if operator == "contains" or operator in WITHOUT_VALUE:
        return Clause(slug, operator, value)
    with about_field(slug):
        return Clause(slug, operator, as_stored(slug, value=value, reference=reference) or "")


def _slug(name: str, *, reference: Reference) -> str:
    """The field of a slug or label, such as lang or language."""
    known = known_fields(reference)
    labels = {fold(label): slug for slug, label in known.items()}
    if name in known or fold(name) in labels:
        return name if name in known else labels[fold(name)]
    raise PolicyError("clause_field_unknown", name=name, known=", ".join(known))
