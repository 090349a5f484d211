"""What a file must have."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from enlist.core.errors import FileError, HeaderError
from enlist.core.flags.flags import no_flags
from enlist.core.headers.match import match_headers
from enlist.core.headers.requirements import require
from enlist.core.policy import Policy
from enlist.core.table.table import Source, Table


def asked(*headers: str, rows: int = 1, secrets: Sequence[str] = (), **settings: Any) -> None:
    frame = pl.DataFrame({header: ["x"] * rows for header in headers}, schema=dict.fromkeys(headers, pl.String))
    source = Source("people.csv", "ab", "utf-8", ",", 1, "fast")
    lines = pl.Series(range(2, 2 + rows), dtype=pl.Int64)
    table = Table(frame, lines, source, no_flags(), secrets=tuple(secrets))
    require(table, headers=match_headers(table), policy=Policy(**{"new_people": "skip", **settings}))


@pytest.mark.parametrize(
    ("headers", "settings"),
    [
        (["username"], {}),
        (["Login"], {}),  # another word for it
        (["firstname"], {"username_from": "%f"}),
        (["firstname"], {"username_from": "%f", "existing_people": "update"}),
        (["email"], {"match_by": ("username", "email")}),
    ],
)
def test_it_takes_a_file_whose_rows_can_name_people(headers: list[str], settings: dict[str, Any]) -> None:
    asked(*headers, **settings)


@pytest.mark.spec("EC-02")
def test_it_refuses_a_file_without_a_column_for_usernames() -> None:
    with pytest.raises(HeaderError) as refused:
        asked("firstname", "Shoe")

    assert str(refused.value) == (
        "people.csv has no column for username, so its rows can't be matched to people. "
        "Map one of its columns to username (firstname, Shoe), generate usernames (username_from = %-1f%-l), or match "
        "people by another field (match_by = email)."
    )


def test_it_asks_for_names_where_no_line_of_the_file_has_them() -> None:
    with pytest.raises(HeaderError) as refused:
        asked("Column 1", "Column 2")

    assert str(refused.value) == (
        "No line of people.csv names its columns. Name the columns, or say which line names them."
    )


def test_it_refuses_a_file_without_any_of_the_columns_people_are_found_by() -> None:
    with pytest.raises(HeaderError, match="no column for email or idnumber, so"):
        asked("username", match_by=("email", "idnumber"))


def test_it_refuses_a_file_of_which_the_column_people_are_found_by_is_left_out() -> None:
    with pytest.raises(HeaderError) as refused:
        asked("Login", "Shoe", columns_left_out=("Login",))

    assert str(refused.value) == (
        "people.csv has no column for username, because the settings leave it out. Take Login out of columns_left_out."
    )


def test_it_refuses_a_file_of_a_header_alone() -> None:
    with pytest.raises(FileError) as refused:
        asked("username", rows=0)

    assert str(refused.value) == "people.csv has a header but no rows. Add the rows, or choose another file."


@pytest.mark.spec("EC-02", "EC-26")
@pytest.mark.parametrize(
    ("headers", "settings", "lacking"),
    [
        (["username"], {}, ["firstname", "lastname", "email"]),
        (["username", "firstname", "lastname"], {}, ["email"]),
        (["username", "firstname", "lastname"], {"defaults": {"email": "%u@example.org"}}, []),
        (["username"], {"existing_people": "update"}, ["firstname", "lastname", "email"]),
        (["username"], {"existing_people": "update", "new_people": "skip"}, []),
    ],
)
def test_who_creates_people_needs_their_names_and_addresses(
    headers: list[str], settings: dict[str, Any], lacking: list[str]
) -> None:
    settings = {"new_people": "create", **settings}
    if not lacking:
        asked(*headers, **settings)
        return

    with pytest.raises(HeaderError) as refused:
        asked(*headers, **settings)

    assert f" New people need {', '.join(lacking)}, and no column has " in str(refused.value)


def test_of_very_many_columns_the_first_are_named() -> None:
    with pytest.raises(HeaderError) as refused:
        asked(*(f"c{number}" for number in range(300)))

    assert f" username ({', '.join(f'c{number}' for number in range(20))}, and 280 more)," in str(refused.value)


def test_passwords_that_come_from_the_file_need_their_column() -> None:
    whole = ["username", "firstname", "lastname", "email"]
    asked(*whole, secrets=["Password"], new_people="create", passwords=("column",))

    with pytest.raises(HeaderError, match="passwords = column needs a column for password"):
        asked(*whole, new_people="create", passwords=("column",))
    with pytest.raises(HeaderError, match="existing_passwords = from_file needs a column for password"):
        asked("username", existing_passwords="from_file")
