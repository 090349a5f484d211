import hashlib
import io
from pathlib import Path

import pytest

from enlist.core.flags.flags import sentences
from enlist.core.table.table import Source
from enlist.formats.reading import read


def test_it_reads_text_unchanged() -> None:
    table = read(b"username,firstname\r\njdoe,John\r\n007,Mary\r\n")

    assert table.frame.to_dict(as_series=False) == {"username": ["jdoe", "007"], "firstname": ["John", "Mary"]}
    assert table.lines.to_list() == [2, 3]
    assert table.flags.is_empty()


def test_it_reports_what_it_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"\r\nusername;city\r\n")

    assert read(path).source == Source(
        name="people.csv",
        sha256=hashlib.sha256(b"\r\nusername;city\r\n").hexdigest(),
        encoding="utf-8",
        delimiter=";",
        header_line=2,
        road="fast",
        header=(("username", "city"),),
    )


def test_it_reads_an_open_file() -> None:
    assert read(io.BytesIO(b"username\njdoe\n"), name="list").frame.rows() == [("jdoe",)]


@pytest.mark.spec("EC-13")
def test_it_trims_blanks_around_headers_and_cells() -> None:
    table = read(b' username , city\njdoe\t , "  Bad Homburg "\n')

    assert (table.headers, table.frame.rows()) == (("username", "city"), [("jdoe", "Bad Homburg")])


def test_a_header_alone_makes_a_table_without_rows() -> None:
    table = read(b"username,city\n")

    assert (table.headers, table.height) == (("username", "city"), 0)


def test_it_never_lets_a_password_in() -> None:
    table = read(b"username,Passwort,city\njdoe,s3cret,Bonn\n")

    assert (table.headers, table.secrets, table.frame.rows()) == (
        ("username", "city"),
        ("Passwort",),
        [("jdoe", "Bonn")],
    )
    assert sentences(table.flags).to_list() == [
        "Column “Passwort” holds passwords; they were not read, and no password is set."
    ]


def test_it_reads_a_stream_that_comes_in_dribs_and_drabs() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(3)

    assert read(Slow(b"username\njdoe\n")).frame.rows() == [("jdoe",)]


def test_it_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"username\njdoe\n")))

    table = read("-")

    assert (table.source.name, table.frame.rows()) == ("standard input", [("jdoe",)])


def test_lone_carriage_returns_take_the_careful_road() -> None:
    assert [read(data).source.road for data in (b"username\r\njdoe\r\n", b"username\rjdoe\r")] == ["fast", "careful"]
