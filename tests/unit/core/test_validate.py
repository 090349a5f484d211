from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from enlist.core.directory.directory import ProfileField, Reference
from enlist.core.errors import PolicyError
from enlist.core.flags.flags import collect, flag, no_flags
from enlist.core.headers.match import match_headers
from enlist.core.policy import Policy
from enlist.core.rows.check import check
from enlist.core.rows.cleaners import settle
from enlist.core.rows.rows import Rows
from enlist.core.table.table import Source, Table

SOURCE = Source(name="people.csv", sha256="", encoding="utf-8", delimiter=",", header_line=1, road="fast")
HOUSE = ProfileField(id=1, shortname="house", name="House", kind="choice", options=("Red", "Green"))
REFERENCE = Reference(profile_fields=(HOUSE, ProfileField(id=2, shortname="motto", name="Motto")))

Flags = list[tuple[int | None, str | None, str | None, str, str | None, str | None]]


NAMES = {"firstname": ["A", "B", "C", "D"], "lastname": ["N", "O", "P", "Q"]}


def table(columns: Mapping[str, Sequence[str]], *, flags: pl.DataFrame | None = None) -> Table:
    """A table as read from a file whose header is its first line."""
    frame = pl.DataFrame(dict(columns), schema=dict.fromkeys(columns, pl.String()))
    lines = pl.int_range(2, frame.height + 2, eager=True)
    return Table(frame=frame, lines=lines, source=SOURCE, flags=no_flags() if flags is None else flags)


def checked(given: Table | Mapping[str, Sequence[str]], *, reference: Reference = REFERENCE, **settings: Any) -> Rows:
    """The Rows of a table under the careful policy with some settings changed."""
    policy = Policy().replace(**settings)
    sheet = given if isinstance(given, Table) else table(given)
    headers = match_headers(sheet, reference=reference)
    return check(sheet, headers, policy=policy, reference=reference)


def values(rows: Rows, *slugs: str) -> list[tuple[Any, ...]]:
    return list(rows.frame.select(slugs).rows())


def flags(rows: Rows) -> Flags:
    """Row, header, slug, code, value and detail of every flag."""
    return list(rows.flags.select("row", "column", "field", "code", "value", "detail").rows())


def test_it_cleans_every_column_and_keeps_their_place() -> None:
    rows = checked(
        {
            "Login": ["JDoe", "ann"],
            "Surname": ["Doe ", "Née"],
            "course1": ["BIO7", ""],
            "group1": ["7a", ""],
            "Country": ["germany", "FR"],
            "E-Mail": ["J.Doe@Example.ORG", ""],
            "House": ["red", ""],
        }
    )

    assert_frame_equal(
        rows.frame,
        pl.DataFrame(
            {
                "row": [0, 1],
                "line": [2, 3],
                "failed": [False, False],
                "username": ["jdoe", "ann"],
                "lastname": ["Doe", "Née"],
                "course1": ["BIO7", None],
                "group1": ["7a", None],
                "country": ["DE", "FR"],
                "email": ["J.Doe@example.org", None],
                "profile_field_house": ["Red", None],
                "username_key": ["jdoe", "ann"],
                "email_key": ["j.doe@example.org", None],
            }
        ),
    )
    assert flags(rows) == [
        (0, "Login", "username", "username_cleaned", "JDoe", "jdoe"),
        (0, "House", "profile_field_house", "choice_spelled", "red", "Red"),
    ]
    assert rows.headers == {
        "username": "Login",
        "lastname": "Surname",
        "course1": "course1",
        "group1": "group1",
        "country": "Country",
        "email": "E-Mail",
        "profile_field_house": "House",
    }
    assert rows.courses == ("1",)


def test_it_flags_with_the_line_and_the_column_of_the_file() -> None:
    rows = checked({"user name": ["ann", "bob", "eve"], "mail": ["ann@example.org", "bob", "eve@example.org"]})

    assert rows.flags.rows() == [
        (1, 3, "mail", "email", "email_bad", "bob", "An email address must have an @-sign."),
    ]
    assert values(rows, "failed", "username", "email", "email_key") == [
        (False, "ann", "ann@example.org", "ann@example.org"),
        (True, "bob", None, None),
        (False, "eve", "eve@example.org", "eve@example.org"),
    ]


def test_a_bad_cell_that_fails_no_row_is_left_out() -> None:
    rows = checked({"username": ["ann"], "country": ["Atlantis"], "timezone": ["Mars"], "house": ["Mauve"]})

    assert values(rows, "failed", "country", "timezone", "profile_field_house") == [(False, None, None, None)]
    assert [row[3] for row in flags(rows)] == ["country_unknown", "timezone_unknown", "choice_unknown"]


def test_a_row_that_failed_in_the_reader_stays_failed() -> None:
    torn = flag("row_long", value="9", detail="1", line=3).with_columns(row=pl.lit(1, pl.Int64))
    rows = checked(table({"username": ["ann", "bob"]}, flags=torn))

    assert values(rows, "username", "failed") == [("ann", False), ("bob", True)]
    assert_frame_equal(rows.flags, torn)


@pytest.mark.parametrize(
    ("header", "limit"),
    [
        pytest.param("username", 100, id="a username"),
        pytest.param("firstname", 100, id="a name"),
        pytest.param("city", 120, id="a city"),
        pytest.param("institution", 255, id="an institution"),
        pytest.param("description", 10_000, id="a long text"),
        pytest.param("profile_field_motto", 2048, id="a profile field"),
        pytest.param("course1", 254, id="a course"),
    ],
)
def test_it_refuses_what_is_too_long_and_takes_what_just_fits(header: str, limit: int) -> None:
    rows = checked({"idnumber": ["1", "2"], header: ["x" * limit, "x" * (limit + 1)]}, match_by=["idnumber"])
    shown = "x" * min(limit + 1, 300) + "…" * (limit >= 300)

    assert values(rows, header, "failed") == [("x" * limit, False), (None, True)]
    assert flags(rows) == [(1, header, header, "too_long", shown, str(limit))]


def test_length_is_counted_in_characters() -> None:
    rows = checked({"username": ["ann"], "firstname": ["李" * 100]})

    assert values(rows, "firstname", "failed") == [("李" * 100, False)]


def test_a_blank_has_no_effect() -> None:
    rows = checked({"username": ["ann"], "city": [""], "country": [""], "house": [""], "email": [""]})

    assert values(rows, "city", "country", "profile_field_house", "email", "email_key") == [(None,) * 5]


def test_a_blank_can_be_meant() -> None:
    rows = checked(
        {"username": ["ann"], "city": [""], "country": [""], "house": [""], "email": [""]}, blank_cell="literal"
    )

    assert values(rows, "city", "country", "profile_field_house", "email", "email_key") == [("",) * 5]


@pytest.mark.spec("EC-14", "EC-16", "EC-18")
def test_it_makes_usernames_where_the_file_has_none() -> None:
    rows = checked(
        {
            "username": ["", "%-l", "", ""],
            "firstname": ["John", "Ann", "José", "李"],
            "lastname": ["Doe", "Lee", "O'Neil", "小龙"],
        },
        username_from="%-1f%-l",
    )

    assert values(rows, "username", "username_key") == [
        ("jdoe", "jdoe"),
        ("-l", "-l"),
        ("joneil", "joneil"),
        ("lixiaolong", "lixiaolong"),
    ]
    assert flags(rows) == [(1, "username", "username", "username_cleaned", "%-l", "-l")]


@pytest.mark.spec("EC-18", "EC-19")
@pytest.mark.parametrize(
    ("characters", "username", "codes"),
    [
        pytest.param("letters_digits_dash_dot", "johnjr.doe", [], id="the article's characters"),
        pytest.param("moodle", "johnjr._doe", [], id="the current ones"),
        pytest.param("extended", "john jr._doe", ["username_blank_inside"], id="all of them"),
    ],
)
def test_made_usernames_are_spelt_like_others(characters: str, username: str, codes: list[str]) -> None:
    rows = checked(
        {"firstname": ["John Jr."], "lastname": ["Doe"]}, username_from="%-f_%-l", username_characters=characters
    )

    assert values(rows, "username", "failed") == [(username, False)]
    assert [row[3] for row in flags(rows)] == codes


@pytest.mark.parametrize(
    ("defaults", "username"), [({}, "joemueller"), ({"lang": "de"}, "joemueller"), ({"lang": "sv"}, "jomuller")]
)
def test_usernames_are_made_as_the_organisations_language_writes_them(defaults: dict[str, str], username: str) -> None:
    cells = {"firstname": ["Jörg", ""], "lastname": ["Müller", ""], "username": ["", "Böse"]}

    rows = checked(cells, username_from="%-2f%-l", username_accents="by_language", defaults=defaults)

    other = "bose" if defaults.get("lang") == "sv" else "boese"
    assert [name for name, _ in values(rows, "username", "failed")] == [username, other]


def test_a_username_cannot_be_made_of_a_name_that_is_missing() -> None:
    rows = checked({"firstname": ["John", "", ""], "lastname": ["", "Doe", ""]}, username_from="%-1f%-l")

    assert values(rows, "username", "failed") == [(None, True)] * 3
    assert flags(rows) == [
        (0, "lastname", "lastname", "lastname_missing", None, None),
        (1, "firstname", "firstname", "firstname_missing", None, None),
        (2, "firstname", "firstname", "firstname_missing", None, None),
        (2, "lastname", "lastname", "lastname_missing", None, None),
    ]


def test_a_made_username_of_which_nothing_is_left_fails_its_row() -> None:
    rows = checked({"firstname": ["李"], "lastname": ["小龙"]}, username_from="%f%l", username_accents="remove")

    assert flags(rows) == [(0, None, "username", "username_nothing_left", "李小龙", None)]
    assert values(rows, "username", "failed") == [(None, True)]


def test_a_generated_username_is_marked_so_that_nobody_is_matched_by_it() -> None:
    cells = {"username": ["ann", ""], "firstname": ["Ann", "John"], "lastname": ["Lee", "Doe"]}
    rows = checked(cells, username_from="%-1f%-l", existing_people="update")

    assert values(rows, "username", "username_made") == [("ann", None), ("jdoe", "1")]
    assert "username_made" not in checked(cells, username_from="%-1f%-l", existing_people="counter").frame.columns


def test_a_blank_that_is_meant_is_not_filled() -> None:
    rows = checked(
        {"username": [""], "firstname": ["John"], "lastname": ["Doe"]}, username_from="%f", blank_cell="literal"
    )

    assert values(rows, "username", "failed") == [("", True)]


def test_a_username_can_be_the_address() -> None:
    rows = checked(
        {"email": ["Ann@Example.org", "bad", ""]},
        username_from="email",
        username_characters="extended",
        match_by=["email"],
    )

    assert values(rows, "username", "failed") == [("ann@example.org", False), (None, True), (None, True)]
    assert [row[3] for row in flags(rows)] == ["email_bad", "key_missing"]


def test_an_address_never_loses_characters_on_becoming_a_username() -> None:
    """Without its + it would be another person's."""
    rows = checked({"email": ["ann+b@example.org"]}, username_from="email", match_by=["email"])

    assert flags(rows) == [
        (0, None, "username", "username_unclean", "ann+b@example.org", "annb@example.org"),
    ]


@pytest.mark.parametrize(
    ("match_by", "row", "expected"),
    [
        pytest.param(["username"], ("", "a@example.org"), ["username_missing"], id="no username"),
        pytest.param(["email"], ("ann", ""), ["key_missing"], id="no address"),
        pytest.param(["email", "username"], ("ann", ""), [], id="one of two is enough"),
        pytest.param(["email", "username"], ("", ""), ["key_missing"], id="neither"),
        pytest.param(["username"], ("?", "a@example.org"), ["username_nothing_left"], id="a bad one is not missing"),
        pytest.param(["email"], ("ann", "bad"), ["email_bad"], id="nor is a bad address"),
        pytest.param(["idnumber"], ("ann", ""), ["key_missing"], id="a key that has no column"),
        pytest.param(["username"], ("0", ""), ["username_missing"], id="0 counts as blank, as in the peer"),
    ],
)
def test_a_row_must_name_somebody(match_by: list[str], row: tuple[str, str], expected: list[str]) -> None:
    rows = checked({"username": [row[0]], "email": [row[1]]}, match_by=match_by)

    assert [each[3] for each in flags(rows)] == expected
    assert values(rows, "failed") == [(bool(expected),)]


def test_it_names_all_keys_that_would_do() -> None:
    rows = checked({"Login": [""], "Mail": [""]}, match_by=["email", "username"])

    assert flags(rows) == [(0, "Mail", "email", "key_missing", None, "e-mail, username")]


def test_a_whole_name_beside_a_first_name_gives_the_last_name() -> None:
    rows = checked({
        "username": ["ab", "ow"], "First name": ["Anna Maria", "Otto"],
        "Name": ["Anna Maria Garcia Lopez", "Wald, Otto"],
    })  # fmt: skip

    assert values(rows, "firstname", "lastname") == [("Anna Maria", "Garcia Lopez"), ("Otto", "Wald")]
    assert flags(rows) == []


def test_a_key_that_a_spreadsheet_shortened_fails_its_row() -> None:
    flagged = [{"row": row, "line": row + 2, "column": column, "code": "number_shortened", "value": "1.2E+11"}
               for row, column in ((0, "username"), (1, "Student ID"), (2, "Phone"))]  # fmt: skip
    cells = {"username": ["1.2E+11", "bob", "eve"], "Student ID": ["", "1.2E+11", ""], "Phone": ["", "", "1.2E+11"]}

    rows = checked(table(cells, flags=collect(pl.DataFrame(flagged))))

    assert rows.frame.get_column("failed").to_list() == [True, True, False]
    assert rows.flags.filter(pl.col("code").str.ends_with("shortened")).get_column("code").to_list() == [
        "key_shortened", "key_shortened", "number_shortened",
    ]  # fmt: skip


def test_text_that_was_converted_wrongly_is_told_before_it_is_cleaned() -> None:
    rows = checked({"username": ["lc"], "lastname": ["LetÃ\xadcia"], "department": ["R&amp;D"]})

    told = [(column, code, detail) for _, column, _, code, _, detail in flags(rows) if code.startswith("text_")]
    assert told == [("lastname", "text_twice", "Letícia"), ("department", "text_entities", "R&D")]


@pytest.mark.spec("IC-18")
def test_columns_left_out_are_not_applied() -> None:
    rows = checked({"username": ["ann"], "City": ["Perth"]}, columns_left_out=["City"])

    assert rows.frame.columns == ["row", "line", "failed", "username", "username_key"]
    assert flags(rows) == [(None, None, None, "column_left_out", "City", None)]


@pytest.mark.spec("IC-29")
def test_fixed_values_hold_for_everybody() -> None:
    rows = checked(
        {"username": ["ann", "bob"], "City": ["Perth", ""]},
        fixed_values={"city": "Brno", "country": "czechia", "profile_field_house": "green"},
    )

    assert values(rows, "city", "country", "profile_field_house") == [("Brno", "CZ", "Green")] * 2
    assert flags(rows) == [(None, None, None, "column_overruled", "City", "Brno")]


@pytest.mark.parametrize("setting", ["fixed_values", "defaults"])
@pytest.mark.parametrize(
    ("slug", "value", "sentence"),
    [
        pytest.param("country", "Atlantis", "“Atlantis” isn't a recognised country", id="no country"),
        pytest.param("profile_field_house", "Mauve", "isn't an option of", id="no option"),
        pytest.param("profile_field_none", "x", "There is no profile field none.", id="no field"),
        pytest.param("city", "x" * 121, "is longer than the 120 characters", id="too long"),
    ],
)
def test_it_refuses_settings_that_no_cell_could_have(setting: str, slug: str, value: str, sentence: str) -> None:
    settings: dict[str, Any] = {setting: {slug: value}}

    with pytest.raises(PolicyError, match=sentence):
        checked({"username": ["ann"]}, **settings)


def test_it_refuses_what_the_organisation_does_not_allow() -> None:
    policy = Policy().replace(same_email="allow")

    with pytest.raises(PolicyError) as refused:
        settle(policy, reference=replace(REFERENCE, shared_email=False))

    assert str(refused.value) == (
        "same_email = allow lets people share an address, which this organisation doesn't allow. "
        "Set same_email = refuse, or ask an owner to let people share addresses."
    )
    assert settle(policy, reference=replace(REFERENCE, shared_email=True)) == policy


def test_a_warning_about_shared_addresses_is_an_error_where_nobody_shares_one() -> None:
    policy = Policy().replace(same_email="warn")

    kept = [settle(policy, reference=replace(REFERENCE, shared_email=shared)).same_email for shared in (True, False)]

    assert kept == ["warn", "refuse"]


def test_settings_are_settled_as_cells_are_and_only_once() -> None:
    policy = Policy().replace(
        defaults={"country": "germany", "city": "100%% Perth", "url": "https://example.org/~%u", "lang": "pt-BR"},
        fixed_values={"timezone": "europe/paris", "profile_field_house": "RED"},
    )
    settled = settle(policy, reference=REFERENCE)

    assert dict(settled.defaults) == {
        "country": "DE", "city": "100%% Perth", "url": "https://example.org/~%u", "lang": "pt_br"
    }  # fmt: skip
    assert dict(settled.fixed_values) == {"timezone": "Europe/Paris", "profile_field_house": "Red"}
    assert settle(settled, reference=REFERENCE) == settled


def test_it_reads_roles_in_the_usual_words() -> None:
    rows = checked({"username": ["ann", "bob"], "role": ["Teacher", "king"]}, site_role="column")

    assert values(rows, "site_role", "failed") == [("instructor", False), (None, True)]
    assert [row[3:5] for row in flags(rows)] == [("site_role_unknown", "king")]


def test_a_word_that_is_no_role_fails_nobody_where_the_policy_gives_the_role() -> None:
    rows = checked({"username": ["ann", "bob"], "role": ["Teacher", "king"]}, site_role="learner")

    assert values(rows, "site_role", "failed") == [("instructor", False), (None, False)]
    assert [row[3:5] for row in flags(rows)] == [("not_allowed", "king")]


def test_a_table_without_rows_is_no_trouble() -> None:
    rows = checked({"username": [], "email": [], "country": []}, username_from="%f")

    assert rows.frame.height == 0
    assert_frame_equal(rows.flags, no_flags())


CELLS = {
    "username": ["", "ann", "José", "guest", "?"],
    "firstname": ["", "Ann", "Zoë\u200b", "A  B"],
    "lastname": ["", "Lee", "李", "x" * 101],
    "email": ["", "ann@example.org", "bad", "É@example.org", "A@X.ORG"],
    "country": ["", "DE", "germany", "Atlantis"],
    "house": ["", "Red", "GREEN", "Mauve"],
    "course1": ["", "BIO7"],
}
ROWS = st.lists(st.tuples(*(st.sampled_from(cells) for cells in CELLS.values())), min_size=1, max_size=12)
SETTINGS = st.fixed_dictionaries(
    {
        "blank_cell": st.sampled_from(["missing", "literal"]),
        "username_from": st.sampled_from(["", "%-1f%-l"]),
        "match_by": st.sampled_from([["username"], ["email", "username"]]),
        "unknown_choice": st.sampled_from(["error", "first_option"]),
        "fixed_values": st.sampled_from([{}, {"city": "Brno"}]),
    }
)


@given(rows=ROWS, settings=SETTINGS, cuts=st.lists(st.integers(0, 12), max_size=3))
def test_parts_put_together_are_the_whole(
    rows: list[tuple[str, ...]], settings: dict[str, Any], cuts: list[int]
) -> None:
    torn = collect(
        flag("encoding_guessed", value="cp1252"),
        flag("row_long", value="9", detail="7", line=2).with_columns(row=pl.lit(0, pl.Int64)),
    )
    columns = dict(zip(CELLS, map(list, zip(*rows, strict=True)), strict=True))
    whole = table({**columns, "mystery": ["?"] * len(rows)}, flags=torn)
    edges = sorted({0, *(cut for cut in cuts if cut < len(rows)), len(rows)})

    headers, policy = match_headers(whole, reference=REFERENCE), Policy().replace(**settings)
    slices = [whole.slice(start, end - start) for start, end in pairwise(edges)]
    parts = [check(each, headers, policy=policy, reference=REFERENCE) for each in slices]
    combined = checked(whole, **settings)

    assert_frame_equal(pl.concat([part.frame for part in parts]), combined.frame)
    assert_frame_equal(collect(*(part.flags for part in parts)), combined.flags)
    assert {(part.courses, *part.headers.items()) for part in parts} == {(combined.courses, *combined.headers.items())}


@pytest.mark.spec("EC-06")
@pytest.mark.parametrize("header", ["deleted", "suspended"])
def test_it_fails_rows_whose_action_is_neither_yes_nor_no(header: str) -> None:
    cells = {"username": ["ann", "bob", "cyd", "dee"], **NAMES, header: ["Yes", "FALSE", "", "maybe"]}
    rows = checked({name: column[:4] for name, column in cells.items()})

    assert values(rows, "username", header, "failed") == [
        ("ann", "1", False), ("bob", "0", False), ("cyd", None, False), ("dee", None, True),
    ]  # fmt: skip
    assert flags(rows) == [(3, header, header, "action_unclear", "maybe", None)]


def test_it_fails_rows_about_people_of_another_host() -> None:
    rows = checked(
        {"username": ["ann", "bob"], "firstname": ["A", "B"], "lastname": ["N", "O"], "mnethostid": ["7", "1"]}
    )

    assert values(rows, "username", "failed") == [("ann", True), ("bob", False)]
    assert flags(rows)[1:] == [(0, "mnethostid", None, "host_not_handled", "7", None)]


@pytest.mark.spec("EC-26")
@pytest.mark.parametrize(("existing_people", "fails"), [("skip", True), ("update", False)])
def test_rows_that_only_add_people_need_both_names(existing_people: str, fails: bool) -> None:
    """Whether people exist is unknown before the rows are looked up."""
    rows = checked({"username": ["ann"], "firstname": [""], "lastname": ["N"]}, existing_people=existing_people)

    assert values(rows, "username", "failed") == [("ann", fails)]
    assert [code for *_, code, _, _ in flags(rows)] == ["firstname_missing"] * fails
