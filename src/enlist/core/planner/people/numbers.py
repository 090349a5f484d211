"""Numbers: usernames that are in use get the next free number (jdoe2, jdoe3; jdoe9, jdoe10: §4.3).

A username is a stem and the digits at its end; only names of one stem can collide, and a stem with one name needs
nothing. Otherwise the numbers of a stem form a line: a name wants the number it ends in, else the next free one. In a
run of neighbouring places where all want the same number, the k-th name gets the k-th free number, all at once. Where
they want different ones, the result depends on their order: those names, and numbers too long for a column of
integers, are numbered one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

DIGITS: Final = "0123456789"
# The number that a name without one wants if the plain name is in use.
FIRST: Final = 2
# Longer numbers are handled one by one, long before they exceed 64 bits.
_LONGEST: Final = 15

_PLACE: Final = ["family", "digits"]


def numbered(claims: pl.DataFrame, *, taken: pl.Series) -> pl.DataFrame:
    """New endings of the usernames that are in use when their row comes: row Int64, number String.

    claims: row Int64, ascending; username_key String; stays Boolean (never null): the name will be used. Names that
    won't be used get the number they would have had. taken: String, the usernames (folded) that exist before all rows.
    """
    claims, held = _crowded(_split(claims), held=_split(taken.unique().alias("username_key").to_frame()))
    have = claims.join(held, on=_PLACE, how="semi").select(_PLACE).unique().with_columns(_had=pl.lit(value=True))
    first = claims.join(have, on=_PLACE, how="left", maintain_order="left")
    given = pl.col("stays").cast(pl.Int64)
    is_free = pl.col("_had").is_null() & (given.cum_sum().over(_PLACE) - given == 0)
    # A plain name, or one with leading zeros, has no place on the line: rows that don't get it move there.
    plain = (pl.col("digits") == "") | pl.col("digits").str.contains("^0.")
    lined = first.filter(~(plain & is_free)).with_columns(_plain=plain)
    long = lined.filter(_is_long()).get_column("family").append(held.filter(_is_long()).get_column("family")).unique()
    short = ~pl.col("family").is_in(long.implode())
    settled, odd, among = _on_the_line(lined.filter(short), held=held.filter(short))
    one_by_one = _one_by_one(
        pl.concat([odd, lined.filter(~short).select(odd.columns)]).sort("row"),
        held=pl.concat([among, held.filter(~short).select(among.columns)]),
    )
    return pl.concat([settled, one_by_one]).sort("row")


def _split(names: pl.DataFrame) -> pl.DataFrame:
    key = pl.col("username_key")
    stems = names.with_columns(stem=key.str.strip_chars_end(DIGITS))
    return stems.with_columns(digits=key.str.slice(pl.col("stem").str.len_chars())).drop("username_key")


def _crowded(claims: pl.DataFrame, *, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The names that share their stem with others or with an existing one; stems become numbers, `family`."""
    shared = claims.filter(pl.col("stem").is_duplicated()).get_column("stem")
    known = claims.join(held, on="stem", how="semi").get_column("stem")
    families = pl.concat([shared, known]).unique().to_frame().with_row_index("family")
    return (
        claims.join(families, on="stem", how="inner", maintain_order="left").drop("stem"),
        held.join(families, on="stem", how="inner").drop("stem"),
    )


def _is_long() -> pl.Expr:
    return pl.col("digits").str.len_bytes() > _LONGEST


def _home(*, plain: pl.Expr) -> pl.Expr:
    """The first number a name wants; if its plain name is already used by another row, the one after it."""
    number = pl.col("digits").cast(pl.Int64, strict=False)
    return pl.when(pl.col("digits") == "").then(FIRST).when(plain).then(number + 1).otherwise(number)


def _on_the_line(claims: pl.DataFrame, *, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Numbers for runs where all want the same one; the claims of other runs; the existing numbers among those."""
    claims = claims.with_columns(home=_home(plain=pl.col("_plain")))
    held = held.filter(~pl.col("digits").str.contains("^0.") & (pl.col("digits") != ""))
    held = held.with_columns(home=pl.col("digits").cast(pl.Int64))
    wanting = claims.select("family", "home", "row", "stays", "_plain")
    line = pl.concat([wanting, held.select("family", "home")], how="diagonal")
    line = line.sort("family", "home", maintain_order=True).with_columns(at=pl.int_range(pl.len()))
    # In the end these places are in use, no matter who gets which. A name that keeps its wanted place is never pushed,
    # so only names between two such places collide with each other.
    line = line.with_columns(place=pl.col("at") + (pl.col("home") - pl.col("at")).cum_max().over("family"))
    line = line.with_columns(run=(pl.col("place") == pl.col("home")).cum_sum())
    wants = pl.col("home").filter(pl.col("row").is_not_null())
    line = line.with_columns(odd=(wants.min() != wants.max()).over("run"))
    even, odd = line.filter(~pl.col("odd")), line.filter("odd")
    numbers = _in_turn(even, held=held)
    back = odd.drop_nulls("row").select("row").join(claims, on="row", how="inner")
    return numbers, back.select("row", "family", "digits", "stays", "_plain"), _held_in(odd)


def _held_in(line: pl.DataFrame) -> pl.DataFrame:
    held = line.filter(pl.col("row").is_null())
    return held.select("family", digits=pl.col("home").cast(pl.String))


def _in_turn(line: pl.DataFrame, *, held: pl.DataFrame) -> pl.DataFrame:
    """Numbers in runs where all want the same one: the k-th name gets the k-th free number.

    line: by run, with the claims by row. Names that keep their number are left out.
    """
    occupied = held.select("family", place="home")
    free = line.join(occupied, on=["family", "place"], how="anti", maintain_order="left").get_column("place")
    wanting = line.drop_nulls("row")
    given = pl.col("stays").cast(pl.Int64)
    wanting = wanting.with_columns(at=pl.int_range(pl.len()), before=given.cum_sum() - given)
    turn = pl.col("at").first().over("run") + pl.col("before") - pl.col("before").first().over("run")
    wanting = wanting.with_columns(place=free.gather(wanting.select(turn).to_series()))
    moved = wanting.filter(pl.col("_plain") | (pl.col("place") != pl.col("home")))
    return moved.select("row", number=pl.col("place").cast(pl.String))


def _one_by_one(claims: pl.DataFrame, *, held: pl.DataFrame) -> pl.DataFrame:
    """The same, one by one. claims: row, family, digits, stays, _plain, by row; held: family, digits."""
    following = {(family, int(digits)): int(digits) + 1 for family, digits in _numbers(held)}
    found = []
    for row, family, digits, stays, plain in claims.iter_rows():
        number = _first_free(following, family=family, number=int(digits or FIRST - 1) + plain)
        if str(number) != digits:
            found.append((row, str(number)))
        if stays:
            following[family, number] = number + 1
    return pl.DataFrame(found, schema={"row": pl.Int64, "number": pl.String}, orient="row")


def _numbers(held: pl.DataFrame) -> Iterable[tuple[int, str]]:
    """The existing names that are numbers on a line."""
    return ((family, digits) for family, digits in held.iter_rows() if digits == "0" or digits[:1] not in ("", "0"))


def _first_free(following: dict[tuple[int, int], int], *, family: int, number: int) -> int:
    """The first free number from this one on; shortens the way for later calls."""
    passed = []
    while (after := following.get((family, number))) is not None:
        passed.append(number)
        number = after
    for each in passed:
        following[family, each] = number
    return number
