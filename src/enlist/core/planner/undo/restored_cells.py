"""Which values of existing people an undo restores, and which it keeps and flags."""

from __future__ import annotations

from typing import Final

import polars as pl

from enlist.core.changes import AFTER, BEFORE

KEPT_SCHEMA: Final = {"person": pl.Int64(), "field": pl.String(), "code": pl.String(), "detail": pl.String()}

# A key always goes back together with its field.
_FIELD_OF: Final = {"username_key": "username", "email_key": "email"}
KEYS: Final = frozenset(_FIELD_OF)
_RESTORED: Final = "goes:"


def take_back(people: pl.DataFrame, *, update: pl.DataFrame, unique: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People after an `update` frame is undone, and the values that are kept.

    people: columns of `Directory.people`, as now, including the owners of keys that somebody would get back.
    unique: columns whose values people cannot share. The second frame is of `KEPT_SCHEMA`.
    """
    fields = [name.removeprefix(AFTER) for name in update.columns if name.startswith(AFTER)]
    plain = [name for name in fields if name not in _FIELD_OF]
    both = people.join(update.drop("version"), on="person", how="left", maintain_order="left")
    both = both.with_columns(_is_restored(name).alias(_RESTORED + name) for name in plain)
    wanted = both
    while (clashes := _clashes(both, fields=fields, unique=unique)).height:
        # A person who keeps an address may block the next one, so look again.
        both = both.with_columns(
            pl.col(_RESTORED + name)
            & ~pl.col("person").is_in(clashes.filter(pl.col("field") == name)["person"].implode())
            for name in plain
        )
    after = _after(both, fields=fields).select(people.columns)
    return after, pl.concat(
        [pl.DataFrame(schema=KEPT_SCHEMA), *(_kept_values(wanted, both=both, name=name) for name in plain)]
    )


def _was_changed(name: str) -> pl.Expr:
    return pl.col(BEFORE + name).ne_missing(pl.col(AFTER + name))


def _is_restored(name: str) -> pl.Expr:
    return _was_changed(name) & pl.col(name).eq_missing(pl.col(AFTER + name))


def _after(both: pl.DataFrame, *, fields: list[str]) -> pl.DataFrame:
    return both.with_columns(
        pl.when(_RESTORED + _FIELD_OF.get(name, name)).then(BEFORE + name).otherwise(name).alias(name)
        for name in fields
    )


def _clashes(both: pl.DataFrame, *, fields: list[str], unique: list[str]) -> pl.DataFrame:
    """Fields (person, field) that would go back to a key that somebody else has."""
    after = _after(both, fields=fields)
    found = [pl.DataFrame(schema={"person": pl.Int64(), "field": pl.String()})]
    for key in sorted({*unique} & {*fields}):
        name = _FIELD_OF.get(key, key)
        taken = pl.col(key).is_duplicated() & (pl.col(key) != "") & pl.col(_RESTORED + name)
        found.append(after.filter(taken).select("person", field=pl.lit(name)))
    return pl.concat(found)


def _kept_values(wanted: pl.DataFrame, *, both: pl.DataFrame, name: str) -> pl.DataFrame:
    differs = pl.col(name).ne_missing(pl.col(AFTER + name)) & pl.col(name).ne_missing(pl.col(BEFORE + name))
    taken = wanted.filter(pl.col(_RESTORED + name) & ~both.get_column(_RESTORED + name))
    about = {"field": pl.lit(name), "detail": pl.col(BEFORE + name)}
    return pl.concat(
        [
            wanted.filter(_was_changed(name) & differs).select("person", **about, code=pl.lit("kept_changed_since")),
            taken.select("person", **about, code=pl.lit("kept_taken")),
        ]
    ).select(*KEPT_SCHEMA)
