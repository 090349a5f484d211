"""Passwords in the reader: sealed if the caller can, otherwise not read at all."""

from dataclasses import replace

import polars as pl
import pytest

from enlist.core.headers.match import match_headers
from enlist.core.table.table import Table
from enlist.formats import ReadOptions, read

SEAL = ReadOptions(seal=lambda cells: cells.str.reverse())
TEXT = 'username,Password,city\nann,"Corr3ct-Horse",Bern\nbob,,Graz\ncat, hunter2 ,Linz\n'
# Quoting that only the careful road reads.
ODD = TEXT.replace("cat", 'c"at"')


@pytest.mark.parametrize("text", [TEXT, ODD.replace("\n", "\r\n"), TEXT.replace("\n", "\r")])
def test_they_are_sealed_trimmed_and_beside_the_table(text: str) -> None:
    table = read(text.encode(), options=SEAL)

    assert table.headers == ("username", "city")
    assert table.sealed.rows() == [(2, False, "esroH-tc3rroC"), (4, True, "2retnuh")]
    assert "secret_not_handled" not in table.flags.get_column("code").to_list()


def test_without_a_seal_they_are_not_read() -> None:
    table = read(TEXT.encode())

    assert (table.headers, table.sealed.height) == (("username", "city"), 0)
    assert table.flags.get_column("code").to_list() == ["secret_not_handled"]


@pytest.mark.parametrize(
    "header",
    ["Pasword", "Initial passwords", "password,pwd"],
)
def test_what_may_be_no_password_or_which_one_nobody_knows_is_left_out(header: str) -> None:
    more = ",other" if "," in header else ""
    table = read(f"username,{header},city\nann,secret{more},Bern\n".encode(), options=SEAL)

    assert (table.headers, table.sealed.height) == (("username", "city"), 0)
    assert set(table.flags.get_column("code")) == {"secret_not_handled"}


def test_a_slice_has_the_passwords_of_its_rows() -> None:
    table = read(TEXT.encode(), options=SEAL)

    def lines(part: Table) -> list[int]:
        return part.sealed.get_column("line").to_list()

    assert (lines(table.slice(0, 2)), lines(table.slice(2, 2))) == ([2], [4])


def test_untypable_bytes_are_reported_and_not_shown() -> None:
    table = read(b"username,password\nann,abc\x00def\nbob,Corr3ct-Horse\n", options=SEAL)

    assert table.sealed.get_column("line").to_list() == [3]
    (told,) = table.flags.filter(pl.col("code") == "password_unreadable").to_dicts()
    assert (told["line"], told["row"], told["field"], told["value"]) == (2, 0, "password", None)


def sealed(cell: str) -> tuple[int, list[tuple[str, str | None]]]:
    """How many passwords are set by a cell, and the flags of its row."""
    table = read(f'username,password\nann,"{cell}"\nbob,Corr3ct-Horse\n'.encode(), options=SEAL)
    flags = table.flags.filter(pl.col("row").is_not_null())
    return table.sealed.height - 1, flags.select("code", "value").rows()


MASKS = (
    "*",
    "****",
    "••••••••",
    "●●●",
    "x",
    "XXXX",
    "####",
    "--",
    "....",
    "[hidden]",
    "<redacted>",
    "MASKED",
    "NULL",
    "N/A",
)
HASHES = (
    "{SSHA}d0Q0626PSH9VUld7yWpR0k6BlpQmtczb",
    "{CRYPT}$6$salt$hash",
    "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68L",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    "$P$B12345678abcdefgh",
    "pbkdf2_sha256$600000$salt$hash=",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19",
    "pbkdf2:sha256:260000$Ab3xYz$5d41402abc4b2a76b9719d911017c592",
    "scrypt:32768:8:1$salt$5d41402abc4b2a76",
    "sha256:1000:Ab12Cd34:Ef56Gh78Ij90",
    "aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0",
    "5f4dcc3b5aa765d61d8327deb882cf99:kXyz12345",
    "md55f4dcc3b5aa765d61d8327deb882cf99",
    "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
)
PASSWORDS = (
    "Secr*t-99",
    "xylophone",
    "x1",
    "$ecret-2y",
    "*star*",
    "-dash-",
    "changeme",
    "nonesuch",
    "5f4dcc3b5aa765d61d8327deb882cf9",
)


@pytest.mark.parametrize("cell", MASKS)
def test_a_mask_is_no_password(cell: str) -> None:
    assert sealed(cell) == (0, [("password_masked", None)])


@pytest.mark.parametrize("cell", HASHES)
def test_a_hash_is_no_password(cell: str) -> None:
    assert sealed(cell) == (0, [("password_hashed", None)])


@pytest.mark.parametrize("cell", PASSWORDS)
def test_a_password_that_looks_a_little_like_either_is_one(cell: str) -> None:
    assert sealed(cell) == (1, [])


@pytest.mark.parametrize("header", ["Password [Required]", "Passwort (Pflichtfeld)", "Password <text>"])
def test_brackets_around_a_header_change_nothing(header: str) -> None:
    table = read(f"username,{header}\nann,Corr3ct-Horse\n".encode(), options=SEAL)

    assert (table.secrets, table.sealed.height) == ((header,), 1)


@pytest.mark.parametrize("header", ["PIN code", "Initial passwords", "Geheimwort"])
def test_any_column_can_be_named_as_that_of_passwords(header: str) -> None:
    named = replace(SEAL, password=header)
    table = read(f"username,{header},password\nann,Corr3ct-Horse,other\n".encode(), options=named)

    assert (table.headers, table.sealed.rows()) == (("username",), [(2, False, "esroH-tc3rroC")])
    assert match_headers(table, overrides={header: "password"}).headers == {"username": "username"}
