"""Which sheet of a workbook is the list of people, judged by the first rows of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from enlist.core.headers.words import is_known, usual_slug

# Sheets that show how to fill in another one, or explain something.
_EXPLAINS: Final = re.compile(
    r"instruct|read.?me|example|sample|template|notes?$|legend|help|guide|how.?to|lookup|lists?$|values$|drop.?down|validation|reference|options|codes|cover|about|intro"
    r"|anleitung|auswahl|wertelist|stammdaten|beispiel|muster|vorlage|hinweis|erläuter|legende|deckblatt|instruccion|ejemplo|plantilla|ayuda|exemple"
    r"|mode d.emploi|consigne|notice|modèle|aide|istruzioni|esempio|modello|instruç|exemplo|modelo|voorbeeld|uitleg"
    r"|sjabloon|przykład|instrukcja|wzór|příklad|návod|vzor|exempel|instruktion|eksempel|vejledning|esimerkki|ohje|örnek|talimat"
    r"|пример|инструкц|образец|шаблон|приклад|інструкц|зразок|説明|例|見本|示例|说明|模板|說明|예시|안내|설명",
    re.IGNORECASE,
)
# With two words for columns a line is a header; a sheet with more than half as many as another may be meant as well.
_HEADER: Final = 2
_CLOSE: Final = 0.5
# Columns that only a list of people has.
_PEOPLE: Final = frozenset({"username", "email", "firstname", "lastname", "fullname", "fullname_reversed"})


class Peek(NamedTuple):
    """The first rows of a sheet: how many known words its header has, how many rows are below it, are they people."""

    known: int
    rows: int
    is_people: bool = True


def peek_of(rows: Sequence[Sequence[str]]) -> Peek:
    """What the first rows of a sheet show."""
    known = [sum(bool(cell) and is_known(cell) for cell in row) for row in rows]
    most = max(known, default=0)
    if most < _HEADER:
        return Peek(0, int(bool(rows)))
    start = known.index(most)
    names_people = any(usual_slug(cell) in _PEOPLE for cell in rows[start] if cell)
    return Peek(most, sum(sum(map(bool, row)) >= _HEADER for row in rows[start + 1 :]), is_people=names_people)


def best_sheet(peeks: Mapping[str, Peek]) -> tuple[str, list[str]]:
    """The sheet to read, and others that look like lists of people too.

    Sheets that explain something count only if there is no other. Of the rest, more known columns and rows decide.
    """
    most = max(peek.known for peek in peeks.values())
    lists = [sheet for sheet, peek in peeks.items() if peek.known and peek.known > most * _CLOSE and peek.rows]
    lists = [sheet for sheet in lists if not _EXPLAINS.search(sheet)] or lists
    lists = [sheet for sheet in lists if peeks[sheet].is_people] or lists
    if not lists:
        return max(peeks, key=lambda sheet: peeks[sheet]), []
    best = max(lists, key=lambda sheet: peeks[sheet].known * peeks[sheet].rows)
    return best, [sheet for sheet in lists if sheet != best]
