"""Replace an option of a profile field in the values of everybody who has it."""

from __future__ import annotations

import polars as pl

from enlist.core.changes import SEEN_SCHEMA
from enlist.core.directory.conditions import Clause, from_text, to_text
from enlist.core.directory.directory import Directory, ProfileField, Reference
from enlist.core.plan.plan import Part

from .net import After, net


def replaced_option(directory: Directory, *, field: ProfileField, old: str, new: str, after: Reference) -> Part:
    """The part of a plan that gives the people of a directory one option instead of another ("": none).

    after: the reference with the conditions that hold afterwards. The part depends on all of these people.
    """
    people, cell = directory.people, pl.col(field.slug)
    if field.kind == "choices":
        each = pl.element()
        options = cell.str.split(";").list.eval(pl.when(each == old).then(pl.lit(new)).otherwise(each))
        kept = options.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
        value = pl.when(kept.list.len() > 0).then(kept.list.join(";")).otherwise(None)
    else:
        value = pl.when(cell == old).then(pl.lit(new or None, pl.String)).otherwise(cell)
    changed = people.with_columns(value.alias(field.slug)).join(_having(people, field=field, old=old), on="person")
    change = After(changed, reference=after, looked_at=people.get_column("person"))
    return Part(frames=net(directory, after=change).frames, seen=people.select(*SEEN_SCHEMA).sort("person"))


def replaced_clauses(reference: Reference, *, field: ProfileField, old: str, new: str) -> pl.DataFrame:
    """The conditions (of CONDITIONS_SCHEMA) that compare a field with an option, as they are with another one."""
    conditions = reference.frame("condition")

    def replaced(stored: str) -> str:
        return to_text(
            Clause(each.field, each.operator, new) if (each.field, each.value) == (field.slug, old) else each
            for each in from_text(stored)
        )

    texts = pl.Series([replaced(stored) for stored in conditions.get_column("clauses")], dtype=pl.String)
    return conditions.with_columns(clauses=texts).filter(texts != conditions.get_column("clauses"))


def _having(people: pl.DataFrame, *, field: ProfileField, old: str) -> pl.DataFrame:
    cell = pl.col(field.slug)
    has = cell.str.split(";").list.contains(old) if field.kind == "choices" else cell == old
    return people.filter(has.fill_null(value=False)).select("person")
