from functools import partial

import pycountry
import pytest

from enlist.core.clean import boolean, choice, language, site_role, time_zone
from enlist.core.clean.code import TWO_LETTER_LANGUAGES

from .cleaning import Note, column, one, told


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param("en", "en", id="its code"),
        pytest.param("EN", "en", id="in any case"),
        pytest.param("pt-BR", "pt_br", id="with a region, as browsers write it"),
        pytest.param("pt_br", "pt_br", id="as it is stored"),
        pytest.param("zh-Hant-TW", "zh_hant_tw", id="with a script"),
        pytest.param("sr_lt", "sr_lt", id="with the peer's variants"),
        pytest.param("deu", "de", id="the longer code"),
        pytest.param("ger", "de", id="the libraries' code"),
        pytest.param("fil", "fil", id="a language that has no shorter code"),
        pytest.param("German", "de", id="the English name"),
        pytest.param("greek", "el", id="the name people use"),
        pytest.param("Deutsch", "de", id="its own name"),
        pytest.param("français", "fr", id="its own name with an accent"),
        pytest.param("Francais", "fr", id="and without"),
        pytest.param("Russisch", "ru", id="its German name"),
        pytest.param("русский", "ru", id="in its own letters"),
        pytest.param("", "", id="none"),
    ],
)
def test_it_knows_languages(cell: str, code: str) -> None:
    assert one(language, cell=cell) == (code, [])


def test_every_language_of_the_standard_is_known_by_its_codes() -> None:
    standard = list(pycountry.languages)
    short = [getattr(each, "alpha_2", None) for each in standard]
    stored = [code or each.alpha_3 for code, each in zip(short, standard, strict=True)]

    assert told(language(column([each.alpha_3 for each in standard]))) == (stored, [])
    assert frozenset(filter(None, short)) == TWO_LETTER_LANGUAGES


@pytest.mark.parametrize("cell", ["xx", "xx_de", "en_", "en_toolongvariant", "Klingonese", "e"])
def test_it_flags_what_is_no_language(cell: str) -> None:
    assert one(language, cell=cell) == (None, [("language_unknown", None)])


def test_it_offers_the_language_that_may_have_been_meant() -> None:
    assert one(language, cell="Germna") == (None, [("language_unknown", "de")])


@pytest.mark.parametrize(
    ("cell", "zone"),
    [
        pytest.param("Europe/Paris", "Europe/Paris", id="its name"),
        pytest.param("europe/paris", "Europe/Paris", id="in any case"),
        pytest.param("America/New York", "America/New_York", id="with blanks"),
        pytest.param("UTC", "UTC", id="the universal one"),
        pytest.param("99", "99", id="the server's"),
        pytest.param("5.5", "5.5", id="an offset"),
        pytest.param("+02.0", "2", id="written otherwise"),
        pytest.param("-13,0", "-13", id="the furthest, with a comma"),
        pytest.param("\u22123.5", "-3.5", id="with a true minus"),
        pytest.param("-0", "0", id="no offset"),
        pytest.param("", "", id="none"),
    ],
)
def test_it_knows_time_zones(cell: str, zone: str) -> None:
    assert one(time_zone, cell=cell) == (zone, [])


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        pytest.param("Paris", "Europe/Paris", id="a city"),
        pytest.param("new york", "America/New_York", id="a city of two words"),
        pytest.param("Europe/Pariss", "Europe/Paris", id="a slip of the pen"),
        *(pytest.param(cell, None) for cell in ("13.5", "-14", "5.25", "1.5h", "GMT+25", "Mars/Base")),
    ],
)
def test_it_flags_what_is_no_time_zone_and_offers_what_comes_near(cell: str, meant: str | None) -> None:
    assert one(time_zone, cell=cell) == (None, [("timezone_unknown", meant)])


@pytest.mark.parametrize("yes", ["yes", "JA", "Oui", "sí", "igen", "да", "はい", "1", "True"])
@pytest.mark.parametrize("no", ["no", "Nein", "NON", "nie", "нет", "いいえ", "0", "off"])
def test_it_knows_yes_and_no_in_many_languages(yes: str, no: str) -> None:
    assert told(boolean(column([yes, no, ""]))) == (["1", "0", ""], [])


def test_it_does_not_guess_at_what_is_neither_yes_nor_no() -> None:
    assert one(boolean, cell="perhaps") == (None, [("boolean_unknown", None)])


def test_it_knows_roles_by_our_words_and_the_usual_ones() -> None:
    cells = column(["Learner", "student", "TEACHER", "administrator", "", "king"])
    roles = "learner, parent, instructor, viewer, vendor_manager, manager, admin, owner"

    assert told(site_role(cells)) == (
        ["learner", "learner", "instructor", "admin", "", None],
        [(5, "site_role_unknown", "king", roles)],
    )


COLOURS = ("Red", "red", "Green", "Blue ish")


@pytest.mark.spec("NE-13", "NE-14")
@pytest.mark.parametrize(
    ("unknown", "cell", "value", "notes"),
    [
        pytest.param("error", "Red", "Red", [], id="exactly an option"),
        pytest.param("error", "red", "red", [], id="exactly another"),
        pytest.param("error", "GREEN", "Green", [("choice_spelled", "Green")], id="without case, where that means one"),
        pytest.param("error", "blue  ISH", "Blue ish", [("choice_spelled", "Blue ish")], id="nor doubled blanks"),
        pytest.param("error", "", "", [], id="a blank is not an unknown choice"),
        pytest.param("error", "RED", None, [("choice_unknown", "Red, red, Green, Blue ish")], id="two could be meant"),
        pytest.param("error", "mauve", None, [("choice_unknown", "Red, red, Green, Blue ish")], id="none is"),
        pytest.param("first_option", "mauve", "Red", [("choice_replaced", "Red")], id="replaced by the first"),
        pytest.param("first_option", "GREEN", "Green", [("choice_spelled", "Green")], id="nothing to replace"),
        pytest.param(
            "leave_unchanged", "mauve", None, [("choice_left", "Red, red, Green, Blue ish")], id="left as it is"
        ),
    ],
)
def test_it_reads_choices_as_the_policy_defines(unknown: str, cell: str, value: str | None, notes: list[Note]) -> None:
    assert one(partial(choice, options=COLOURS, unknown=unknown), cell=cell) == (value, notes)


@pytest.mark.spec("NE-14")
def test_the_first_option_may_be_empty() -> None:
    assert one(partial(choice, options=("", "A"), unknown="first_option"), cell="B") == (
        "",
        [("choice_replaced", "(blank)")],
    )


def test_a_field_without_options_replaces_nothing() -> None:
    assert one(partial(choice, options=(), unknown="first_option"), cell="B") == (None, [("choice_unknown", "")])


def test_it_names_some_of_many_options() -> None:
    numbers = tuple(str(number) for number in range(12))

    assert one(partial(choice, options=numbers, unknown="error"), cell="x") == (
        None,
        [("choice_unknown", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more")],
    )
