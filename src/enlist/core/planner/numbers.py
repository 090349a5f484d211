"""Numbers: what becomes of usernames that are taken when their turn comes (jdoe2, jdoe3; jdoe9, jdoe10: §4.3).

A username is a stem and the digits it ends in, and only names of one stem are ever in each other's way. Where one
stands alone nothing happens. All others are numbers on a line, a line for each stem: a name wants the number it ends
in, else the first after it that nobody has. Where those who want places next to each other all want the same one, the
k-th of them gets the k-th free one, all at once. Where they want different ones, who gets which depends on who comes
first: those, and numbers too long for a column of integers, are walked one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

DIGITS: Final = "0123456789"
# What somebody without a number wants once their plain name is taken.
FIRST: Final = 2
# More digits than this go the careful way, long before they are too many for 64 bits.
_LONGEST: Final = 15

_PLACE: Final = ["family", "digits"]


def numbered(claims: pl.DataFrame, *, taken: pl.Series) -> pl.DataFrame:
    """What usernames end in instead, that are taken when their turn comes: row Int64, number String.

    claims: row Int64, ascending; username_key String; stays Boolean (null never): the name is given. Names that are not
    given are told what they would have been. taken: String, the usernames (folded) that somebody has before all rows.
    """
    claims, held = _crowded(_split(claims), held=_split(taken.unique().alias("username_key").to_frame()))
    have = claims.join(held, on=_PLACE, how="semi").select(_PLACE).unique().with_columns(_had=pl.lit(value=True))
    first = claims.join(have, on=_PLACE, how="left", maintain_order="left")
    given = pl.col("stays").cast(pl.Int64)
    is_free = pl.col("_had").is_null() & (given.cum_sum().over(_PLACE) - given == 0)
    # A plain name, or one with leading zeros, is no place on the line: who does not get it goes there.
    plain = (pl.col("digits") == "") | pl.col("digits").str.contains("^0.")
    lined = first.filter(~(plain & is_free)).with_columns(_plain=plain)
    long = lined.filter(_is_long()).get_column("family").append(held.filter(_is_long()).get_column("family")).unique()
    short = ~pl.col("family").is_in(long.implode())
    settled, odd, among = _on_the_line(lined.filter(short), held=held.filter(short))
    walked = _walked(
        pl.concat([odd, lined.filter(~short).select(odd.columns)]).sort("row"),
        held=pl.concat([among, held.filter(~short).select(among.columns)]),
    )
    return pl.concat([settled, walked]).sort("row")


def _split(names: pl.DataFrame) -> pl.DataFrame:
    """Usernames as stem and digits."""
    key = pl.col("username_key")
    stems = names.with_columns(stem=key.str.strip_chars_end(DIGITS))
    return stems.with_columns(digits=key.str.slice(pl.col("stem").str.len_chars())).drop("username_key")


def _crowded(claims: pl.DataFrame, *, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those who share their stem with others, or with somebody who has it; stems become numbers, `family`."""
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
    """The first number somebody wants; those with a plain name of another row want the one after it."""
    number = pl.col("digits").cast(pl.Int64, strict=False)
    return pl.when(pl.col("digits") == "").then(FIRST).when(plain).then(number + 1).otherwise(number)


def _on_the_line(claims: pl.DataFrame, *, held: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The numbers of those next to whom all want the same; the others; and the numbers that are held among those."""
    claims = claims.with_columns(home=_home(plain=pl.col("_plain")))
    held = held.filter(~pl.col("digits").str.contains("^0.") & (pl.col("digits") != ""))
    held = held.with_columns(home=pl.col("digits").cast(pl.Int64))
    wanting = claims.select("family", "home", "row", "stays", "_plain")
    line = pl.concat([wanting, held.select("family", "home")], how="diagonal")
    line = line.sort("family", "home", maintain_order=True).with_columns(at=pl.int_range(pl.len()))
    # Whoever gets which, these are the places that are taken in the end. Nobody before one that is left where it wants
    # to be is ever pushed so far: those between two such places meet each other alone.
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
    """In runs in which all want the same number: the k-th who gets one gets the k-th that is free.

    line: by run, those who want a number by row. Who gets the number they came with is left out.
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


def _walked(claims: pl.DataFrame, *, held: pl.DataFrame) -> pl.DataFrame:
    """The same, one after the other. claims: row, family, digits, stays, _plain, by row; held: family, digits."""
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
    """The held names that are numbers on a line."""
    return ((family, digits) for family, digits in held.iter_rows() if digits == "0" or digits[:1] not in ("", "0"))


def _first_free(following: dict[tuple[int, int], int], *, family: int, number: int) -> int:
    """The first number from this one on that nobody has; the way there is shortened for those who come later."""
    passed = []
    while (after := following.get((family, number))) is not None:
        passed.append(number)
        number = after
    for each in passed:
        following[family, each] = number
    return number
