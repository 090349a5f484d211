"""Full names: one column that holds both names, split at the last blank (WL-05).

Particles (van, de la, bin, …) stay with the family name, and so do Jr. and III. In “Novák, Jan” the family name comes
first, and in names in Chinese, Japanese and Korean characters too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from .column import no_notes, note
from .text import text

# Kept with the family name however they are written …
_ALWAYS: Final = [
    "van",
    "von",
    "vom",
    "zu",
    "zum",
    "zur",
    "der",
    "den",
    "de",
    "del",
    "della",
    "delle",
    "dello",
    "degli",
    "dei",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "las",
    "le",
    "les",
    "los",
    "ten",
    "ter",
    "bin",
    "bint",
    "binti",
    "ibn",
    "al",
    "el",
    "abu",
    "ould",
]
# … and those that can also be names when they begin with a capital.
_SMALL: Final = [
    "dem",
    "des",
    "das",
    "do",
    "d'",
    "lo",
    "y",
    "e",
    "i",
    "af",
    "av",
    "auf",
    "op",
    "'t",
    "te",
    "het",
    "ben",
    "bat",
    "san",
    "santa",
    "st",
    "st.",
    "saint",
    "o'",
    "ó",
    "ní",
    "nic",
    "uí",
    "in",
]
_LATER: Final = r"(?i:jr\.?|sr\.?|ii|iii|iv|filho|neto|júnior)"
_PARTICLE: Final = "|".join(
    word.replace(".", r"\.") for word in (*_SMALL, *(each for w in _ALWAYS for each in (w, w.title(), w.upper())))
)
# Between two family names: Ortega y Gasset.
_JOINED: Final = r"\S+ (?:y|i|e) "
_FAMILY: Final = rf"(?:(?:{_PARTICLE}) )*\S+"
_SPLIT: Final = rf"^(?P<first>\S.*?) (?P<last>(?:{_JOINED})?{_FAMILY}(?: {_LATER})?)$"
_FAMILY_FIRST: Final = rf"^(?P<last>{_FAMILY}) (?P<first>.+)$"
_COMMA: Final = r"^(?P<last>[^,]+?) *, *(?P<first>[^,]+)$"
_LATER_AFTER_COMMA: Final = rf", *({_LATER})$"
_EAST: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
)
_EASTERN: Final = rf"^[{_EAST}]+(?:[ \u3000・·][{_EAST}]+)*$"
# Common Chinese and Korean family names of two characters.
_DOUBLE: Final = (
    "欧阳|歐陽|太史|端木|上官|司马|司馬|东方|東方|独孤|南宫|南宮|万俟|闻人|夏侯|诸葛|諸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|"
    "濮阳|公冶|太叔|申屠|公孙|公孫|慕容|仲孙|钟离|长孙|長孫|宇文|司徒|鲜于|司空|令狐|남궁|황보|제갈|선우|독고|사공|서문"
)
_UNSPACED: Final = rf"^(?P<last>(?:{_DOUBLE})|[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3])(?P<first>.{{1,3}})$"
_KANA: Final = "[\u3041-\u30ff]"
_MOST_FIRST_NAMES: Final = 2
# “DUPONT Jean”, “Ana GARCÍA LÓPEZ”: where most names of a column are so, the capitals are the family name.
_CAPITALS: Final = r"\p{Lu}[\p{Lu}'’-]+(?: \p{Lu}[\p{Lu}'’-]*)*"
_MIXED: Final = r"\p{Lu}\p{Ll}.*"
_CAPITALS_FIRST: Final = rf"^(?P<last>{_CAPITALS}) (?P<first>{_MIXED})$"
_CAPITALS_LAST: Final = rf"^(?P<first>{_MIXED}?) (?P<last>{_CAPITALS})$"
_MOST: Final = 0.6
_FEWEST: Final = 2


@dataclass(frozen=True)
class Names:
    """Both names of every row ("" if missing), and notes about the whole cells."""

    first: pl.Series
    last: pl.Series
    notes: pl.DataFrame


def full_name(cells: pl.Series, *, family_first: bool = False, known: pl.Series | None = None) -> Names:
    """Split full names into first and last names. family_first: the column begins with the family name.

    known: the name that another column gives, first or last ("" for none); where a cell begins or ends with it, the
    other name is the rest, as `first` and `last` alike.

    Notes mark names of one word (`name_single`, a first name only) and doubtful splits (`name_split`): more than two
    first names, or no blank between the names.
    """
    tidied = text(cells)
    names = tidied.values.str.replace(_LATER_AFTER_COMMA, " ${1}")
    parts = _split(names, family_first=family_first)
    first, last = parts.get_column("first"), parts.get_column("last")
    if known is not None:
        rest = _rest(names, known=known)
        first, last = rest.zip_with(rest != "", first), rest.zip_with(rest != "", last)
        names = names.zip_with(rest == "", names.clear().extend_constant("", len(names)))
    given = names != ""
    single = note(given & (last == ""), code="name_single", value=cells)
    is_long = first.str.count_matches(" ", literal=True) >= _MOST_FIRST_NAMES
    unsure = given & (last != "") & (is_long | parts.get_column("unspaced"))
    split = first + pl.Series([" | "]) + last
    notes = [tidied.notes, single, note(unsure, code="name_split", value=cells, detail=split)]
    return Names(first, last, pl.concat(notes) if any(map(len, notes)) else no_notes())


def _rest(names: pl.Series, *, known: pl.Series) -> pl.Series:
    """What a name has beside the known part, "" where it doesn't begin or end with that as a word of its own."""
    parts = pl.DataFrame({"name": names, "part": text(known).values}).with_columns(
        lower=pl.col("name").str.to_lowercase(), part=pl.col("part").str.to_lowercase()
    )
    size = pl.col("part").str.len_chars()
    starts = (size > 0) & pl.col("lower").str.starts_with(pl.col("part") + " ")
    ends = (size > 0) & (
        pl.col("lower").str.ends_with(" " + pl.col("part")) | pl.col("lower").str.ends_with("," + pl.col("part"))
    )
    length = pl.col("name").str.len_chars()
    return parts.select(
        pl.when(starts)
        .then(pl.col("name").str.slice(size))
        .when(ends)
        .then(pl.col("name").str.slice(0, length - size))
        .otherwise(pl.lit(""))
        .str.strip_chars(" ,")
    ).to_series()


def _split(names: pl.Series, *, family_first: bool) -> pl.DataFrame:
    """first, last (String, "" for none), unspaced (Boolean: split without a blank)."""
    name = pl.col("name")
    comma, west, lead, glued = (
        name.str.extract_groups(each).struct for each in (_COMMA, _SPLIT, _FAMILY_FIRST, _UNSPACED)
    )
    spaced, is_eastern = name.str.replace_all("[ \u3000・·]+", " "), name.str.contains(_EASTERN)
    east = spaced.str.extract_groups(r"^(?P<last>\S+) (?P<first>.+)$").struct
    is_glued = is_eastern & ~spaced.str.contains(" ", literal=True) & ~name.str.contains(_KANA)
    above, below = (name.str.extract_groups(each).struct for each in (_CAPITALS_FIRST, _CAPITALS_LAST))
    is_telling = _are_capitals(names)
    ways = (
        (comma.field("last").is_not_null(), comma),
        (is_glued & glued.field("last").is_not_null(), glued),
        (is_eastern & east.field("last").is_not_null(), east),
        (pl.lit(is_telling) & above.field("last").is_not_null(), above),
        (pl.lit(is_telling) & below.field("last").is_not_null(), below),
        (pl.lit(family_first) & lead.field("last").is_not_null(), lead),
        (west.field("last").is_not_null(), west),
    )
    chosen = {
        side: pl.coalesce(*(pl.when(fits).then(way.field(side)) for fits, way in ways), otherwise).str.strip_chars(" ")
        for side, otherwise in (("first", name), ("last", pl.lit("")))
    }
    return names.alias("name").to_frame().select(**chosen, unspaced=is_glued)


def _are_capitals(names: pl.Series) -> bool:
    """Whether most names are written with a family name in capitals, and the others not."""
    several = names.filter(names.str.contains(" ", literal=True))
    found = int(
        several.str.contains(
            f"{_CAPITALS_FIRST}|{_CAPITALS_LAST}".replace("?P<last>", "").replace("?P<first>", "")
        ).sum()
    )
    return found >= max(_FEWEST, _MOST * len(several))
