"""Tails: lines among and below the rows that aren't rows: repeated headers, another table, totals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist.core.flags.flags import collect, flag, no_flags
from enlist.core.headers.words import fold, is_known

_ALIKE: Final = 0.6
_MANY: Final = 5
_LAST: Final = 5
_NARROW: Final = 3
# Signs around a total.
_ROUND: Final = " :.*-=()[]#"
_RULE: Final = re.compile(r"[-=+:_*]{3,}")
_SUMS: Final = (
    "(?:grand |sub)?totals?|sum|summe|gesamt(?:summe|zahl)?|anzahl|insgesamt|somme|nombre|effectif|suma|totale"
    "|totaal|aantal|número|cantidad|conteggio|numero|contagem|razem|liczba|celkem|počet|spolu|összesen|antal|antall|yhteensä|lukumäärä"
    "|toplam|sayı|σύνολο|итого|всего|количество|разом|усього|кількість|合计|总计|人数|小计|合計|総数|합계|count"
    "|number of \\w+"
)
_PEOPLE: Final = (
    "rows|records|lines|people|users|students|participants|members|entries|teilnehmer(?:innen)?|teilnehmende|schüler(?:innen)?"
    "|personen|benutzer|einträge|élèves|étudiants|personnes|alumnos|estudiantes|personas|alunos|studenti|leerlingen|osób|uczniów"
)
_TOTAL: Final = re.compile(
    rf"(?:{_SUMS})\b(?: ?:.*| ?=.*|[^:=\d]{{0,40}}[:=]? ?[\d.,]+(?: \w+)?)?|\d+ (?:{_PEOPLE})"
    r"|end of (?:file|report|list)|(?:generated|exported|printed|erstellt|gedruckt|exportiert) (?:on|by|at|am|von)\b.*"
    r"|page \d+.*|seite \d+.*"
    r"|(?:stand|as of|état au|situación al|dato aggiornato al|per|datum|date|fecha|data|дата)[ :]+\d{1,4}[./-].*"
    r"|confidential|vertraulich|confidentiel|confidencial|riservato|(?:©|\(c\)) .*",
    re.IGNORECASE,
)
# A line with nothing but the name of a class is a title of the rows below it.
_TITLE: Final = re.compile(
    r"(?:class|grade|year|form|group|team|section|course|room|department|homeroom|klasse|jahrgang|stufe|gruppe|kurs|abteilung"
    r"|lerngruppe|classe|groupe|cours|division|niveau|grado|grupo|curso|sección|clase|turma|ano|classe|gruppo|corso|sezione"
    r"|klas|groep|leerjaar|klasa|grupa|oddział|třída|ročník|skupina|trieda|klass|grupp|årskurs|hold|trinn|luokka|ryhmä"
    r"|osztály|csoport|clasa|anul|razred|odjel|oddelek|sınıf|grup|şube|класс|группа|курс|клас|група|τάξη|τμήμα|ομάδα|כיתה|قسم"
    r"|الصف|lớp|nhóm|kelas|班级|班級|クラス|반)"
    r"[ :.#]+[\w ./()-]{1,20}|[\w-]{1,4}[. ]+(?:klasse|class|grade|класс|клас|osztály)",
    re.IGNORECASE,
)
# Headers of running numbers, as forms have them.
_NUMBERS: Final = frozenset(map(fold, (
    "nr", "no", "n", "num", "number", "lfd. nr.", "laufende nummer", "lfd", "s. no", "sr. no", "sl. no", "serial no",
    "row no", "item", "pos", "position", "rang", "numéro", "núm", "nº", "lp", "poř", "poř. č", "p. č", "ssz", "sorszám",
    "sıra", "sıra no", "crt", "nr. crt", "rb", "r. br", "br", "št", "α/α", "№", "п/п", "n п/п", "№ п/п", "序号", "序號",
    "番号", "順番", "번호", "순번", "stt",
)))  # fmt: skip
# The second line of a gradebook says how many points there are.
_NEVER: Final = re.compile(r"points possible|manual posting", re.IGNORECASE)
# Lines among the rows that have so few cells are looked at, at most this many.
_FEWEST_CELLS: Final = 2
_LOOKED_AT: Final = 10_000


@dataclass(frozen=True)
class Tails:
    """Which lines are rows (Boolean), and flags about the others."""

    is_row: pl.Series
    flags: pl.DataFrame


def no_tails(frame: pl.DataFrame) -> Tails:
    """The result if every line counts as a row."""
    return Tails(pl.repeat(value=True, n=frame.height, dtype=pl.Boolean(), eager=True), no_flags())


def tails_of(frame: pl.DataFrame, *, lines: pl.Series, longer: pl.Series) -> Tails:
    """The lines of a table that aren't rows. longer: lines with more cells than the header (Int64)."""
    headers = [header.casefold() for header in frame.columns]
    at = _like_headers(frame)
    repeated, second = [], None
    for place in at:
        likeness = _likeness(frame.row(place), headers=headers)
        if likeness == 1 and lines[place] not in longer:
            repeated.append(place)
        elif likeness >= _ALIKE:
            second = place
            break
    short = _short(frame)
    totals = [] if second is not None else _totals(frame)
    totals = sorted({*totals, *(place for place, cells in short.items() if _TOTAL.fullmatch(cells[0].strip(_ROUND)))})
    totals = [*totals, *(place for place in _gradebook(frame) if place not in totals)]
    titles = [place - 1 for place in repeated if len(short.get(place - 1, ())) == 1 and place - 1 not in totals]
    titles += [place for place in _titles(frame, short=short) if place not in titles and place not in totals]
    ruled, numbered = _ruled(frame), _numbered(frame)
    dropped = pl.Series([*repeated, *totals, *titles, *ruled, *numbered], dtype=pl.Int64)
    is_row = pl.repeat(value=True, n=frame.height, dtype=pl.Boolean(), eager=True).scatter(dropped, values=False)
    if second is not None:
        is_row &= pl.int_range(frame.height, eager=True) < second
    flags = [flag("header_again", line=lines[place]) for place in repeated if second is None or place < second]
    flags.extend(flag("line_of_totals", line=lines[place]) for place in totals)
    flags.extend(flag("line_of_title", line=lines[place]) for place in titles)
    flags.extend(flag("line_ruled", line=lines[place]) for place in ruled)
    if numbered:
        flags.append(flag("lines_numbered", line=lines[numbered[0]], value=f"{len(numbered):,}"))
    if second is not None:
        flags.append(flag("second_table", line=lines[second], value=str(frame.height - second - 1)))
    return Tails(is_row, collect(*flags) if flags else no_flags())


def without_blank(tails: Tails, *, whole: pl.DataFrame, longer: pl.Series) -> Tails:
    """The same without lines that only have delimiters, which are counted. whole: all columns read, and `line`."""
    if whole.width <= _NARROW - 1:
        return tails
    lines = whole.get_column("line")
    # Few rows have a blank first cell, so only their other cells are searched for unusual spaces.
    first = next(name for name in whole.columns if name != "line")
    is_blank = whole.get_column(first).str.strip_chars() == ""
    at = is_blank.arg_true()
    others = whole[at].select(pl.all_horizontal(pl.exclude("line").str.strip_chars() == "")).to_series()
    is_blank = is_blank.scatter(at, others) if len(at) else is_blank
    is_blank &= tails.is_row & ~lines.is_in(longer.implode())
    if not is_blank.any():
        return tails
    counted = flag("lines_blank", value=str(is_blank.sum()), line=lines[is_blank.arg_true()[0]])
    return Tails(tails.is_row & ~is_blank, collect(tails.flags, counted))


def _like_headers(frame: pl.DataFrame) -> list[int]:
    """Rows whose first or second cell is the name of a column; only those are compared as a whole."""
    if frame.width < 2 or not frame.height:
        return []
    spelled = (str, str.lower, str.upper, str.capitalize, str.title)
    names = sorted({spell(name) for name in frame.columns for spell in spelled})
    return frame.select(pl.nth(0).is_in(names) | pl.nth(1).is_in(names)).to_series().arg_true().to_list()


def _likeness(row: tuple[str, ...], *, headers: list[str]) -> float:
    """The share of a row's cells that are names of columns, 1 only for a repeated header."""
    cells = [cell.casefold() for cell in row]
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all(map(is_known, filled)):
        return 1.0 if cells == headers else 0.99
    # Any words of a short row may happen to be column names; known headers are never values.
    if len(filled) < _MANY and sum(map(is_known, filled)) < 2:
        return 0.0
    return 1.0 if cells == headers else min(0.99, sum(cell in headers for cell in filled) / len(filled))


def _ruled(frame: pl.DataFrame) -> list[int]:
    """Rows at the beginning and the end that only draw a line, as databases do below a header."""
    ends = {*range(min(_LAST, frame.height)), *range(max(frame.height - _LAST, 0), frame.height)}
    filled = {place: [cell for cell in frame.row(place) if cell] for place in sorted(ends)}
    return [place for place, cells in filled.items() if cells and all(map(_RULE.fullmatch, cells))]


def _short(frame: pl.DataFrame) -> dict[int, list[str]]:
    """Rows of a wide table with very few cells, and those cells."""
    if frame.width < _NARROW:
        return {}
    count = frame.select(pl.sum_horizontal(pl.all() != "")).to_series()
    places = count.is_between(1, _FEWEST_CELLS).arg_true().head(_LOOKED_AT)
    return {place: [cell for cell in frame.row(place) if cell] for place in places}


def _titles(frame: pl.DataFrame, *, short: Mapping[int, list[str]]) -> list[int]:
    """Rows with only the name of a class in their first cell."""
    if frame.width <= _NARROW:
        return []
    return [
        place
        for place, cells in short.items()
        if len(cells) == 1 and frame.row(place)[0] and _TITLE.fullmatch(cells[0].strip(_ROUND))
    ]


def _numbered(frame: pl.DataFrame) -> list[int]:
    """Rows of a form that only have their running number."""
    if frame.width < _NARROW or fold(frame.columns[0].replace("#", "no")) not in _NUMBERS:
        return []
    rest = pl.all_horizontal(pl.nth(*range(1, frame.width)) == "")
    return frame.select(rest & pl.nth(0).str.contains(r"^\d+[.)]?$")).to_series().arg_true().to_list()


def _gradebook(frame: pl.DataFrame) -> list[int]:
    return [place for place in range(min(_LAST, frame.height)) if any(map(_NEVER.fullmatch, frame.row(place)[:2]))]


def _totals(frame: pl.DataFrame) -> list[int]:
    """The last rows with totals or signatures of the rows above."""
    found: list[int] = []
    if frame.width < _NARROW:
        return found
    for place in range(frame.height - 1, max(frame.height - 1 - _LAST, 0), -1):
        filled = [cell for cell in frame.row(place) if cell]
        if not filled or not _TOTAL.fullmatch(filled[0].strip(_ROUND)) or len(filled) > frame.width - 2:
            break
        found.append(place)
    return sorted(found)
