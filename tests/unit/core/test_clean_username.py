from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.clean import Spelling, username
from enlist.core.clean.username import latin, spell

from .cleaning import Note, column, one, told

MOODLE = Spelling()
PEER = Spelling(transliterate=False)
EASYCAMPUS = Spelling(characters="letters_digits_dash_dot", transliterate=False)
EXTENDED = Spelling(characters="extended")
AS_GIVEN = Spelling(characters="extended", lower=False, standardise=False)


def spelt(cell: str, *, spelling: Spelling) -> str:
    return str(spell(column([cell]), spelling=spelling).item())


@pytest.mark.spec("EC-17", "EC-18")
@pytest.mark.parametrize(
    ("spelling", "cell", "result"),
    [
        pytest.param(MOODLE, "jdoe", "jdoe", id="clean as it stands"),
        pytest.param(MOODLE, "JDoe", "jdoe", id="always in lower case"),
        pytest.param(MOODLE, "john_doe@example.org", "john_doe@example.org", id="underscore and @ stay"),
        pytest.param(EASYCAMPUS, "john_doe@example.org", "johndoeexample.org", id="and go in the article's rules"),
        pytest.param(EASYCAMPUS, "john jr._doe", "johnjr.doe", id="the article's example"),
        pytest.param(MOODLE, "john jr._doe", "johnjr._doe", id="the same in the current rules"),
        pytest.param(PEER, "john- doe", "john-doe", id="blanks go (the peer's own values from here on)"),
        pytest.param(PEER, "john~doe", "johndoe", id="a tilde"),
        pytest.param(PEER, "john\u00b4doe", "johndoe", id="an accent by itself"),
        pytest.param(PEER, " john# $%&()+_^ ", "john_", id="signs"),
        pytest.param(PEER, "JOHNdóé ", "johnd", id="letters with accents"),
        pytest.param(
            PEER,
            "john.,:;-_/|\\ñÑ[]A_X-,D {} ~!@#$%^&*()_+ ?><[] ščřžžý ?ýá?ý??doe ",
            "john.-_a_x-d@_doe",
            id="everything at once",
        ),
        pytest.param(MOODLE, "José", "jose", id="accents are transliterated (D6)"),
        pytest.param(MOODLE, "ÉMILE", "emile", id="capitals too"),
        pytest.param(MOODLE, "E\u0301mile", "emile", id="decomposed too"),
        pytest.param(MOODLE, "Łukasz.Żółć", "lukasz.zolc", id="letters that no decomposition helps"),
        pytest.param(MOODLE, "Straße", "strasse", id="one letter becomes two"),
        pytest.param(MOODLE, "Владимир", "vladimir", id="Cyrillic"),
        pytest.param(MOODLE, "李小龙", "lixiaolong", id="Han"),
        pytest.param(MOODLE, "O\u2019Neil🎉", "oneil", id="signs are not spelt out"),
        pytest.param(EXTENDED, "Joh N\u00b4doe", "joh n\u00b4doe", id="extended: any character stays"),
        pytest.param(EXTENDED, "ИВАНОВ", "иванов", id="extended: lower case in every script"),
        pytest.param(EXTENDED, "a\u200bb \u00a0c", "ab c", id="extended: nothing that nobody sees"),
        pytest.param(AS_GIVEN, "JDoe", "JDoe", id="as given: case stays"),
        pytest.param(Spelling(lower=False), "JDoe+Élan", "JDoeElan", id="case can stay with fewer characters too"),
        pytest.param(MOODLE, "%-l", "-l", id="a cell is not a pattern (EC-16)"),
    ],
)
def test_it_spells_usernames(spelling: Spelling, cell: str, result: str) -> None:
    assert spelt(cell, spelling=spelling) == result


@pytest.mark.spec("EC-18")
@pytest.mark.parametrize(
    ("language", "name", "result"),
    [
        ("", "Jörg Weiß", "joergweiss"),
        ("", "ÖZ", "oez"),
        ("", "Å. Sørensen Æbelø", "aa.soerensenaebeloe"),
        ("", "Владимир José", "vladimirjose"),
        ("de", "Müller", "mueller"),
        ("de_at", "Mu\u0308ller", "mueller"),
        ("de", "Håkon", "hakon"),
        ("da", "Åse Bjørn Müller", "aasebjoernmuller"),
        ("nb", "Ødegård", "oedegaard"),
        ("sv", "Åsa Öström", "asaostrom"),
        ("fi", "Yrjö Mäkelä", "yrjomakela"),
        ("is", "Þórður", "thordur"),
        ("tr", "Işık Gökçe", "isikgokce"),
        ("hu", "Győző Üröm", "gyozourom"),
        ("hr", "Đurđa Žižić", "djurdjazizic"),
        ("sr", "Живко Ћосић", "zivkocosic"),
        ("uk", "Григорій", "hryhoriy"),
        ("bg", "Щерев Ъглов", "shterevaglov"),
        ("es", "Güell Núñez", "guellnunez"),
    ],
)
def test_letters_are_written_as_their_language_does(language: str, name: str, result: str) -> None:
    assert spelt(name, spelling=Spelling(language=language)) == result


@pytest.mark.parametrize(
    ("spelling", "cell", "value", "notes"),
    [
        pytest.param(MOODLE, "jdoe", "jdoe", [], id="nothing to say"),
        pytest.param(MOODLE, "", "", [], id="nor about a blank"),
        pytest.param(MOODLE, "0", "0", [], id="0 is a username"),
        pytest.param(MOODLE, "JDoe", "jdoe", [("username_cleaned", "jdoe")], id="changed"),
        pytest.param(MOODLE, "?!", None, [("username_nothing_left", None)], id="nothing left"),
        pytest.param(PEER, "李小龙", None, [("username_nothing_left", None)], id="nor of letters that are removed"),
        pytest.param(MOODLE, "Guest", None, [("username_reserved", None)], id="reserved, in any case"),
        pytest.param(AS_GIVEN, "GUEST", None, [("username_reserved", None)], id="even where case is kept"),
        pytest.param(EXTENDED, "john doe", "john doe", [("username_blank_inside", None)], id="a blank inside"),
        pytest.param(AS_GIVEN, "J Doe", "J Doe", [("username_blank_inside", None)], id="even as given"),
        pytest.param(AS_GIVEN, "a\u200bb", None, [("username_unclean", "ab")], id="unclean: invisible"),
        pytest.param(
            Spelling(standardise=False), "José", None, [("username_unclean", "jose")], id="unclean: what it would be"
        ),
        pytest.param(Spelling(standardise=False), "jose", "jose", [], id="clean by itself"),
    ],
)
@pytest.mark.spec("EC-19")
def test_it_reports_what_it_changed(spelling: Spelling, cell: str, value: str | None, notes: list[Note]) -> None:
    assert one(partial(username, spelling=spelling), cell=cell) == (value, notes)


def test_it_names_the_places() -> None:
    cells = column(["ann", "Bob", "", "guest", "José"])

    assert told(username(cells, spelling=MOODLE)) == (
        ["ann", "bob", "", None, "jose"],
        [
            (1, "username_cleaned", "Bob", "bob"),
            (3, "username_reserved", "guest", None),
            (4, "username_cleaned", "José", "jose"),
        ],
    )


names = st.text(max_size=10) | st.text(alphabet="aZ9.-_@ é\u0301李Щ\u200b", max_size=8)


@given(names)
def test_transliteration_leaves_only_ascii(name: str) -> None:
    assert latin(name).isascii()


@given(st.lists(names), st.sampled_from([MOODLE, PEER, EASYCAMPUS, EXTENDED, AS_GIVEN]))
def test_a_username_spelt_once_is_spelt_well(values: list[str], spelling: Spelling) -> None:
    once = spell(column(values), spelling=spelling)

    assert spell(once, spelling=spelling).to_list() == once.to_list()
