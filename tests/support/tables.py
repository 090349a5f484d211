"""Generated worlds as files: a Table, or CSV."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from enlist.core.directory.directory import Directory
from enlist.core.flags.catalogue import FLAGS, Scope
from enlist.core.planner.lookups import stem_of
from enlist.core.table.table import Source, Table
from tests.support.strategies import World

_OURS = ("row", "line", "failed", "username_key", "email_key", "oldusername_key")
# What checking makes of what somebody typed.
_TYPED = {"enrolstatus": {"active": "0", "suspended": "1"}, "enrolperiod": {"endless": "forever"}}
SOURCE = Source(name="roster.csv", sha256="", encoding="utf-8", delimiter=",", header_line=1, road="fast")


def cells_of(world: World, *, ids: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The cells of a world's rows as somebody typed them, those that checking refused included.

    ids: what a course group or role made of digits is called instead, where ids are not the world's own.
    """
    frame = world.rows.frame.drop(_OURS, strict=False).with_columns(pl.all().fill_null(""))
    for flag in world.rows.flags.drop_nulls("field").iter_rows(named=True):
        frame[flag["row"], flag["field"]] = flag["value"]
    families = ("group", "role", "cohort", "sysrole")
    named = [name for name in frame.columns if name.startswith(families) and name != "groups"]
    frame = frame.with_columns(pl.col("^groups$").str.replace_all("\n", " ; ", literal=True))
    for family, words in _TYPED.items():
        frame = frame.with_columns(pl.col(name).replace(words) for name in frame.columns if name.startswith(family))
    return frame.with_columns(pl.col(name).replace(ids or {}) for name in named)


def table_of(world: World) -> Table:
    """A Table of the world's rows; a guess about the file and what reading found in its rows are its flags."""
    flags = world.rows.flags
    rows = flags.filter(pl.col("code").is_in([c for c, kind in FLAGS.items() if kind.scope is Scope.ROW]))
    whole = pl.DataFrame({"code": ["encoding_guessed"], "value": ["cp1252"], "detail": ["likely"]})
    return Table(
        frame=cells_of(world),
        lines=world.rows.frame.get_column("line"),
        source=SOURCE,
        flags=pl.concat([flags.clear(), whole, rows], how="diagonal"),
    )


def known_by(directory: Directory, *, keys: pl.DataFrame | None) -> Directory:
    """What a snapshot takes of a directory: everybody who has one of the keys."""
    if keys is None:
        return directory
    people = directory.people.with_columns(stem_of("username_key"))
    found = [people.join(keys.drop_nulls(name), on=name, how="semi").get_column("person") for name in keys.columns]
    return directory.of(pl.concat([people.get_column("person").clear(), *found]))
