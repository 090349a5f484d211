import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.policy.patterns import expand, expression, references, title_case

JOHN = {"first": "John", "last": "Doe", "user": "jdoe"}

EXAMPLES = [
    pytest.param("%l%f", "DoeJohn", id="letters name the last and the first name"),
    pytest.param("%l%1f", "DoeJ", id="a number needs no sign"),
    pytest.param("%-l%+f", "doeJOHN", id="signs change the case"),
    pytest.param("%-f_%-l", "john_doe", id="plain text stays"),
    pytest.param("%-1f%-l", "jdoe", id="sign and number combine"),
    pytest.param("%1f%-l", "Jdoe", id="a number alone keeps the case"),
    pytest.param("%-2f", "jo", id="the first two characters"),
    pytest.param("%-12f", "john", id="the whole number counts, not its last digit"),
    pytest.param("%-10f", "john", id="ten is not zero"),
    pytest.param("%-0f", "john", id="zero keeps everything"),
    pytest.param("%" + "0" * 5000 + "2f", "Jo", id="any number of leading zeros"),
    pytest.param("%" + "9" * 5000 + "f", "John", id="a number of any size"),
    pytest.param("%+1f%+1l", "JD", id="initials"),
    pytest.param("%~3f", "Joh", id="title case, then cut"),
    pytest.param("%f.%l", "John.Doe", id="a dot has no meaning"),
    pytest.param("%fl", "Johnl", id="the code ends at its letter"),
    pytest.param("a%f%lb", "aJohnDoeb", id="codes between text"),
    pytest.param("%f%", "John%", id="a stray percent sign at the end"),
    pytest.param("%%", "%", id="a percent sign"),
    pytest.param("%%u", "%u", id="a percent sign, then a letter"),
    pytest.param("%%%u", "%jdoe", id="a percent sign, then a code"),
    pytest.param("100%", "100%", id="a percent sign after a number"),
    pytest.param("%x, %F, %--f", "%x, %F, %--f", id="unknown codes stay"),
    pytest.param("%1-f %-", "%1-f %-", id="a sign after the number is not a code"),
    pytest.param("http://www.example.com/~%u/", "http://www.example.com/~jdoe/", id="a tilde outside a code"),
    pytest.param("%u@example.org", "jdoe@example.org", id="an address from the username"),
    pytest.param("Perth", "Perth", id="no code at all"),
    pytest.param("", "", id="nothing"),
]


def expanded(pattern: str, *, first: str | None, last: str | None, user: str | None) -> str:
    """One person's value out of the column expression."""
    people = pl.DataFrame(
        {"firstname": [first], "lastname": [last], "username": [user]}, schema_overrides={"firstname": pl.String}
    ).cast(pl.String)
    return str(people.with_columns(result=expression(pattern))["result"].item())


@pytest.mark.spec("EC-14", "EC-15")
@pytest.mark.parametrize(("pattern", "result"), EXAMPLES)
def test_it_follows_the_documented_grammar(pattern: str, result: str) -> None:
    assert (expand(pattern, **JOHN), expanded(pattern, **JOHN)) == (result, result)


@pytest.mark.spec("EC-15")
@pytest.mark.parametrize(
    ("pattern", "name", "result"),
    [
        pytest.param("%-l", "ÉMILE", "émile", id="accents have a lower case"),
        pytest.param("%+l", "ÉMILE", "ÉMILE", id="accents have an upper case"),
        pytest.param("%~l", "ÉMILE", "Émile", id="accents have a title case"),
        pytest.param("%+l", "straße", "STRASSE", id="one letter becomes two"),
        pytest.param("%+2l", "straße", "ST", id="the case comes before the cut"),
        pytest.param("%~l", "straße", "Straße", id="sharp s inside a word stays"),
        pytest.param("%~l", "mary-jane o'neil", "Mary-Jane O'neil", id="hyphens part words, apostrophes do not"),
        pytest.param("%~l", "o\u2019neil", "O\u2019neil", id="nor does the printer's apostrophe"),
        pytest.param("%~l", "van der BERG", "Van Der Berg", id="every word"),
        pytest.param("%~l", "ΟΔΥΣΣΕΥΣ", "Οδυσσευς", id="a final sigma has its own form"),
        pytest.param("%~l", "ǆemal", "ǅemal", id="a digraph has a title form"),
        pytest.param("%~l", "'t hooft", "'T Hooft", id="a leading apostrophe is passed over"),
        pytest.param("%-1l", "小龙", "小", id="a character, not a byte"),
        pytest.param("%+l%~l%-l", "小龙", "小龙小龙小龙", id="scripts without case stay"),
        pytest.param("%-l", "İbrahim", "i\u0307brahim", id="dotted i becomes two code points"),
        pytest.param("%1l", "E\u0301mile", "É", id="composed before the cut"),
        pytest.param("%-l", "Ა", "ა", id="Georgian"),
        pytest.param("%-l", "\U00010d50", "\U00010d50".lower(), id="letters newer than some Unicode tables"),
    ],
)
def test_it_knows_every_script(pattern: str, name: str, result: str) -> None:
    cell = {"first": "", "last": name, "user": ""}

    assert (expand(pattern, **cell), expanded(pattern, **cell)) == (result, result)


def test_it_takes_a_missing_name_for_the_empty_text() -> None:
    nobody: dict[str, str | None] = {"first": None, "last": None, "user": None}

    assert (expand("<%f%-l%~u>", **nobody), expanded("<%f%-l%~u>", **nobody)) == ("<>", "<>")


def test_it_keeps_blanks_inside_names() -> None:
    jr = {"first": "John Jr.", "last": "Doe", "user": ""}

    assert (expand("%-f_%-l", **jr), expanded("%-f_%-l", **jr)) == ("john jr._doe", "john jr._doe")


def test_it_does_not_expand_what_it_inserted() -> None:
    cell = {"first": "%l", "last": "Doe", "user": "%%"}

    assert (expand("%f%u", **cell), expanded("%f%u", **cell)) == ("%l%%", "%l%%")


def test_it_needs_only_the_columns_it_references() -> None:
    people = pl.DataFrame({"username": ["jdoe", "reznor"]})

    assert people.select(mail=expression("%u@example.org"))["mail"].to_list() == [
        "jdoe@example.org",
        "reznor@example.org",
    ]


def test_it_lists_the_letters_it_references() -> None:
    assert [references(pattern) for pattern in ("%-1f%~l", "%u", "%%u%F")] == [{"f", "l"}, {"u"}, set()]


def test_it_keeps_text_that_has_its_title_case() -> None:
    assert title_case("Mary-Jane O'neil") == "Mary-Jane O'neil"


patterns = st.lists(st.sampled_from([*"%%%%-+~0123flu@. aß", "%-1f", "%+l", "%~u"]), max_size=12).map("".join)
names = st.none() | st.text(max_size=12) | st.text(alphabet="aB'.-ßİΣσÉ\u0301\u2019ǆ小 %f", max_size=8)
people = st.lists(st.tuples(names, names, names), max_size=6)


@given(pattern=patterns, rows=people)
def test_the_column_expression_equals_expand(
    pattern: str, rows: list[tuple[str | None, str | None, str | None]]
) -> None:
    columns = pl.Schema({"firstname": pl.String, "lastname": pl.String, "username": pl.String})
    frame = pl.DataFrame(rows, schema=columns, orient="row")

    assert frame.with_columns(result=expression(pattern))["result"].to_list() == [
        expand(pattern, first=first, last=last, user=user) for first, last, user in rows
    ]
