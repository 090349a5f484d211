import email_validator
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.core.clean import email, fold
from enlist.core.clean.email import accepted_at_once
from enlist.core.clean.text import hidden_characters
from tests.support.corpora import corpus_json

from .cleaning import column, one, told


def checked(address: str) -> str:
    """What the library makes of an address, "" where it is none."""
    try:
        return email_validator.validate_email(address, check_deliverability=False, allow_quoted_local=True).normalized
    except email_validator.EmailNotValidError:
        return ""


ADDRESSES = [
    pytest.param("ann@example.org", "ann@example.org", id="the usual"),
    pytest.param("Ann.O'Neil+list@example.org", "Ann.O'Neil+list@example.org", id="case before the @ stays"),
    pytest.param("ann@Mail.EXAMPLE.org", "ann@mail.example.org", id="after it there is none"),
    pytest.param("ann@my-school.example.org", "ann@my-school.example.org", id="a dash in a name"),
    pytest.param("josé@example.org", "josé@example.org", id="letters beyond ASCII (RFC 6531)"),
    pytest.param("e\u0301mile@example.org", "émile@example.org", id="composed"),
    pytest.param("ann@Münster.example.org", "ann@münster.example.org", id="a name beyond ASCII"),
    pytest.param("ann@xn--mnster-3ya.de", "ann@münster.de", id="the same, encoded"),
    pytest.param("用户@例子.广告", "用户@例子.广告", id="all of it in Chinese"),
    pytest.param("अजय@डाटा.भारत", "अजय@डाटा.भारत", id="in Devanagari"),
    pytest.param("θσερ@εχαμπλε.ψομ", "θσερ@εχαμπλε.ψομ", id="in Greek"),
    pytest.param("квіточка@пошта.укр", "квіточка@пошта.укр", id="in Cyrillic"),
    pytest.param('"ann lee"@example.org', '"ann lee"@example.org', id="quoted, with a blank"),
    pytest.param('"ann"@example.org', "ann@example.org", id="quoted without need"),
    pytest.param("", "", id="none at all"),
]


@pytest.mark.parametrize(("cell", "value"), ADDRESSES)
def test_it_takes_addresses(cell: str, value: str) -> None:
    assert one(email, cell=cell) == (value, [])


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param("ann", "must have an @-sign", id="no @"),
        pytest.param("ann@school", "should have a period", id="no domain of the net"),
        pytest.param("ann@school.test", "special-use or reserved", id="a domain that delivers nothing"),
        pytest.param("ann@ex--ample.org", "two letters followed by two dashes", id="a malformed encoded name"),
        pytest.param("ann\u200b@example.org", "U+200B", id="a zero-width space"),
        pytest.param("ann@exam\u00adple.org", "U+00AD", id="a soft hyphen in the domain"),
        pytest.param("ann@example\u2060.org", "U+2060", id="a word joiner"),
        pytest.param('"ann\\é"@example.org', "backslash", id="a letter behind a backslash"),
        pytest.param("ann\u3164@example.org", "U+3164", id="a filler, which the library takes for a letter"),
        pytest.param("a" * 300 + "@example.org", "more than 254 characters", id="longer than any address"),
        pytest.param("a@" + "b" * 64 + ".org", "too many", id="a name in it longer than names may be"),
    ],
)
def test_it_refuses_invalid_addresses_with_a_reason(cell: str, reason: str) -> None:
    value, [(code, detail)] = one(email, cell=cell)

    assert (value, code, reason in str(detail)) == (None, "email_bad", True)


def test_it_names_the_places_of_bad_addresses() -> None:
    cells = column(["ann@example.org", "bad", "", "Bob@EXAMPLE.org", "josé@example.org", "bad"])
    no_at = "An email address must have an @-sign."

    assert told(email(cells)) == (
        ["ann@example.org", None, "", "Bob@example.org", "josé@example.org", None],
        [(1, "email_bad", "bad", no_at), (5, "email_bad", "bad", no_at)],
    )


addresses = st.lists(
    st.from_regex(r"[a-zA-Z0-9.+'_-]{1,8}@[a-zA-Z0-9.-]{1,12}\.(org|test|local|X|c1|[a-z]{1,3})", fullmatch=True)
    | st.emails()
    | st.text(alphabet="aB1.-@_+ \u200bé", max_size=12)
)


@given(addresses)
def test_the_expression_accepts_only_what_the_library_accepts(values: list[str]) -> None:
    accepted = column(values).filter(accepted_at_once(column(values))).to_list()

    assert [fold(checked(address)) for address in accepted] == [fold(address) for address in accepted]


@given(addresses)
def test_a_column_is_judged_as_the_library_judges_each_address(values: list[str]) -> None:
    shown = [value for value in values if value and hidden_characters(value) is None]
    cleaned = email(column(shown))
    unwrapped = cleaned.notes.filter(pl.col("code") == "email_unwrapped").get_column("at").to_list()
    judged = [fold(value or "") for at, value in enumerate(cleaned.values) if at not in unwrapped]

    assert judged == [fold(checked(value)) for at, value in enumerate(shown) if at not in unwrapped]


@given(addresses)
def test_a_clean_address_is_clean(values: list[str]) -> None:
    once = email(column(values)).values.drop_nulls()

    assert told(email(once)) == (once.to_list(), [])


def test_it_judges_the_collection_of_isemail_as_its_makers_do() -> None:
    cases = corpus_json("email/package/test/tests.json")
    judged = email(column([address for address, _ in cases])).values.is_not_null()
    verdicts = [diagnosis[:3] for _, diagnosis in cases]
    invalid = [address for (address, _), kind in zip(cases, verdicts, strict=True) if kind == "err" and address]
    usual = [address for address, diagnosis in cases if diagnosis.startswith(("valid", "dns", "rfc5321"))]
    accepted = dict(zip((address for address, _ in cases), judged, strict=True))

    assert [address for address in invalid if accepted[address]] == []
    assert (len(invalid), len(usual)) == (75, 37)
    assert sum(accepted[address] for address in usual) >= 25
