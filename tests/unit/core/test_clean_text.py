import re
import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.clean import long_text, text
from enlist.core.clean.text import HIDDEN, JOINERS, PLAIN, SPACE, tidy, tidy_lines

from .cleaning import Note, column, one, told

KEPT = [
    pytest.param("Mary-Jane O'Neil", id="visible ASCII"),
    pytest.param("José Łukasz Ångström", id="Latin letters with marks"),
    pytest.param("Владимир Щукин", id="Cyrillic"),
    pytest.param("Ελευθερία", id="Greek"),
    pytest.param("李小龙 さくら 김민준", id="Han, Kana, Hangul"),
    pytest.param("محمد שָׁלוֹם", id="Arabic, and Hebrew with points"),
    pytest.param("नरेंद्र ประยุทธ์", id="marks that are letters' parts"),
    pytest.param("می\u200cخواهم", id="a Persian non-joiner"),
    pytest.param("അനില്\u200d", id="a Malayalam joiner at the end of a word"),
    pytest.param("👨\u200d👩\u200d👧 ❤\ufe0f", id="a family, and a heart's colour"),
    pytest.param("葛\U000e0100城", id="a variant of a Han character"),
    pytest.param("<b>Bold</b> & Söhne", id="mark-up is text"),
    pytest.param("=SUM(A1)", id="so is a formula"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("cell", KEPT)
def test_it_keeps_what_is_seen(cell: str) -> None:
    assert (one(text, cell=cell), one(long_text, cell=cell)) == ((cell, []), (cell, []))


TIDIED = [
    pytest.param(" Ann\t", "Ann", [], id="white space around a cell is nobody's"),
    pytest.param("Ann\u00a0", "Ann", [], id="a no-break space too"),
    pytest.param("Ann  Marie", "Ann Marie", [("blanks_folded", "Ann Marie")], id="a doubled blank"),
    pytest.param("Ann\u00a0Marie", "Ann Marie", [("blanks_folded", "Ann Marie")], id="a no-break space inside"),
    pytest.param("Ann\nMarie", "Ann Marie", [("blanks_folded", "Ann Marie")], id="a line break"),
    pytest.param("An\u200bn", "Ann", [("invisible_removed", "U+200B")], id="a zero-width space"),
    pytest.param("\ufeffAnn", "Ann", [("invisible_removed", "U+FEFF")], id="a byte order mark"),
    pytest.param("A\u00adnn\u202e", "Ann", [("invisible_removed", "U+00AD, U+202E")], id="a soft hyphen, a direction"),
    pytest.param("Ann\u200d", "Ann", [("invisible_removed", "U+200D")], id="a joiner that joins nothing"),
    pytest.param("A\x07nn\x00", "Ann", [("invisible_removed", "U+0000, U+0007")], id="control characters"),
    pytest.param("A\U000e0041nn", "Ann", [("invisible_removed", "U+E0041")], id="a tag"),
    pytest.param("\u200b", "", [("invisible_removed", "U+200B")], id="nothing to see at all"),
    pytest.param(
        "A\u200b  B", "A B", [("invisible_removed", "U+200B"), ("blanks_folded", "A B")], id="two things in one cell"
    ),
    pytest.param("E\u0301mile", "Émile", [], id="composing changes nothing that is seen"),
    pytest.param("\u212bngström", "Ångström", [], id="nor does the letter for the unit"),
]


@pytest.mark.spec("NE-15", "EC-13")
@pytest.mark.parametrize(("cell", "value", "notes"), TIDIED)
def test_it_cleans_invisible_characters_and_reports_it(cell: str, value: str, notes: list[Note]) -> None:
    assert one(text, cell=cell) == (value, notes)


@pytest.mark.parametrize(
    ("cell", "value", "notes"),
    [
        pytest.param("one\n\n  two", "one\n\n  two", [], id="lines and blanks stay"),
        pytest.param("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour", [], id="all breaks are line feeds"),
        pytest.param("\n one \n", "one", [], id="but none around the text"),
        pytest.param("a\tb\u200b", "a\tb", [("invisible_removed", "U+200B")], id="tabs stay, what nobody sees goes"),
    ],
)
def test_long_text_keeps_its_lines(cell: str, value: str, notes: list[Note]) -> None:
    assert one(long_text, cell=cell) == (value, notes)


def test_it_names_the_positions_of_what_it_reports() -> None:
    cells = column(["Ann", "Zoë", "B\u200bo", "नरेंद्र", "C  D", ""])

    assert told(text(cells)) == (
        ["Ann", "Zoë", "Bo", "नरेंद्र", "C D", ""],
        [(2, "invisible_removed", "B\u200bo", "U+200B"), (4, "blanks_folded", "C  D", "C D")],
    )


def test_plain_letters_are_left_alone_by_composition() -> None:
    """Those the fast expression accepts never change, and never join what stands before them."""
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    plain = pl.Series(every).filter(pl.Series(every).str.contains(f"^[{PLAIN}]$")).to_list()
    decomposed = [unicodedata.decomposition(character).split() for character in every]
    joining = {chr(int(parts[1], 16)) for parts in decomposed if len(parts) == 2 and not parts[0].startswith("<")}

    assert [c for c in plain if unicodedata.normalize("NFC", c) != c or unicodedata.combining(c) or c in joining] == []
    assert [c for c in plain if re.search(rf"[\s{HIDDEN}{JOINERS}{SPACE}]", c)] == []


cells = st.lists(
    st.text(max_size=12) | st.text(alphabet="aÉ \t\n\u0301\u200b\u200d\u00a0नि\u094dदー李😀\ufeff", max_size=8)
)


@given(cells)
def test_whole_columns_are_tidied_as_single_values_are(values: list[str]) -> None:
    def composed(value: str) -> str:
        return str(pl.Series([value]).str.normalize("NFC").item())

    lines, paragraphs = text(column(values)).values.to_list(), long_text(column(values)).values.to_list()

    assert lines == [composed(tidy(value)) for value in values]
    assert paragraphs == [composed(tidy_lines(value)) for value in values]


@given(cells)
def test_what_is_tidy_stays(values: list[str]) -> None:
    once = text(column(values)).values

    assert told(text(once)) == (once.to_list(), [])
